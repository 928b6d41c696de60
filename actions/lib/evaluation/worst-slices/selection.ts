// Which of the bad slices to show: a bad slice makes every slice that overlaps it look bad. A pair is shown beside or
// instead of its own conditions only where it is worse than the rest of them, and the next slice only if it is still bad
// without the rows shown already.
import { compareText } from '#lib/documents/canonical.ts';
import { type Candidate, contrast, type Losses, type Part } from '#lib/evaluation/worst-slices/candidates.ts';
import type { Conditions } from '#lib/evaluation/worst-slices/conditions.ts';
import type { Sums } from '#lib/stats/tests/means.ts';

export interface SelectionOptions {
  readonly conditions: readonly Conditions[];
  readonly losses: Losses;
  readonly smallest: number;
  readonly most: number;
}

/** By effect, largest first. */
export function selectSlices(
  candidates: readonly Candidate[],
  options: SelectionOptions,
): readonly Candidate[] {
  const { conditions, losses, most } = options;
  const parents = new Map(
    candidates.filter(({ parts }) => parts.length === 1).map(one => [keyOf(one.parts), one]),
  );
  const pairs = candidates.length - parents.size;
  const ranked = candidates
    .filter(candidate => isWorseThanParents(candidate, { ...options, parents, pairs }))
    .map(candidate => ({ candidate, words: wordsOf(candidate.parts, conditions) }))
    .sort((a, b) => b.candidate.effect - a.candidate.effect || compareText(a.words, b.words));
  const shown: Candidate[] = [];
  const covered = new Uint8Array(losses.centred.length);
  for (const { candidate } of ranked) {
    if (shown.length === most) break;
    if (shown.length > 0 && !isWorseElsewhere(candidate, covered, options)) continue;
    shown.push(candidate);
    for (const row of rowsOf(candidate.parts, conditions)) covered[row] = 1;
  }
  return shown;
}

/** "amount below 5 000 and term = 60" */
export function wordsOf(parts: readonly Part[], conditions: readonly Conditions[]): string {
  return parts.map(({ column, code }) => conditions[column]?.words[code - 1] ?? '').join(' and ');
}

/** Ascending. */
export function rowsOf(parts: readonly Part[], conditions: readonly Conditions[]): readonly number[] {
  const [first, second] = parts.map(({ column, code }) => ({ codes: conditions[column]?.codes, code }));
  const rows: number[] = [];
  first?.codes?.forEach((code, row) => {
    if (code === first.code && (!second || second.codes?.[row] === second.code)) rows.push(row);
  });
  return rows;
}

function keyOf(parts: readonly Part[]): string {
  return parts.map(({ column, code }) => `${column}=${code}`).join(' ');
}

/** Only parents that are bad themselves can explain it; the level is divided by the pairs that are asked. */
function isWorseThanParents(
  { parts, sums }: Candidate,
  {
    losses,
    smallest,
    parents,
    pairs,
  }: SelectionOptions & {
    readonly parents: ReadonlyMap<string, Candidate>;
    readonly pairs: number;
  },
): boolean {
  if (parts.length === 1) return true;
  return parts.every(part => {
    const parent = parents.get(keyOf([part]));
    if (!parent) return true;
    const found = contrast(sums, parent.sums, {
      deviation: losses.deviation,
      smallest: Math.min(smallest, 10),
    });
    return found !== undefined && found.p * pairs <= 0.05;
  });
}

function isWorseElsewhere(
  { parts }: Candidate,
  covered: Uint8Array,
  { conditions, losses, smallest }: SelectionOptions,
): boolean {
  const left = (rows: Iterable<number>): Sums => {
    let [n, sum, sumSquares] = [0, 0, 0];
    for (const row of rows) {
      if (covered[row] === 1) continue;
      const loss = losses.centred[row] ?? 0;
      n += 1;
      sum += loss;
      sumSquares += loss * loss;
    }
    return { n, sum, sumSquares };
  };
  const whole = left(losses.centred.keys());
  const found = contrast(left(rowsOf(parts, conditions)), whole, { deviation: losses.deviation, smallest });
  return found !== undefined && found.p <= 0.05;
}
