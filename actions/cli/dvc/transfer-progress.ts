// How far a transfer is: one line on standard error that rewrites itself, where somebody looks.
import type { ObjectProgress } from '#lib/flows/dvc/transfer.ts';
import { detectTerminal } from '../terminal.ts';
import { sizeText } from './size-text.ts';

const PAUSE_MS = 100;

export interface TransferProgress {
  readonly onProgress: (progress: ObjectProgress) => void;
  /** Clears the line. */
  readonly end: () => void;
}

/** @param word what is done, such as `pushing` */
export function showTransfer(word: string, stream: NodeJS.WriteStream = process.stderr): TransferProgress {
  const { isInteractive, width } = detectTerminal(stream, process.env);
  if (!isInteractive) return { onProgress: () => {}, end: () => {} };
  const start = performance.now();
  const done = { files: 0, bytes: 0, totalFiles: 0, totalBytes: 0 };
  let shownAt = 0;
  const onProgress = ({ files, bytes, totalFiles = 0, totalBytes = 0 }: ObjectProgress): void => {
    done.files += files;
    done.bytes += bytes;
    done.totalFiles += totalFiles;
    done.totalBytes += totalBytes;
    const now = performance.now();
    if (now - shownAt < PAUSE_MS) return;
    shownAt = now;
    const rate = done.bytes / Math.max((now - start) / 1000, 0.001);
    const whole = done.totalBytes > 0 ? ` of ${sizeText(done.totalBytes)}B` : '';
    const text = `${word} ${done.files} of ${done.totalFiles} files, ${sizeText(done.bytes)}B${whole}, ${sizeText(Math.round(rate))}B/s`;
    stream.write(`\r\u001b[2K${text.slice(0, width - 1)}`);
  };
  return {
    onProgress,
    end: () => {
      if (shownAt > 0) stream.write('\r\u001b[2K');
    },
  };
}
