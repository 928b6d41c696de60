import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Table } from '#lib/tables/table.ts';
import { assignFolds, keyRows, splitByPosition } from '#lib/training/split.ts';

function table(values: readonly string[]): Table {
  return { rows: values.length, columns: [{ name: 'order', kind: 'string', values }] };
}

function sides(values: readonly string[]): { test: string[]; training: string[] } {
  const { ids, positions } = keyRows(table(values), 'all');
  const { test, training } = splitByPosition(positions, 0.2);
  return { test: test.map(row => ids[row] ?? ''), training: training.map(row => ids[row] ?? '') };
}

it('appended rows move no row, whatever they are', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.string()), (rows, appended) => {
      const [before, after] = [sides(rows), sides([...rows, ...appended])];
      expect(after.test.slice(0, before.test.length)).toEqual(before.test);
      expect(after.training.slice(0, before.training.length)).toEqual(before.training);
    }),
  );
});

it('equal rows stay on one side and still have ids of their own', () => {
  const { ids, positions } = keyRows(table(['a', 'b', 'a', 'a']), ['order']);
  expect(new Set(ids).size).toBe(4);
  expect(new Set([positions[0], positions[2], positions[3]]).size).toBe(1);
});

it('the sides have about the asked share', () => {
  const { test } = sides(Array.from({ length: 10_000 }, (_, row) => `order ${row}`));
  expect(test.length).toBeGreaterThan(1880);
  expect(test.length).toBeLessThan(2120);
});

it('folds are even and the copies of a row share one', () => {
  const { ids } = keyRows(table(Array.from({ length: 5000 }, (_, row) => `order ${row % 2500}`)), 'all');
  const folds = assignFolds(ids, 5);
  expect(folds.subarray(0, 2500)).toEqual(folds.subarray(2500));
  const sizes = [0, 1, 2, 3, 4].map(fold => folds.filter(value => value === fold).length);
  for (const size of sizes) expect(Math.abs(size - 1000)).toBeLessThan(150);
});

it('a key that is not a column is named with the columns there are', () => {
  expect(() => keyRows(table(['a']), ['id'])).toThrow('The split key "id" is not a column of the data');
});
