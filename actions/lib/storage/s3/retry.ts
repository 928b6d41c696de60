// Asks again when that may help: connections break and servers are busy, mostly not for long. Waits grow and are spread at
// random, so that many transfers which failed together do not come back together.
import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage, hasCode } from '#lib/errors.ts';
import { BucketFailure } from '#lib/storage/bucket-failure.ts';

const TRIES = 6;
const LONGEST_WAIT_MS = 20_000;

const NOT_REACHED = ['ECONNREFUSED', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'ENOTFOUND'];
/** What networks do to connections, and what may be gone the next time. */
const PASSING_CODES = [
  ...NOT_REACHED,
  ...[
    'ECONNRESET',
    'ECONNABORTED',
    'EPIPE',
    'ETIMEDOUT',
    'ERR_STREAM_PREMATURE_CLOSE',
    'ERR_REPLY',
    'HPE_INVALID_CONSTANT',
  ],
];

/** An answer that is worth another try; in the end its failure is thrown. */
export class PassingError extends Error {
  readonly retryAfterMs: number | undefined;
  readonly failure: BucketFailure;
  constructor(failure: BucketFailure, retryAfterMs?: number) {
    super(failure.message);
    this.failure = failure;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface RetryOptions {
  /** The bucket as the user knows it, and who is asked: for messages. */
  readonly url: string;
  readonly server: string;
  /** The first wait between two tries; the next are longer. */
  readonly backoffMs: number;
  readonly signal: AbortSignal | undefined;
}

/** @throws BucketFailure of the last try, or at once what no further try would mend */
export async function retry<Result>(
  work: () => Promise<Result>,
  { url, server, backoffMs, signal }: RetryOptions,
): Promise<Result> {
  for (let tried = 1; ; tried += 1) {
    try {
      signal?.throwIfAborted();
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      const isBroken = PASSING_CODES.some(code => hasCode(error, code));
      if (!isBroken && !(error instanceof PassingError)) throw explainCertificate(error, url);
      if (tried === TRIES) throw error instanceof PassingError ? error.failure : broken(error, url, server);
      const wait = Math.min(LONGEST_WAIT_MS, backoffMs * 2 ** (tried - 1)) * (0.5 + Math.random() / 2);
      const told = error instanceof PassingError ? error.retryAfterMs : undefined;
      await sleep(told ?? wait, undefined, signal ? { signal } : {});
    }
  }
}

function broken(cause: unknown, url: string, server: string): BucketFailure {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : errorMessage(cause);
  const message = NOT_REACHED.includes(code)
    ? `${server} cannot be reached for ${url} (${code}), tried ${TRIES} times`
    : `The connection to ${server} for ${url} broke ${TRIES} times (${code})`;
  const remedy = 'Look at the network and at endpointurl; run it again: what has arrived stays.';
  return new BucketFailure('unavailable', message, { cause, remedy });
}

function explainCertificate(error: unknown, url: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS/u.test(code)) return error;
  return new BucketFailure('denied', `The certificate of ${url} is not trusted (${code})`, {
    cause: error,
    remedy: 'Name the authority: mainline dvc remote modify <name> ssl_verify <file.pem>',
  });
}
