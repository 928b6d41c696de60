// What can be said about a row in words: a text has a value, a number lies in a quarter of the rows. Edges are rounded
// before rows are put between them, so that the words are exactly true.
import { compareText } from '#lib/documents/canonical.ts';
import { formatDeclared, groupDigits } from '#lib/evaluation/format.ts';
import { quantileOfSorted } from '#lib/stats/bootstrap.ts';
import { roundSignificant } from '#lib/stats/round.ts';
import type { Column, NumberColumn, StringColumn } from '#lib/tables/table.ts';

/** Every row meets one condition of a column, or none. */
export interface Conditions {
  readonly column: string;
  /** Each condition in words, such as "term = 60". */
  readonly words: readonly string[];
  /** Per row the index of its condition plus 1; 0 for values that are too rare. */
  readonly codes: Uint8Array;
}

/** The most frequent values of a text column that are looked at. */
const MOST_VALUES = 20;
/** A number with at most so many values is taken value by value: number of children, term in months. */
const MOST_LEVELS = 8;

/** @param smallest a value of a text needs so many rows; bands of a number may have fewer */
export function conditionsOf(column: Column, smallest: number): Conditions {
  return column.kind === 'string' ? ofTexts(column, smallest) : ofNumbers(column);
}

function ofTexts({ name, values }: StringColumn, smallest: number): Conditions {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const frequent = [...counts]
    .filter(([, n]) => n >= smallest)
    .sort(([a, n], [b, m]) => m - n || compareText(a, b))
    .slice(0, MOST_VALUES)
    .map(([value]) => value);
  const codeOf = new Map(frequent.map((value, index) => [value, index + 1]));
  return {
    column: name,
    words: frequent.map(value => (value === '' ? `${name} is missing` : `${name} = ${shortened(value)}`)),
    codes: Uint8Array.from(values, value => codeOf.get(value) ?? 0),
  };
}

const LONGEST = 40;

function shortened(text: string): string {
  const letters = Array.from(text);
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join('')}…` : text;
}

function ofNumbers({ name, values }: NumberColumn): Conditions {
  const sorted = values.filter(value => !Number.isNaN(value)).sort();
  const levels = sorted.filter((value, index) => value !== sorted[index - 1]);
  const isFew = levels.length <= MOST_LEVELS;
  const edges = isFew ? levels.subarray(1) : edgesOf(sorted);
  const words = isFew ? [...levels].map(level => `${name} = ${written(level)}`) : wordsOfBands(name, edges);
  const missing = words.length + 1;
  return {
    column: name,
    words: [...words, `${name} is missing`],
    codes: Uint8Array.from(values, value => (Number.isNaN(value) ? missing : 1 + bandOf(value, edges))),
  };
}

function bandOf(value: number, edges: Float64Array): number {
  let band = 0;
  while (band < edges.length && value >= (edges[band] ?? 0)) band += 1;
  return band;
}

/** Quartiles with as few digits as keep them apart; fewer of them where many rows share a value. */
function edgesOf(sorted: Float64Array): Float64Array {
  const quartiles = new Set([0.25, 0.5, 0.75].map(share => quantileOfSorted(sorted, share)));
  for (const digits of [3, 6, 12]) {
    const edges = new Set([...quartiles].map(edge => roundSignificant(edge, digits)));
    if (edges.size === quartiles.size) return Float64Array.from(edges);
  }
  return Float64Array.from(quartiles);
}

/** Bands hold their lower edge and not their upper one. */
function wordsOfBands(name: string, edges: Float64Array): readonly string[] {
  return [...edges, Number.POSITIVE_INFINITY].map((upper, band) => {
    const lower = edges[band - 1];
    if (lower === undefined) return `${name} below ${written(upper)}`;
    if (upper === Number.POSITIVE_INFINITY) return `${name} of ${written(lower)} or more`;
    return `${name} from ${written(lower)} to ${written(upper)}`;
  });
}

function written(value: number): string {
  return Number.isInteger(value) ? groupDigits(formatDeclared(value)) : formatDeclared(value);
}
