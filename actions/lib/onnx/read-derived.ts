// The operators that stand between the columns and the model: encodings, imputation, scaling. Each is read as what it
// makes of one column's value; where it mixes columns, nothing is known and the model is explained from outside.
import {
  type Cell,
  type GraphValue,
  MOST_WIDTH,
  type NodeCall,
  type NodeReader,
  numbersOf,
  textsOf,
} from '#lib/onnx/graph-values.ts';

/** The same cell with one more operation, rounded to float32. */
export function mapCell(cell: Cell, apply: (value: number) => number): Cell {
  return { ...cell, steps: cell.steps + 1, read: value => Math.fround(apply(cell.read(value))) };
}

function floatsOf(value: GraphValue | undefined): readonly Cell[] | undefined {
  return value?.kind === 'numbers' && value.isFloat ? value.cells : undefined;
}

/** One operand at one place of the width: a number of the file, or a number made of a column. */
type Operand = number | Cell;

function operandAt(value: GraphValue | undefined, place: number): Operand | undefined {
  if (value?.kind === 'constant') {
    return value.values.length === 1 ? value.values[0] : value.values[place];
  }
  const cells = floatsOf(value);
  return cells?.length === 1 ? cells[0] : cells?.[place];
}

function widthOf(value: GraphValue | undefined): number {
  if (value?.kind === 'constant') return value.values.length;
  return value?.kind === 'numbers' ? value.cells.length : 0;
}

/** A constant that varies by row, or has more dimensions than a row, cannot be laid along the width. */
function isAlongWidth(value: GraphValue | undefined): boolean {
  if (value?.kind !== 'constant') return floatsOf(value) !== undefined;
  return value.shape.length <= 2 && (value.shape.at(-1) ?? 1) === value.values.length;
}

const MOST_OPERANDS = 8;

/** Reads an operator that works number by number. */
export function elementwise(apply: (...values: readonly number[]) => number): NodeReader {
  return ({ inputs }) => {
    if (inputs.length > MOST_OPERANDS || !inputs.every(isAlongWidth)) return [];
    const width = Math.min(MOST_WIDTH + 1, Math.max(...inputs.map(widthOf)));
    const cells = Array.from({ length: width }, (_, place) =>
      combine(
        inputs.map(input => operandAt(input, place)),
        apply,
      ),
    );
    const known = cells.filter(cell => cell !== undefined);
    return known.length === width ? [numbersOf(known)] : [];
  };
}

function combine(
  operands: readonly (Operand | undefined)[],
  apply: (...values: readonly number[]) => number,
): Cell | undefined {
  const derived = operands.filter(operand => typeof operand === 'object');
  const [first] = derived;
  const isOfOneColumn = first && derived.every(({ column }) => column === first.column);
  if (!isOfOneColumn || operands.includes(undefined)) return undefined;
  return {
    ...first,
    steps: derived.reduce((sum, { steps }) => sum + steps, 1),
    read: value =>
      Math.fround(
        apply(
          ...operands.map(operand => (typeof operand === 'object' ? operand.read(value) : Number(operand))),
        ),
      ),
  };
}

/** Joins columns side by side. */
export function readConcat({ inputs, attributes }: NodeCall): readonly (GraphValue | undefined)[] {
  const axis = attributes.int('axis', 1);
  if (axis !== 1 && axis !== -1) return [];
  const [first, second] = inputs;
  if (inputs.length === 2 && first?.kind === 'opposite' && second?.kind === 'answer') {
    return first.structure === second.structure ? [{ kind: 'classes', structure: second.structure }] : [];
  }
  const texts = inputs.flatMap(input => (input?.kind === 'texts' ? [input.columns] : []));
  if (texts.length === inputs.length) return [textsOf(texts.flat())];
  const numbers = inputs.flatMap(input => floatsOf(input) ?? []);
  return inputs.every(input => floatsOf(input)) ? [numbersOf(numbers)] : [];
}

