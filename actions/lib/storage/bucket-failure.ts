// Why a bucket did not do what it was asked to: what the user can mend, and whether trying others makes sense.
import { ConfigurationError } from '#lib/errors.ts';

/**
 * `missing`: nothing has that name. `denied`: who we are may not do that. `absent`: the place itself is not there.
 * `damaged`: the bytes are not what they should be. `full`: no room, or not writable. `unavailable`: it does not answer,
 * or not in time, however often it is asked.
 */
export type BucketFailureKind = 'missing' | 'denied' | 'absent' | 'damaged' | 'full' | 'unavailable';

interface Details {
  readonly remedy?: string | undefined;
  readonly cause?: unknown;
}

/** Messages name the place without its secrets. */
export class BucketFailure extends ConfigurationError {
  readonly kind: BucketFailureKind;

  constructor(kind: BucketFailureKind, message: string, { remedy, cause }: Details = {}) {
    super(message, { remedy, cause });
    this.name = 'BucketFailure';
    this.kind = kind;
  }

  /** True when every other transfer would end the same way. */
  get isFinal(): boolean {
    return this.kind === 'denied' || this.kind === 'absent' || this.kind === 'full';
  }
}
