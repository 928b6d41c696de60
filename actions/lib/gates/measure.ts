// What gates can bound besides metrics and costs: fairness, robustness, behaviour, the card, the interface, the age of
// the data. A measure is a name with a meaning here; what was found is handed to the gates under that name.

/** One thing a gate can bound. */
export interface Measure {
  /** snake_case; the word used in YAML, files and reports. */
  readonly name: string;
  /** Empty for shares and correlations. */
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  /** One plain line for a person who does not know it. */
  readonly meaning: string;
  /** What to do when a gate on it does not pass. */
  readonly remedy: string;
  /** Whether a person may let a proposal through all the same, on the record. */
  readonly mayBeOverridden: boolean;
}

/** What was found of a measure. */
export interface Measured {
  readonly value: number | null;
  readonly ci95?: readonly [number, number] | null | undefined;
  /** What makes the value, in words: which group, how many rows. */
  readonly detail?: string;
  /** Why there is no value: nothing there to measure, or it could not be. */
  readonly missing?: {
    readonly outcome: 'not applicable' | "can't tell";
    readonly why: string;
    readonly remedy?: string;
  };
  /** The value depends on the machine or the day: the reason keeps how it ended, never the value. */
  readonly isOfTheMoment?: boolean;
  /** So far off that no override lets it through. */
  readonly isBeyondOverride?: boolean;
  /**
   * `value` without it. `interval`: fails only when the whole interval lies beyond the bound, for what noise moves. `both`: a value
   * beyond the bound whose interval reaches back is "can't tell".
   */
  readonly judged?: 'value' | 'interval' | 'both';
}
