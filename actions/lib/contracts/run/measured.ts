// What a check measured, or why it did not.

export interface Measured {
  /** Null where there is none. */
  readonly value: number | null;
  /** Why a rule that should have run did not, which counts as broken. */
  readonly problem?: string;
  /** Why it was left out although it was planned: what it needs is not at hand. */
  readonly skipped?: string;
  /** What the value was made of, one fact a line; quotes no value that may not be shown. */
  readonly detail?: readonly string[];
  /** True for a value that is one of the data, and may not be shown. */
  readonly isHidden?: boolean;
}
