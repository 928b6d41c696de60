import { describe, expect, it } from 'vitest';
import type { Attribution, Explanation } from '#lib/explanation/explain-rows.ts';
import { giveReasons, type ReasonOptions, reasonSchema } from '#lib/explanation/reasons.ts';
import type { UsualColumn } from '#lib/explanation/usual.ts';

function moved(
  column: string,
  value: Attribution['value'],
  attribution: number,
  standardError: number | null = null,
) {
  return { column, value, attribution, standardError };
}

/** 0, 10, 20 ... 1000: the percentile p is 10 p. */
const installment: UsualColumn = {
  column: 'installment',
  kind: 'number',
  missing: 0.03,
  percentiles: Array.from({ length: 101 }, (_, percent) => percent * 10),
};
const purpose: UsualColumn = {
  column: 'purpose',
  kind: 'string',
  missing: 0,
  categories: [
    { value: 'car', share: 0.12 },
    { value: 'boat', share: 0.002 },
  ],
  isCut: false,
};

function say(
  scale: Explanation['scale'],
  attributions: readonly Attribution[],
  options: Partial<ReasonOptions> = {},
): readonly string[] {
  const subject = scale === 'target' ? 'the predicted time' : 'the probability of bad';
  const reasons = giveReasons(
    { scale, attributions },
    { usual: [installment, purpose], subject, ...options },
  );
  for (const reason of reasons) expect(reasonSchema.parse(reason)).toEqual(reason);
  return reasons.map(({ words }) => words.replaceAll('\u00a0', ' '));
}

describe('reasons', () => {
  it('for log-odds say the direction, the strongest of each, and how unusual the value is', () => {
    expect(
      say('log-odds', [moved('installment', 812, 1.2), moved('purpose', 'car', -0.6), moved('age', 30, 0.2)]),
    ).toEqual([
      'installment 812 raises the probability of bad most: 60 % of all movement; higher than in 81 % of the training rows.',
      'purpose "car" lowers the probability of bad most: 30 % of all movement; 12 % of the training rows have it.',
      'age 30 raises the probability of bad: 10 % of all movement.',
    ]);
  });

  it('for an amount say how much of it, in its unit', () => {
    expect(
      say('target', [moved('installment', 60, -2.3), moved('purpose', 'boat', 3.1)], { unit: 'min' }),
    ).toEqual([
      'installment 60 takes 2.300 min off the predicted time: 43 % of all movement; lower than in 93 % of the training rows.',
      'purpose "boat" adds 3.100 min to the predicted time: 57 % of all movement; less than 1 % of the training rows have it.',
    ]);
    expect(say('target', [moved('age', 60, 12.34)])).toEqual([
      'age 60 adds 12.34 to the predicted time: 100 % of all movement.',
    ]);
  });

  it('for a probability say by how many percentage points', () => {
    expect(say('probability', [moved('installment', 400, 0.042), moved('purpose', 'plane', -0.042)])).toEqual(
      [
        'installment 400 raises the probability of bad by 4.200 percentage points: 50 % of all movement; within what is usual in the training rows.',
        'purpose "plane" lowers the probability of bad by 4.200 percentage points: 50 % of all movement; no training row has it.',
      ],
    );
  });

  it('name a missing value, and how common that is', () => {
    expect(say('log-odds', [moved('installment', null, 0.5), moved('purpose', null, -0.5)])).toEqual([
      'installment is missing, which raises the probability of bad most: 50 % of all movement; 3 % of the training rows lack it.',
      'purpose is missing, which lowers the probability of bad most: 50 % of all movement; no training row lacks it.',
    ]);
  });

  it.each([
    [-1, 'lower than in any training row'],
    [1001, 'higher than in any training row'],
    [1000, 'higher than in 99 % of the training rows'],
    [0, 'lower than in 99 % of the training rows'],
    [500, 'within what is usual in the training rows'],
  ])('compare %d with the training rows: %s', (value, words) => {
    expect(say('log-odds', [moved('installment', value, 1)])[0]).toContain(words);
  });

  it('say of a value that many rows share how many', () => {
    const mostlyZero: UsualColumn = {
      ...installment,
      percentiles: Array.from({ length: 101 }, (_, percent) => (percent < 90 ? 0 : 5)),
    };
    const [words] = say('log-odds', [moved('installment', 0, -1)], { usual: [mostlyZero] });
    expect(words).toContain('the same in 89 % of the training rows');
  });

  it('call a category that is not among the kept ones rare', () => {
    const [words] = say('log-odds', [moved('purpose', 'plane', 1)], { usual: [{ ...purpose, isCut: true }] });
    expect(words).toContain('rare in the training rows');
  });

  it('leave out what moved nothing, and what sampling cannot tell from chance', () => {
    const found = say('target', [moved('a', 1, 2, 0.5), moved('b', 1, 1, 0.6), moved('c', 1, 0, 0)]);
    expect(found).toEqual(['a 1 adds 2.000 to the predicted time: 67 % of all movement.']);
    expect(say('target', [moved('a', 1, 0)])).toEqual([]);
  });

  it('are at most as many as asked', () => {
    const many = Array.from({ length: 9 }, (_, i) => moved(`c${i}`, i, 9 - i));
    expect(say('target', many)).toHaveLength(4);
    expect(say('target', many, { most: 2 })).toHaveLength(2);
  });

  it('write numbers without noise in their last digits', () => {
    expect(say('log-odds', [moved('age', 0.1 + 0.2, 1)])[0]).toMatch(/^age 0\.3 raises/);
    expect(say('log-odds', [moved('age', -4, 1)])[0]).toMatch(/^age \u22124 raises/);
  });
});
