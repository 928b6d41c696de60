// What becomes of a reply's body: it is held in memory until it is whole, or, once it is large, handed on as it comes.
import { Readable } from 'node:stream';
import type { ReplyHead } from '#lib/storage/s3/reply.ts';

/** Below this a body is held in memory and sent or written at once. */
export const SMALL_BYTES = 8 * 1024 * 1024;

export interface Reply extends ReplyHead {
  /** In memory, whole, unless it is large or may be: then it has to be read, or destroyed. */
  readonly body: Buffer | Readable;
}

export interface CollectOptions {
  readonly method: string;
  readonly onReply: (reply: Reply) => void;
  /** Nobody takes more for now, somebody does again, nobody ever will. */
  readonly onFull: () => void;
  readonly onWanted: () => void;
  readonly onDropped: () => void;
}

export interface Collector {
  readonly onHead: (head: ReplyHead) => void;
  readonly onBody: (chunk: Buffer) => void;
  end(): void;
  /** @returns how far it had come: only of a body that is handed on is the failure told here */
  fail(error: Error): 'nothing' | 'begun' | 'handed on';
}

export function createCollector({ method, onReply, onFull, onWanted, onDropped }: CollectOptions): Collector {
  const chunks: Buffer[] = [];
  let size = 0;
  let told: ReplyHead | undefined;
  let stream: Readable | undefined;
  const handOn = ({ status, headers }: ReplyHead): void => {
    const body = new Readable({
      read: onWanted,
      destroy: (error, done) => {
        onDropped();
        done(error);
      },
    });
    for (const chunk of chunks.splice(0)) body.push(chunk);
    stream = body;
    onReply({ status, headers, body });
  };
  return {
    onHead: head => {
      told = head;
      const length = method === 'HEAD' ? 0 : Number(head.headers.get('content-length'));
      if (length >= SMALL_BYTES) handOn(head);
    },
    onBody: chunk => {
      if (stream) {
        if (!stream.push(chunk)) onFull();
        return;
      }
      chunks.push(chunk);
      size += chunk.length;
      if (told && size >= SMALL_BYTES) handOn(told);
    },
    end: () => {
      const [first] = chunks;
      if (stream) stream.push(null);
      else if (told) onReply({ ...told, body: first && chunks.length === 1 ? first : Buffer.concat(chunks) });
    },
    fail: error => {
      stream?.destroy(error);
      if (stream) return 'handed on';
      return told ? 'begun' : 'nothing';
    },
  };
}
