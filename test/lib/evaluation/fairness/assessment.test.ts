import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  assessFairness,
  type ColumnFairness,
  fairnessSchema,
  worstDifference,
} from '#lib/evaluation/fairness/assessment.ts';
import { fairnessMeasures } from '#lib/evaluation/fairness/measures.ts';
import type { Sample } from '#lib/evaluation/metric.ts';

const fixture = JSON.parse(
  readFileSync(new URL('../../../fixtures/fairness/fairness.json', import.meta.url), 'utf8'),
);

interface Coded {
  readonly words: readonly string[];
  readonly codes: string;
}

function sampleOf(truth: Iterable<number>, prediction: Iterable<number>, threshold = 0.5): Sample {
  return {
    truth: Float64Array.from(truth),
    prediction: Float64Array.from(prediction),
    threshold,
    tolerance: undefined,
  };
}

function decoded(columns: Readonly<Record<string, Coded>>): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(columns).map(([name, { words, codes }]) => [
      name,
      Array.from(codes, code => words[code.charCodeAt(0) - 97] ?? '?'),
    ]),
  );
}

function credit() {
  const { truth, thousandths, columns } = fixture.credit;
  const scores = thousandths.map((score: number) => score / 1000);
  return assessFairness(sampleOf(Array.from(truth as string, Number), scores, 0.3), decoded(columns), {
    task: 'binary-classification',
  });
}

function deliveries() {
  const { truth, prediction, columns } = fixture.deliveries;
  return assessFairness(sampleOf(truth, prediction), decoded(columns), { task: 'regression' });
}

function valueIn(found: ColumnFairness | undefined, group: string, name: string) {
  return found?.groups.find(one => one.group === group)?.values.find(one => one.name === name);
}

function differenceIn(found: ColumnFairness | undefined, name: string) {
  return found?.differences.find(({ measure }) => measure === name);
}

/** Results have 6 significant digits. */
function expectNear(actual: number | null | undefined, expected: number, what = ''): void {
  expect(
    Math.abs((actual ?? Number.NaN) - expected),
    `${what}: ${actual} is ${expected}`,
  ).toBeLessThanOrEqual(1e-12 + 5e-6 * Math.abs(expected));
}

function expectDifferences(
  found: ColumnFairness | undefined,
  expected: Readonly<Record<string, number>>,
): void {
  for (const [name, value] of Object.entries(expected)) {
    expectNear(differenceIn(found, name)?.value, value, name);
  }
}

function expectGroups(
  found: ColumnFairness | undefined,
  groups: Readonly<Record<string, Readonly<Record<string, number>>>>,
): void {
  for (const [group, { n, ...values }] of Object.entries(groups)) {
    if (n !== undefined) expect(found?.groups.find(one => one.group === group)?.n).toBe(n);
    for (const [name, value] of Object.entries(values)) {
      expectNear(valueIn(found, group, name)?.value, value, `${group} ${name}`);
    }
  }
}

it('twenty known rows have the values of scikit-learn and the differences of fairlearn', () => {
  const { truth, answer, group, by_group, expected } = fixture.case;
  const [found] = assessFairness(
    sampleOf(Array.from(truth as string, Number), Array.from(answer as string, Number)),
    new Map([['group', Array.from(group as string)]]),
    { task: 'binary-classification', smallest: 1 },
  );
  expectGroups(found, by_group);
  expectDifferences(found, expected);
});

describe.each(['Marital', 'Home'])('credit decisions by %s agree with fairlearn', column => {
  const found = credit().find(one => one.column === column);
  const facts = fixture.credit[column];

  it('in every group and every difference', () => {
    expectGroups(found, facts.by_group);
    expectDifferences(found, facts.expected);
  });

  it('in how far scores lie from what happened', () => {
    for (const [group, gap] of Object.entries<number>(facts.gaps)) {
      expectNear(valueIn(found, group, 'calibration_gap')?.value, gap, group);
    }
  });

  it('in the Wilson intervals of the shares and the intervals of the differences', () => {
    for (const [group, [lower, upper]] of Object.entries<[number, number]>(facts.wilson)) {
      expectNear(valueIn(found, group, 'selection_rate')?.ci95?.[0], lower);
      expectNear(valueIn(found, group, 'selection_rate')?.ci95?.[1], upper);
    }
    for (const [name, [lower, upper]] of Object.entries<[number, number]>(facts.intervals)) {
      expectNear(differenceIn(found, name)?.ci95?.[0], lower, name);
      expectNear(differenceIn(found, name)?.ci95?.[1] ?? undefined, upper, name);
    }
  });
});

it('delivery times by day agree with fairlearn and SciPy', () => {
  const [found] = deliveries();
  expectGroups(found, fixture.deliveries.day.by_group);
  expectDifferences(found, fixture.deliveries.day.expected);
  expect(differenceIn(found, 'mean_error_difference')?.groups).toEqual(['Sat', 'Mon']);
  expect(differenceIn(found, 'error_ratio')?.groups).toEqual(['Wed', 'Mon']);
  for (const [name, intervals] of [
    ['mean_error', fixture.deliveries.day.student],
    ['mean_absolute_error', fixture.deliveries.day.log_student],
  ]) {
    for (const [day, [lower, upper]] of Object.entries<[number, number]>(intervals)) {
      expectNear(valueIn(found, day, name)?.ci95?.[0], lower, `${day} ${name}`);
      expectNear(valueIn(found, day, name)?.ci95?.[1], upper, `${day} ${name}`);
    }
  }
  const [lower, upper] = fixture.deliveries.day.intervals.error_ratio;
  expectNear(differenceIn(found, 'error_ratio')?.ci95?.[0], lower);
  expectNear(differenceIn(found, 'error_ratio')?.ci95?.[1], upper);
});

