import fc from 'fast-check';
import { expect, it } from 'vitest';
import { batchScores } from '#lib/serving/batch.ts';
import type { Table } from '#lib/tables/table.ts';

const rowsOf = (numbers: readonly number[]): Table => ({
  rows: numbers.length,
  columns: [
    { name: 'n', kind: 'number', values: Float64Array.from(numbers) },
    { name: 't', kind: 'string', values: numbers.map(String) },
  ],
});

/** Doubles each number, whose text must be the same number; notes the size of each batch. */
function doubler() {
  const sizes: number[] = [];
  const score = async ({ rows, columns: [n, t] }: Table): Promise<Float64Array> => {
    sizes.push(rows);
    if (n?.kind !== 'number' || t?.kind !== 'string') throw new Error('the columns are mixed up');
    if (n.values.some((value, row) => String(value) !== t.values[row]))
      throw new Error('the rows are mixed up');
    if (n.values.includes(13)) throw new Error('13 is unlucky');
    return n.values.map(value => 2 * value);
  };
  return { sizes, score: batchScores(score) };
}

it('everybody gets the answers of their own rows, however the calls are brought together', async () => {
  const numbers = fc.array(fc.integer({ min: 20, max: 999 }), { minLength: 1, maxLength: 100 });
  await fc.assert(
    fc.asyncProperty(fc.array(numbers, { maxLength: 60 }), async calls => {
      const { score } = doubler();
      const answers = await Promise.all(calls.map(call => score(rowsOf(call))));
      expect(answers.map(answer => [...answer])).toEqual(calls.map(call => call.map(value => 2 * value)));
    }),
  );
});

it('calls of one moment run together, at most 64 rows at a time', async () => {
  const { sizes, score } = doubler();
  await Promise.all(Array.from({ length: 150 }, (_, i) => score(rowsOf([i + 20]))));
  expect(sizes).toEqual([64, 64, 22]);
});

it('a lone call runs alone, and a large one does not wait for others', async () => {
  const { sizes, score } = doubler();
  await score(rowsOf([20]));
  await Promise.all([score(rowsOf(Array.from({ length: 1000 }, (_, i) => i + 20))), score(rowsOf([21]))]);
  expect(sizes.toSorted((a, b) => a - b)).toEqual([1, 1, 1000]);
});

it('rows that the model fails on fail their own caller only', async () => {
  const { score } = doubler();
  const calls = [20, 13, 21].map(value => score(rowsOf([value])));
  const ended = await Promise.allSettled(calls);
  expect(ended.map(one => (one.status === 'fulfilled' ? [...one.value] : String(one.reason)))).toEqual([
    [40],
    'Error: 13 is unlucky',
    [42],
  ]);
});
