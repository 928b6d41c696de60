import { describe, expect, test } from 'vitest';
import { brokenContracts, compareVerdicts, wholeContracts } from '../../interop/odcs-compare.ts';
import { differences } from '../../interop/odcs-differences.ts';
import { officialJudge } from '../../interop/odcs-judge.ts';

const whole = wholeContracts();

describe('the official JSON Schema of ODCS', () => {
  test('accepts all its examples, our contracts and one with everything, and so do we', () => {
    const official = officialJudge();
    expect(whole.filter(({ document }) => official(document).length > 0)).toEqual([]);
    expect(compareVerdicts(whole).problems).toEqual([]);
  });

  test('says the same as we of contracts that are broken in one place', { timeout: 180_000 }, () => {
    const { problems, refused } = compareVerdicts(brokenContracts(whole, { count: 30, seed: 7 }));
    expect(problems).toEqual([]);
    expect(refused).toBeGreaterThan(200);
  });
});

describe('a deliberate difference', () => {
  test.each(differences)('has a reason, and is one: $name', ({ name, reason, example, refuses, amend }) => {
    expect(reason.length).toBeGreaterThan(20);
    expect(refuses === undefined).toBe(amend !== undefined);
    const { problems, met } = compareVerdicts([{ name: 'it', document: example }]);
    expect(problems).toEqual([]);
    expect([...met]).toEqual([[name, 1]]);
  });
});