it('several classes are compared by the share of right answers', () => {
  const [found] = assessFairness(
    sampleOf([0, 1, 2, 2, 0, 1], [0, 1, 1, 2, 2, 2]),
    new Map([['side', ['l', 'l', 'l', 'r', 'r', 'r']]]),
    { task: 'multiclass-classification', smallest: 3 },
  );
  expect(found?.differences).toMatchObject([
    { measure: 'accuracy_difference', value: 0.333333, groups: ['r', 'l'], n: 6 },
  ]);
});

it('small groups are listed, and their values are compared with nobody', () => {
  const groups = credit()[0]?.groups.map(({ group, compared }) => [group, compared]);
  expect(groups).toEqual([
    ['', false],
    ['divorced', false],
    ['married', true],
    ['separated', true],
    ['single', true],
    ['widow', true],
  ]);
});

it('one group alone, or groups without positive rows, have no difference but a reason', () => {
  const truth = [0, 0, 0, 0];
  const answers = [1, 0, 1, 0];
  const assess = (groups: readonly string[]) =>
    assessFairness(sampleOf(truth, answers), new Map([['g', groups]]), {
      task: 'binary-classification',
      smallest: 2,
    })[0];
  expect(differenceIn(assess(['a', 'a', 'a', 'b']), 'demographic_parity_ratio')).toEqual({
    measure: 'demographic_parity_ratio',
    value: null,
    ci95: null,
    groups: [],
    n: 0,
    reason: 'fewer than two groups have 2 rows or more',
  });
  expect(differenceIn(assess(['a', 'a', 'b', 'b']), 'equal_opportunity_difference')?.reason).toMatch(/kind/);
  expect(differenceIn(assess(['a', 'a', 'b', 'b']), 'demographic_parity_difference')?.value).toBe(0);
});

it('a ratio of nobody flagged to nobody flagged has no value', () => {
  const [found] = assessFairness(
    sampleOf([0, 1, 0, 1], [0, 0, 0, 0]),
    new Map([['g', ['a', 'a', 'b', 'b']]]),
    {
      task: 'binary-classification',
      smallest: 2,
    },
  );
  expect(differenceIn(found, 'demographic_parity_ratio')?.value).toBeNull();
  expect(differenceIn(found, 'demographic_parity_difference')?.value).toBe(0);
});

it('the worst column is the one with the largest difference, the smallest ratio, or none at all', () => {
  const found = credit();
  expect(worstDifference(found, 'demographic_parity_difference')?.column).toBe('Home');
  expect(worstDifference(found, 'demographic_parity_ratio')?.column).toBe('Home');
  expect(worstDifference(found, 'equalized_odds_difference')?.column).toBe('Marital');
  const alone = assessFairness(sampleOf([0, 1], [0, 1]), new Map([['g', ['a', 'b']]]), {
    task: 'binary-classification',
  });
  expect(worstDifference([...found, ...alone], 'equalized_odds_difference')?.column).toBe('g');
  expect(worstDifference(found, 'rmse')).toBeUndefined();
});

it('results have the shape that is stored, and every measure of the task', () => {
  for (const found of [credit(), deliveries()]) expect(fairnessSchema.parse(found)).toEqual(found);
  const names = [...credit(), ...deliveries()].flatMap(({ differences }) =>
    differences.map(({ measure }) => measure),
  );
  const declared = fairnessMeasures.filter(({ name }) => name !== 'accuracy_difference');
  expect([...new Set(names)]).toEqual(declared.map(({ name }) => name));
});

const rows = fc.array(
  fc.record({
    truth: fc.integer({ min: 0, max: 1 }),
    score: fc.integer({ min: 0, max: 16 }),
    group: fc.nat(3),
  }),
  { minLength: 20, maxLength: 80 },
);

function assessRows(
  all: readonly { readonly truth: number; readonly score: number; readonly group: number }[],
  nameOf: (group: number) => string = String,
) {
  const sample = sampleOf(
    all.map(({ truth }) => truth),
    all.map(({ score }) => score / 16),
  );
  const groups = new Map([['g', all.map(({ group }) => nameOf(group))]]);
  return assessFairness(sample, groups, { task: 'binary-classification', smallest: 3 });
}

it('the order of the rows changes nothing', () => {
  fc.assert(
    fc.property(rows, all => {
      expect(assessRows([...all].reverse())).toEqual(assessRows(all));
    }),
  );
});

it('other names for the groups change the names alone', () => {
  const numbers = (found: ReturnType<typeof assessRows>) =>
    found[0]?.differences.map(({ measure, value, ci95, reason }) => ({ measure, value, ci95, reason }));
  fc.assert(
    fc.property(rows, all => {
      expect(numbers(assessRows(all, group => 'dbca'.charAt(group)))).toEqual(numbers(assessRows(all)));
    }),
  );
});

it('an interval holds its value, and a difference is never outside what is possible', () => {
  fc.assert(
    fc.property(rows, all => {
      for (const { value, ci95, measure } of assessRows(all)[0]?.differences ?? []) {
        if (value === null) continue;
        const upper = ci95?.[1] ?? Number.POSITIVE_INFINITY;
        expect(ci95?.[0], measure).toBeLessThanOrEqual(value);
        expect(upper, measure).toBeGreaterThanOrEqual(value);
        expect(ci95?.[0], measure).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});
