// Small training sets for the tests of this folder: mixed columns, missing values, whole-number arithmetic only.
import type { Table } from '#lib/tables/table.ts';
import type { Task, TrainingSet } from '#lib/training/training-set.ts';

/** One numeric column "x". */
export function numberSet(task: Task, x: readonly number[], target: readonly number[]): TrainingSet {
  return {
    task,
    features: { rows: x.length, columns: [{ name: 'x', kind: 'number', values: Float64Array.from(x) }] },
    target: Float64Array.from(target),
  };
}

/** 400 rows: minutes (some missing), count, city (three texts and the empty one). */
export function mixedSet(task: Task, rows = 400): TrainingSet {
  const minutes = Float64Array.from({ length: rows }, (_, row) =>
    row % 11 === 0 ? Number.NaN : ((row * 7919) % 1009) / 8,
  );
  const count = Float64Array.from({ length: rows }, (_, row) => (row * 31) % 7);
  const city = Array.from(
    { length: rows },
    (_, row) => ['Lyon', 'Oslo', 'Šibenik', ''][(row * 13) % 4] ?? '',
  );
  const value = Float64Array.from(
    minutes,
    (m, row) =>
      (Number.isNaN(m) ? 40 : m) / 4 + (count[row] ?? 0) * 2 + (city[row] === 'Oslo' ? 9 : 0) + (row % 5),
  );
  return {
    task,
    features: {
      rows,
      columns: [
        { name: 'minutes', kind: 'number', values: minutes },
        { name: 'count', kind: 'number', values: count },
        { name: 'city', kind: 'string', values: city },
      ],
    },
    target: task === 'regression' ? value : value.map(v => Number(v > 25)),
  };
}

/** Rows as a mixed set's model may meet them: missing, extreme, and never seen in training. */
export function strangeRows(): Table {
  const minutes = [Number.NaN, 0, 126, -1e30, 3.4e38, 63.0625, Number.NaN, 5];
  const count = [0, Number.NaN, 6, 1e9, -7, 3.5, Number.NaN, 2];
  const city = ['Lyon', '', 'Oslo', 'Atlantis', 'Šibenik', 'oslo', 'Atlantis', ''];
  return {
    rows: minutes.length,
    columns: [
      { name: 'city', kind: 'string', values: city },
      { name: 'minutes', kind: 'number', values: Float64Array.from(minutes) },
      { name: 'count', kind: 'number', values: Float64Array.from(count) },
      { name: 'not used', kind: 'string', values: city },
    ],
  };
}
