// A line that rewrites itself while much is read: how many files of all are done, and how many were known already.
import { counted } from '../counted.ts';
import { visible } from '../say.ts';
import { detectTerminal } from '../terminal.ts';

type Event = Parameters<
  NonNullable<Parameters<typeof import('#lib/flows/contracts/validate.ts').validateContracts>[0]['tell']>
>[0];

export interface ValidateProgress {
  readonly tell: (event: Event) => void;
  /** Clears the line; may be called twice. */
  readonly end: () => void;
}

/** Shows nothing where nobody looks. */
export function showValidating(stream: NodeJS.WriteStream = process.stderr): ValidateProgress {
  const terminal = detectTerminal(stream, process.env);
  if (!terminal.isInteractive) return { tell: () => undefined, end: () => undefined };
  let [table, files, done, known, isShown] = ['', 0, 0, 0, false];
  const show = (text: string): void => {
    stream.write(`\r\u001b[2K${visible(text).slice(0, terminal.width - 1)}`);
    isShown = true;
  };
  return {
    tell: event => {
      if (event.kind === 'table') [table, files, done, known] = [event.table, event.files, 0, 0];
      if (event.kind === 'file') done += 1;
      if (event.kind === 'file' && event.isKnown) known += 1;
      if (event.kind === 'download') show(`downloaded ${event.path}`);
      else show(`${table}: ${done} of ${counted(files)}${known > 0 ? `, ${known} known` : ''}`);
    },
    end: () => {
      if (isShown) stream.write('\r\u001b[2K');
      isShown = false;
    },
  };
}
