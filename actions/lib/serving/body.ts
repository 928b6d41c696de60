// Bodies of requests, bounded one by one and all together: what is not taken is refused before it is in memory.
import type { IncomingMessage } from 'node:http';
import { Refusal } from '#lib/serving/refusal.ts';

/** Bytes of bodies of requests that are not answered yet, over all connections. */
export interface BodyBudget {
  readonly maxBytes: number;
  /** For all bodies together. */
  readonly maxTotalBytes: number;
  used: number;
}

export interface Body {
  readonly bytes: Uint8Array;
  /** Gives its bytes back to the budget; to be called once, when the request is answered. */
  free(): void;
}

/**
 * Holds the length a request declares to the limit, before the caller is told to go on.
 * @throws Refusal 413
 */
export function checkLength({ headers }: IncomingMessage, budget: BodyBudget): void {
  if (Number(headers['content-length'] ?? 0) > budget.maxBytes) throw tooLarge(budget);
}

/**
 * The whole body; undefined when the caller went away, so that nobody is left to answer.
 * @throws Refusal 413 for a body that turns out to be too large; 503 when all bodies together are
 */
export function readBody(request: IncomingMessage, budget: BodyBudget): Promise<Body | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (): void => {
      request.removeListener('data', onData).removeListener('end', onEnd).removeListener('close', onGone);
    };
    const refuse = (refusal: Refusal): void => {
      settle();
      budget.used -= size;
      reject(refusal);
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      budget.used += chunk.length;
      if (size > budget.maxBytes) refuse(tooLarge(budget));
      else if (budget.used > budget.maxTotalBytes) refuse(tooMuch());
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      settle();
      const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
      const free = (): void => {
        budget.used -= size;
      };
      resolve({ bytes, free });
    };
    const onGone = (): void => {
      settle();
      budget.used -= size;
      resolve(undefined);
    };
    // What fails a request also closes it; without a listener the error would end the process.
    request.on('error', () => undefined);
    request.on('data', onData).on('end', onEnd).on('close', onGone);
  });
}

function tooLarge({ maxBytes }: BodyBudget): Refusal {
  return new Refusal(413, `The body is larger than ${maxBytes} bytes`);
}

function tooMuch(): Refusal {
  return new Refusal(503, 'Too many bodies are waiting at once', { 'retry-after': '1' });
}
