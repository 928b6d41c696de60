// What the measuring process is asked and what it answers, as JSON over standard input and output.

export interface MeasureRequest {
  /** Path of the ONNX file. */
  readonly model: string;
  /** A missing number is null. */
  readonly columns: readonly {
    readonly name: string;
    readonly kind: 'number' | 'string';
    readonly values: readonly (number | string | null)[];
  }[];
}

export interface ServingCost {
  /** Single-row answers, milliseconds. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Resident memory of the process with this one model loaded, MB (10^6 bytes). */
  readonly memoryMb: number;
}
