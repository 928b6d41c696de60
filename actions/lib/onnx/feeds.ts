// From a table's columns to a model's inputs: one [N,1] input per column by name, or all columns in one [N,F] input.
import { ConfigurationError } from '#lib/errors.ts';
import type { InterfaceEntry } from '#lib/onnx/scorer.ts';
import { type Column, findColumn, type NumberColumn, type Table } from '#lib/tables/table.ts';

/** Values of one input for some rows; their kind decides the tensor's type. */
export type FeedData = Float32Array | Float64Array | Int32Array | BigInt64Array | string[];

/** One input of a run: its name, how to cut out rows start (inclusive) to end, and the sizes after the batch. */
export interface Feed {
  readonly name: string;
  readonly shape: readonly number[];
  cut(start: number, end: number): FeedData;
}

/**
 * Matches the table's columns to the inputs.
 * @param features column names in order, for a model with one packed input
 * @throws ConfigurationError when a column is missing, of the wrong kind, or an input has another shape
 */
export function planFeeds(
  inputs: readonly InterfaceEntry[],
  table: Table,
  features: readonly string[] | undefined,
): readonly Feed[] {
  const [first] = inputs;
  if (first && inputs.length === 1 && isPacked(first, table)) return [planPacked(first, table, features)];
  return inputs.map(input => planColumn(input, table));
}

function isPacked(input: InterfaceEntry, table: Table): boolean {
  return input.shape.length === 2 && input.shape[1] !== 1 && !findColumn(table, input.name);
}

function planColumn(input: InterfaceEntry, table: Table): Feed {
  const { name, type, shape } = input;
  const isOneValue = shape.length === 1 || (shape.length === 2 && (shape[1] === 1 || shape[1] === -1));
  if (!isOneValue) {
    throw new ConfigurationError(`The model's input "${name}" has the shape [${shape.join(', ')}]`, {
      remedy: 'Export the model with one input [N, 1] per column, or with a single input [N, F].',
    });
  }
  const column = requireColumn(name, table);
  if (type === 'string') return { name, shape: shape.slice(1).map(() => 1), cut: cutTexts(column) };
  const numbers = requireNumbers(column, type);
  return {
    name,
    shape: shape.slice(1).map(() => 1),
    cut: (start, end) => toType(numbers, type, { start, end }),
  };
}

function planPacked(input: InterfaceEntry, table: Table, features: readonly string[] | undefined): Feed {
  const columns = (features ?? table.columns.map(column => column.name)).map(name =>
    requireNumbers(requireColumn(name, table), input.type),
  );
  const width = input.shape[1] ?? -1;
  if (width !== -1 && width !== columns.length) {
    throw new ConfigurationError(
      `The model's input "${input.name}" takes ${width} columns, ${columns.length} are given`,
      {
        remedy: 'Name its features in the order of the training, or export it with one input per column.',
      },
    );
  }
  return {
    name: input.name,
    shape: [columns.length],
    cut: (start, end) =>
      toType(interleave(columns, start, end), input.type, { start: 0, end: (end - start) * columns.length }),
  };
}

function interleave(columns: readonly NumberColumn[], start: number, end: number): NumberColumn {
  const values = new Float64Array((end - start) * columns.length);
  columns.forEach((column, offset) => {
    for (let row = start; row < end; row++)
      values[(row - start) * columns.length + offset] = column.values[row]!;
  });
  return { kind: 'number', name: columns.map(column => column.name).join(', '), values };
}

function requireColumn(name: string, table: Table): Column {
  const column = findColumn(table, name);
  if (column) return column;
  throw new ConfigurationError(`The model needs the column "${name}", the table does not have it`, {
    remedy: `Columns of the table: ${table.columns.map(other => other.name).join(', ')}.`,
  });
}

function requireNumbers(column: Column, type: string): NumberColumn {
  if (column.kind === 'number') return column;
  throw new ConfigurationError(`The column "${column.name}" holds text, the model needs numbers (${type})`, {
    remedy: 'Read the column as numbers, or train the model with it as text.',
  });
}

function cutTexts(column: Column): (start: number, end: number) => string[] {
  if (column.kind === 'string') return (start, end) => column.values.slice(start, end);
  throw new ConfigurationError(`The column "${column.name}" holds numbers, the model needs text`, {
    remedy: 'Read the column as text, or train the model with it as numbers.',
  });
}

function toType(
  { name, values }: NumberColumn,
  type: string,
  { start, end }: { start: number; end: number },
): FeedData {
  const part = values.subarray(start, end);
  switch (type) {
    case 'float':
      return Float32Array.from(part);
    case 'float64':
      return Float64Array.from(part);
    case 'int32':
      return Int32Array.from(requireWhole(part, name));
    case 'int64':
      return BigInt64Array.from(requireWhole(part, name), BigInt);
    default:
      throw new ConfigurationError(`The model's input for "${name}" has the type ${type}`, {
        remedy: 'Export the model with float, double, int64, int32 or string inputs.',
      });
  }
}

function requireWhole(values: Float64Array, name: string): number[] {
  const bad = values.find(value => !Number.isSafeInteger(value));
  if (bad === undefined) return Array.from(values);
  throw new ConfigurationError(
    `The model takes whole numbers for "${name}", found ${Number.isNaN(bad) ? 'a missing value' : bad}`,
    { remedy: 'Export the model with a float input for this column: whole-number inputs cannot be missing.' },
  );
}
