// Acceptance cases (cases.json) and further ones (more-cases.json, by make_cases.py), all from SciPy, statsmodels or NumPy.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answers, type Inputs } from './support/answers.ts';

interface Case {
  readonly id: string;
  readonly test: string;
  readonly inputs: Inputs;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly rel_tol: number;
}

const fixtures = join(import.meta.dirname, '../../fixtures/stats');
const readCases = (file: string): readonly Case[] =>
  JSON.parse(readFileSync(join(fixtures, file), 'utf8')).cases;

/** The paths at which two results differ by more than the tolerance, relatively, or 1e-15 in all. */
function differences(
  actual: unknown,
  expected: unknown,
  [path, tolerance]: readonly [string, number],
): string[] {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return [`${path}: ${actual}`];
    return expected.flatMap((part, at) => differences(actual[at], part, [`${path}[${at}]`, tolerance]));
  }
  const wanted =
    expected === 'inf' ? Infinity : expected === '-inf' ? -Infinity : expected === 'nan' ? NaN : expected;
  if (typeof wanted !== 'number' || !Number.isFinite(wanted)) {
    return Object.is(actual, wanted) ? [] : [`${path}: ${actual} is not ${wanted}`];
  }
  const isNear =
    typeof actual === 'number' && Math.abs(actual - wanted) <= Math.max(1e-15, tolerance * Math.abs(wanted));
  return isNear ? [] : [`${path}: ${actual} is not ${wanted}`];
}

describe.each(['cases.json', 'more-cases.json'])('%s', file => {
  const cases = readCases(file);

  it('covers every test that has an answer', () => {
    const tests = new Set(
      [...readCases('cases.json'), ...readCases('more-cases.json')].map(({ test }) => test),
    );
    expect([...tests].sort()).toEqual(Object.keys(answers).sort());
  });

  it.each(cases.map(one => [one.id, one] as const))('%s', (_, { test, inputs, expected, rel_tol }) => {
    const answer = answers[test]?.(inputs) ?? {};
    const wrong = Object.keys(expected).flatMap(name =>
      differences(answer[name], expected[name], [name, rel_tol]),
    );
    expect(wrong).toEqual([]);
  });
});
