// The port to whatever runs an ONNX model. Evaluation and serving see only this.
import type { ElementType } from '#lib/onnx/model.ts';
import type { Table } from '#lib/tables/table.ts';

/** An input or output as the runtime reports it; `shape` includes the batch dimension, -1 where free. */
export interface InterfaceEntry {
  readonly name: string;
  readonly type: ElementType | string;
  readonly shape: readonly number[];
}

export interface Interface {
  readonly inputs: readonly InterfaceEntry[];
  readonly outputs: readonly InterfaceEntry[];
}

export interface Scorer {
  readonly interface: Interface;
  /**
   * Scores all rows; columns are matched to inputs by name, extra columns are ignored.
   * @returns per row the predicted value (regression) or the probability of the positive class (binary).
   * @throws ConfigurationError when a needed column is missing or of the wrong kind.
   */
  score(table: Table): Promise<Float64Array>;
  /**
   * As score, for a model of several classes.
   * @returns row after row the probability of each class, as the model orders them: rows * classes numbers.
   * @throws ConfigurationError also when the model does not give one number a class.
   */
  scoreClasses(table: Table, classes: number): Promise<Float64Array>;
  close(): Promise<void>;
}
