// The search for each row's worst neighbour: column by column, all rows at once, keeping what makes the loss larger;
// twice, since one column's move can make room for another's.
import type { Range } from '#lib/behaviour/jitter.ts';
import { ask, isSameAnswer, noiseOf, type Outputs, outputOf, type Subject } from '#lib/behaviour/subject.ts';
import { appendRows } from '#lib/behaviour/variants.ts';
import type { Column, NumberColumn, Table } from '#lib/tables/table.ts';

/** How far the search has come. */
export interface Attack {
  /** The rows as they are, and what the model says of them. */
  readonly rows: Table;
  readonly original: Outputs;
  readonly subject: Subject;
  readonly loss: (row: number, output: ArrayLike<number>) => number;
  /** The worst rows found, and what the model says of those. */
  readonly worst: Table;
  readonly outputs: Outputs;
  /** By row, the column whose move changed the answer; undefined where it stands. */
  readonly flippedBy: readonly (string | undefined)[];
}

/** Nothing moved yet. */
export function startAttack({
  rows,
  original,
  subject,
  loss,
}: Pick<Attack, 'rows' | 'original' | 'subject' | 'loss'>): Attack {
  const flippedBy = Array.from({ length: rows.rows }, () => undefined);
  return { rows, original, subject, loss, worst: rows, outputs: original, flippedBy };
}

export interface Reach {
  /** Share of a column's range. */
  readonly budget: number;
  readonly ranges: ReadonlyMap<string, Range>;
  readonly bounds: ReadonlyMap<string, Pick<Range, 'low' | 'high'>>;
}

/** Parts of the budget that each pass tries: the ends first, since they are the worst of most models. */
const PASSES = [
  [-1, 1],
  [-1, -0.5, 0.5, 1],
] as const;

/** Searches further within a larger budget, from the worst rows found so far: the loss never falls. */
export async function widen(start: Attack, reach: Reach): Promise<Attack> {
  let attack = start;
  for (const steps of PASSES) {
    for (const column of start.rows.columns) {
      if (column.kind === 'number') attack = await moveColumn(attack, column, { ...reach, steps });
    }
  }
  return attack;
}

/** Tries every step of one column on all rows in one question. */
async function moveColumn(
  attack: Attack,
  own: NumberColumn,
  { steps, ...reach }: Reach & { readonly steps: readonly number[] },
): Promise<Attack> {
  const candidates = steps
    .map(step => steppedValues(own, step, reach))
    .filter(values => values.some((value, row) => !Number.isNaN(value) && value !== own.values[row]));
  const tables = candidates.map(values => withColumn(attack.worst, { ...own, values }));
  const [first, ...others] = tables;
  if (!first) return attack;
  const asked = await ask(attack.subject, others.reduce(appendRows, first));
  return keepWorst(attack, { column: own.name, candidates, asked });
}

/** The original values moved by a part of the budget, within the bounds, by whole numbers where the column has those. */
function steppedValues(
  { name, values }: NumberColumn,
  step: number,
  { budget, ranges, bounds }: Reach,
): Float64Array {
  const range = ranges.get(name);
  if (!range) return values;
  const far = (range.high - range.low) * budget;
  const size = step * (range.isWhole ? Math.floor(far + 1e-9) : far);
  const { low, high } = bounds.get(name) ?? range;
  return values.map(value => {
    const moved = value + (range.isWhole ? Math.trunc(size) : size);
    return Math.min(Math.max(moved, Math.min(low, value)), Math.max(high, value));
  });
}

interface Tried {
  readonly column: string;
  readonly candidates: readonly Float64Array[];
  /** Of all candidates in turn. */
  readonly asked: Outputs;
}

function keepWorst(attack: Attack, { column, candidates, asked }: Tried): Attack {
  const { rows, original, subject, loss, worst, outputs } = attack;
  const kept = worst.columns.find(({ name }) => name === column);
  if (kept?.kind !== 'number') return attack;
  const values = Float64Array.from(kept.values);
  const numbers = Float64Array.from(outputs.values);
  const flippedBy = [...attack.flippedBy];
  for (let row = 0; row < rows.rows; row++) {
    let most = loss(row, outputOf(outputs, row));
    candidates.forEach((candidate, index) => {
      const output = outputOf(asked, index * rows.rows + row);
      const found = loss(row, output);
      // Beyond noise only: which of two equal steps is kept must not hang on a processor's last bits.
      if (!(found > most + noiseOf(found, most))) return;
      most = found;
      values[row] = candidate[row] ?? Number.NaN;
      numbers.set(Array.from(output), row * outputs.width);
    });
    const answer = numbers.subarray(row * outputs.width, (row + 1) * outputs.width);
    const isFlipped = !isSameAnswer(subject, outputOf(original, row), answer);
    flippedBy[row] = isFlipped ? (flippedBy[row] ?? column) : undefined;
  }
  const next = withColumn(worst, { ...kept, values });
  return { ...attack, worst: next, outputs: { values: numbers, width: outputs.width }, flippedBy };
}

function withColumn({ rows, columns }: Table, column: Column): Table {
  return { rows, columns: columns.map(other => (other.name === column.name ? column : other)) };
}
