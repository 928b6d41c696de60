import { expect, it } from 'vitest';
import { checkLeakage, type LeakageInput } from '#lib/evaluation/leakage.ts';
import { createRandom } from '#lib/stats/random.ts';
import type { Table } from '#lib/tables/table.ts';

const ROWS = 600;

function rows(
  seed: number,
  add: (target: number, noise: number) => number,
): { table: Table; target: Float64Array } {
  const random = createRandom(seed);
  const target = Float64Array.from({ length: ROWS }, () => (random.next() < 0.3 ? 1 : 0));
  return {
    target,
    table: {
      rows: ROWS,
      columns: [
        { name: 'amount', kind: 'number', values: target.map(() => random.next()) },
        { name: 'suspect', kind: 'number', values: target.map(value => add(value, random.next())) },
      ],
    },
  };
}

function input(add: (target: number, noise: number) => number): LeakageInput {
  const [training, test] = [rows(1, add), rows(2, add)];
  return {
    training: training.table,
    trainingTarget: training.target,
    test: test.table,
    testTarget: test.target,
    task: 'binary-classification',
  };
}

it('honest features pass', () => {
  const leakage = checkLeakage(input((target, noise) => target * 0.2 + noise));
  expect(leakage).toMatchObject({ passed: true, reasons: [], duplicates: { rows: 0 } });
});

it('a feature that gives the target away is named', () => {
  const leakage = checkLeakage(input((target, noise) => target + noise * 0.01));
  expect(leakage.passed).toBe(false);
  expect(leakage.reasons).toEqual([expect.stringContaining('"suspect" alone predicts the target')]);
  expect(leakage.strongest[0]?.feature).toBe('suspect');
  expect(leakage.strongest[0]?.strength).toBeGreaterThan(0.99);
});

it('a feature that is only missing for one class gives the target away too', () => {
  const leakage = checkLeakage(input((target, noise) => (target === 1 ? Number.NaN : noise)));
  expect(leakage.strongest[0]?.feature).toBe('suspect');
  expect(leakage.passed).toBe(false);
});

it('an amount that follows the target closely is a giveaway in a regression', () => {
  const random = createRandom(3);
  const target = Float64Array.from({ length: ROWS }, () => random.next() * 50);
  const table: Table = {
    rows: ROWS,
    columns: [{ name: 'arrived_at', kind: 'number', values: target.map(value => value * 60) }],
  };
  const leakage = checkLeakage({
    training: table,
    trainingTarget: target,
    test: table,
    testTarget: target,
    task: 'regression',
  });
  expect(leakage.reasons.join()).toContain('"arrived_at" alone');
});

it('test rows that repeat training rows are counted', () => {
  const honest = input((target, noise) => target * 0.2 + noise);
  const leakage = checkLeakage({ ...honest, test: honest.training, testTarget: honest.trainingTarget });
  expect(leakage.duplicates).toMatchObject({ rows: ROWS, share: 1 });
  expect(leakage.passed).toBe(false);
});

it('equal rows of a few categories are no copies, copied ones among them are', () => {
  const random = createRandom(5);
  const side = () => {
    const target = Float64Array.from({ length: ROWS }, () => (random.next() < 0.3 ? 1 : 0));
    const values = Array.from({ length: ROWS }, () => ['a', 'b', 'c'][random.integer(3)] ?? 'a');
    return { target, table: { rows: ROWS, columns: [{ name: 'group', kind: 'string' as const, values }] } };
  };
  const [training, test] = [side(), side()];
  const { duplicates } = checkLeakage({
    training: training.table,
    trainingTarget: training.target,
    test: test.table,
    testTarget: test.target,
    task: 'binary-classification',
  });
  expect(duplicates.rows).toBe(ROWS);
  expect(duplicates.share).toBeLessThan(0.08);
  const honest = input((target, noise) => target * 0.2 + noise);
  const copied = checkLeakage({ ...honest, test: honest.training, testTarget: honest.trainingTarget });
  expect(copied.duplicates.share).toBe(1);
});

/** Three classes with one feature that is `add` of the class and of noise between 0 and 1. */
function severalClasses(add: (target: number, noise: number) => number): LeakageInput {
  const side = (seed: number) => {
    const random = createRandom(seed);
    const target = Float64Array.from({ length: ROWS }, () => random.integer(3));
    const values = target.map(one => add(one, random.next()));
    return { target, table: { rows: ROWS, columns: [{ name: 'suspect', kind: 'number' as const, values }] } };
  };
  const [training, test] = [side(1), side(2)];
  return {
    training: training.table,
    trainingTarget: training.target,
    test: test.table,
    testTarget: test.target,
    task: 'multiclass-classification',
  };
}

it('of several classes a feature has to tell all apart to be a giveaway', () => {
  expect(checkLeakage(severalClasses((one, noise) => one + noise * 0.9))).toMatchObject({ passed: false });
  const tellsOne = checkLeakage(severalClasses((one, noise) => (one === 2 ? 5 : 0) + noise));
  expect(tellsOne.passed).toBe(true);
  // One class at 1, the two others: 3 of 4 pairs with one of them are told apart at best, half of the rest by chance.
  expect(tellsOne.strongest[0]?.strength).toBeGreaterThan(0.5);
  expect(tellsOne.strongest[0]?.strength).toBeLessThan(0.75);
});

it('equal rows of three frequent classes agree by chance in a third of the cases, and that is no copy', () => {
  const flat = severalClasses(() => 1);
  expect(checkLeakage(flat).duplicates.share).toBeLessThan(0.05);
  const honest = severalClasses((one, noise) => one * 0.1 + noise);
  const copied = checkLeakage({ ...honest, test: honest.training, testTarget: honest.trainingTarget });
  expect(copied.duplicates.share).toBe(1);
});