/** Texts or numbers looked up in a table of numbers; the empty text is a key like another. */
export function readLabelEncoder({
  inputs: [input],
  attributes,
}: NodeCall): readonly (GraphValue | undefined)[] {
  const values = [...attributes.floats('values_floats'), ...attributes.ints('values_int64s')];
  const isFloat = attributes.floats('values_floats').length > 0;
  const otherwise = isFloat ? attributes.float('default_float', 0) : attributes.int('default_int64', -1);
  const keys = attributes.texts('keys_strings');
  if (input?.kind !== 'texts' || keys.length === 0 || keys.length !== values.length) return [];
  const table = new Map(keys.map((key, place) => [key, values[place] ?? otherwise]));
  const cells = input.columns.map(
    (column): Cell => ({
      column,
      kind: 'string',
      steps: 1,
      read: text => table.get(String(text)) ?? otherwise,
    }),
  );
  return [numbersOf(cells, isFloat)];
}

/** One 0/1 number per category; of several columns side by side only where each has the same categories. */
export function readOneHot({ inputs: [input], attributes }: NodeCall): readonly (GraphValue | undefined)[] {
  const texts = attributes.texts('cats_strings');
  const whole = attributes.ints('cats_int64s');
  const width = input?.kind === 'texts' ? input.columns.length * texts.length : 0;
  if (input?.kind === 'texts' && width > 0 && width <= MOST_WIDTH) {
    const cells = input.columns.flatMap(column =>
      texts.map(
        (text): Cell => ({ column, kind: 'string', steps: 1, read: value => Number(value === text) }),
      ),
    );
    return [numbersOf(cells)];
  }
  if (input?.kind !== 'numbers' || whole.length === 0) return [];
  if (input.cells.length * whole.length > MOST_WIDTH) return [];
  return [
    numbersOf(
      input.cells.flatMap(cell =>
        whole.map(code => mapCell(cell, value => Number(Math.trunc(value) === code))),
      ),
    ),
  ];
}

/** Puts a constant in the place of missing values, or of another number that stands for missing. */
export function readImputer({ inputs: [input], attributes }: NodeCall): readonly (GraphValue | undefined)[] {
  const cells = floatsOf(input);
  const imputed = attributes.floats('imputed_value_floats');
  const replaced = attributes.float('replaced_value_float', 0);
  if (!cells || (imputed.length !== 1 && imputed.length !== cells.length)) return [];
  const isReplaced = (value: number): boolean =>
    value === replaced || (Number.isNaN(replaced) && Number.isNaN(value));
  return [
    numbersOf(
      cells.map((cell, place) => {
        const instead = (imputed.length === 1 ? imputed[0] : imputed[place]) ?? Number.NaN;
        return mapCell(cell, value => (isReplaced(value) ? instead : value));
      }),
    ),
  ];
}

/** (value - offset) * scale */
export function readScaler({ inputs: [input], attributes }: NodeCall): readonly (GraphValue | undefined)[] {
  const cells = floatsOf(input);
  const at = (name: string, place: number): number | undefined => {
    const list = attributes.floats(name);
    return list.length === 1 ? list[0] : list[place];
  };
  if (!cells) return [];
  return [
    numbersOf(
      cells.map((cell, place) =>
        mapCell(cell, value => Math.fround(value - (at('offset', place) ?? 0)) * (at('scale', place) ?? 1)),
      ),
    ),
  ];
}

/** Some of the columns, by position. */
export function readColumns({ inputs: [input, places] }: NodeCall): readonly (GraphValue | undefined)[] {
  if (places?.kind !== 'constant') return [];
  const pick = <T>(list: readonly T[]): readonly T[] =>
    places.values.flatMap(place => list.slice(place, place + 1));
  if (input?.kind === 'texts') return [textsOf(pick(input.columns))];
  return input?.kind === 'numbers' ? [numbersOf(pick(input.cells), input.isFloat)] : [];
}
