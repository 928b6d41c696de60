// What the measuring process is asked and what it answers, as JSON over standard input and output.

/** A model file and the rows it answers; a missing number is null. */
export interface MeasuredModel {
  /** Path of the ONNX file. */
  readonly model: string;
  /** How many, for a model of several classes. */
  readonly classes?: number | undefined;
  readonly columns: readonly {
    readonly name: string;
    readonly kind: 'number' | 'string';
    readonly values: readonly (number | string | null)[];
  }[];
}

/** One model is measured alone; with a reference, both answer in turn. */
export interface MeasureRequest extends MeasuredModel {
  readonly reference?: MeasuredModel;
}

/** The answer without a reference. */
export interface ServingCost {
  /** Single-row answers, milliseconds. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Rows answered in a second, in batches; null when a batch would take too long. */
  readonly rowsPerSecond: number | null;
  /** Resident memory of the process with this one model loaded, MB (10^6 bytes). */
  readonly memoryMb: number;
}

/** Nanoseconds of every call of two models, pass by pass: the time of item i in pass p is at `p * items + i`. */
export interface PairTimes {
  readonly items: number;
  readonly passes: number;
  readonly model: readonly number[];
  readonly reference: readonly number[];
}

/** The answer with a reference. */
export interface PairReply {
  /** An item is one row. */
  readonly single: PairTimes;
  /** An item is one batch; null when batches would take too long. */
  readonly batch: PairTimes | null;
}
