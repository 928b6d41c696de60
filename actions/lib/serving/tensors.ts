// From the tensors of a request to the columns a model takes. Every size is held against what was really sent before
// anything is allocated, and every number against what both sides can hold.

import { intersect, type NumberRange, rangeOf } from '#lib/serving/datatypes.ts';
import type { InferInput, InferRequest } from '#lib/serving/infer-request.ts';
import { quote, Refusal } from '#lib/serving/refusal.ts';
import type { Signature, SignatureColumn } from '#lib/serving/signature.ts';
import type { Column, Table } from '#lib/tables/table.ts';

/** More rows than this in one request would hold up everybody else: batch scoring is another tool. */
export const MAX_ROWS = 100_000;

/**
 * The rows of a request as a model takes them. Tensors it does not take are ignored, so that callers can serve two
 * versions with different features at once.
 * @throws Refusal 400 when a tensor is missing or wrong, 413 when there are too many rows.
 */
export function readRows({ inputs }: Pick<InferRequest, 'inputs'>, signature: Signature): Table {
  const byName = new Map(inputs.map(input => [input.name, input]));
  if (byName.size < inputs.length) throw new Refusal(400, 'Two inputs have the same name');
  const packed = signature.packed && byName.get(signature.packed.name);
  const columns = packed
    ? splitPacked(packed, signature.columns)
    : signature.columns.map(column => readColumn(requireInput(byName, column, signature), column));
  const rows = columns[0]?.values.length ?? 0;
  const odd = columns.find(({ values }) => values.length !== rows);
  if (odd) {
    const counts = `${columns[0]?.name} has ${rows} rows, ${odd.name} has ${odd.values.length}`;
    throw new Refusal(400, `All inputs must have the same number of rows: ${counts}`);
  }
  return { rows, columns };
}

function requireInput(
  byName: ReadonlyMap<string, InferInput>,
  { name }: SignatureColumn,
  { columns, packed }: Signature,
): InferInput {
  const input = byName.get(name);
  if (input) return input;
  const taken = packed
    ? `one input ${quote(packed.name)} [N, ${columns.length}]`
    : columns.map(column => `${quote(column.name)} (${column.datatype})`).join(', ');
  throw new Refusal(400, `The input ${quote(name)} is missing; the model takes ${taken}`);
}

function readColumn(input: InferInput, { name, datatype }: SignatureColumn): Column {
  const [rows = 0, width = 1] = input.shape;
  if (width !== 1) throw wrongShape(input, '[N] or [N, 1]');
  const data = flatten(input, rows, 1);
  if (datatype === 'BYTES') return { name, kind: 'string', values: readTexts(input, data) };
  return { name, kind: 'number', values: readNumbers(input, data, datatype) };
}

function splitPacked(input: InferInput, columns: readonly SignatureColumn[]): readonly Column[] {
  const [rows = 0, width] = input.shape;
  if (width !== columns.length) throw wrongShape(input, `[N, ${columns.length}]`);
  const values = readNumbers(input, flatten(input, rows, width), columns[0]?.datatype ?? 'FP32');
  return columns.map(({ name }, offset) => ({
    name,
    kind: 'number',
    values: Float64Array.from({ length: rows }, (_, row) => values[row * width + offset] ?? Number.NaN),
  }));
}

/** The data row by row, sent flat or nested. */
function flatten(input: InferInput, rows: number, width: number): readonly unknown[] {
  const { data, shape } = input;
  if (rows > MAX_ROWS) {
    throw new Refusal(413, `The input ${quote(input.name)} has ${rows} rows, at most ${MAX_ROWS} are taken`);
  }
  const isNested = shape.length === 2 && Array.isArray(data[0]);
  if (!isNested) {
    if (data.length === rows * width) return data;
    const says = `its shape [${shape.join(', ')}] says ${rows * width}`;
    throw new Refusal(400, `The input ${quote(input.name)} holds ${data.length} values, ${says}`);
  }
  const isWhole = data.length === rows && data.every(row => Array.isArray(row) && row.length === width);
  if (!isWhole) throw wrongShape(input, `rows of ${width}`);
  return data.flat();
}

function wrongShape({ name, shape }: InferInput, expected: string): Refusal {
  return new Refusal(
    400,
    `The input ${quote(name)} has the shape [${shape.join(', ')}], ${expected} was expected`,
  );
}

function readTexts(input: InferInput, data: readonly unknown[]): readonly string[] {
  if (input.datatype !== 'BYTES') {
    throw new Refusal(
      400,
      `The input ${quote(input.name)} is ${input.datatype}, the model takes texts (BYTES)`,
    );
  }
  return data.map((value, row) => {
    if (typeof value === 'string') return value;
    if (value === null) return '';
    throw wrongValue(input, row, { value, expected: 'a text' });
  });
}

function readNumbers(input: InferInput, data: readonly unknown[], datatype: string): Float64Array {
  const [given, taken] = [rangeOf(input.datatype), rangeOf(datatype)];
  if (!given || !taken) {
    throw new Refusal(
      400,
      `The input ${quote(input.name)} is ${input.datatype}, the model takes numbers (${datatype})`,
    );
  }
  const range = intersect(given, taken);
  const values = new Float64Array(data.length);
  for (let row = 0; row < data.length; row++) {
    const value = data[row];
    const number = typeof value === 'boolean' && input.datatype === 'BOOL' ? Number(value) : value;
    // A missing number is NaN to the model; whole-number inputs have no such thing.
    if (number === null && !taken.isWhole) values[row] = Number.NaN;
    else if (typeof number === 'number' && isWithin(number, range)) values[row] = number;
    else throw wrongValue(input, row, { value, expected: sayRange(range, taken) });
  }
  return values;
}

function isWithin(value: number, { least, most, isWhole }: NumberRange): boolean {
  return value >= least && value <= most && (!isWhole || Number.isInteger(value));
}

function sayRange({ least, most, isWhole }: NumberRange, taken: NumberRange): string {
  return `${isWhole ? 'a whole number' : 'a number'} from ${least} to ${most}${taken.isWhole ? '' : ' or null'}`;
}

function wrongValue(
  { name }: InferInput,
  index: number,
  { value, expected }: { readonly value: unknown; readonly expected: string },
): Refusal {
  const found =
    typeof value === 'object'
      ? Array.isArray(value)
        ? 'an array'
        : value === null
          ? 'null'
          : 'an object'
      : typeof value === 'string'
        ? quote(value)
        : String(value);
  return new Refusal(400, `The input ${quote(name)} holds ${found} at ${index}, ${expected} was expected`);
}
