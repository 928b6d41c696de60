import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { findCandidates, lossesOf } from '#lib/evaluation/worst-slices/candidates.ts';
import { conditionsOf } from '#lib/evaluation/worst-slices/conditions.ts';
import { createRandom } from '#lib/stats/random.ts';
import type { Column } from '#lib/tables/table.ts';

const fixtures = new URL('../../../fixtures/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, fixtures), 'utf8');
const facts = JSON.parse(read('worst-slices/worst-slices.json'));
const { truth, thousandths } = JSON.parse(read('fairness/fairness.json')).credit;

/** Every second row; the file has no commas within quotes. */
function creditColumns(): readonly Column[] {
  const [header = [], ...rows] = read('data/credit_data.csv')
    .trimEnd()
    .split('\n')
    .map(line => line.replaceAll('"', '').split(','));
  const texts = (name: string): readonly string[] =>
    rows.filter((_, row) => row % 2 === 0).map(row => row[header.indexOf(name)] ?? '');
  return [
    ...facts.texts.map((name: string): Column => ({ name, kind: 'string', values: texts(name) })),
    ...facts.numbers.map((name: string): Column => {
      const values = Float64Array.from(texts(name), text => (text === '' ? Number.NaN : Number(text)));
      return { name, kind: 'number', values };
    }),
  ];
}

it('every bad slice of credit decisions has the rows, the effect and the corrected p-value of SciPy', () => {
  const conditions = creditColumns().map(column => conditionsOf(column, facts.smallest));
  const losses = lossesOf(
    Float64Array.from(thousandths as number[], (score, row) => (score / 1000 - Number(truth[row])) ** 2),
  );
  const { looked, candidates } = findCandidates(conditions, losses, facts.smallest);
  const found = candidates
    .map(({ parts, sums: { n }, effect, p }) => ({
      columns: parts.map(({ column }) => conditions[column]?.column),
      ...{ n, effect, p },
    }))
    .sort((a, b) => b.effect - a.effect);
  expect(looked).toBe(facts.looked);
  expect(found).toEqual(
    facts.found.map((one: { effect: number; p: number }) => ({
      ...one,
      effect: expect.closeTo(one.effect, 5),
      p: expect.closeTo(one.p, 9),
    })),
  );
});

it('where nothing is worse, something is found in at most 5 of 100 searches', () => {
  const random = createRandom(11);
  let alarms = 0;
  for (let search = 0; search < 60; search++) {
    const column = (name: string): Column => ({
      name,
      kind: 'string',
      values: Array.from({ length: 600 }, () => 'abcd'.charAt(random.integer(4))),
    });
    const conditions = ['x', 'y', 'z', 'w'].map(name => conditionsOf(column(name), 30));
    const losses = lossesOf(new Float64Array(600).map(() => random.next()));
    alarms += Number(findCandidates(conditions, losses, 30).candidates.length > 0);
  }
  // Of 60 searches at 5 of 100, 8 and more happen once in a hundred times.
  expect(alarms).toBeLessThan(8);
});

it('pairs of columns that are left out count as looked at', () => {
  const n = 1200;
  const random = createRandom(2);
  const columns = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      conditionsOf(
        {
          name: `c${index}`,
          kind: 'string',
          values: Array.from({ length: n }, (_, row) =>
            index === 0 ? (row % 10 === 0 ? 'bad' : 'good') : 'ab'.charAt(random.integer(2)),
          ),
        },
        30,
      ),
    );
  const noise = createRandom(3);
  const losses = lossesOf(new Float64Array(n).map((_, row) => noise.next() + (row % 10 === 0 ? 0.25 : 0)));
  const pOf = (count: number): number =>
    findCandidates(columns(count), losses, 30).candidates.find(({ parts }) => parts.length === 1)?.p ??
    Number.NaN;
  // 2 conditions each: 60 and 4 * 435 pairs, or 64 and 4 * 496 with all 32 columns.
  expect(pOf(32) / pOf(30)).toBeCloseTo((64 + 4 * 496) / (60 + 4 * 435), 1);
});
