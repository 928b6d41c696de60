import { describe, expect, test } from 'vitest';
import { OWN_METRICS, ownMetricOf } from '#lib/contracts/own-metrics.ts';
import { sayOwnMetric } from '#lib/contracts/say-own-metric.ts';
import { problemsOf, withRule } from './contract-text.ts';

const rule = (implementation: string): string =>
  withRule(`type: custom\nengine: mainline\nimplementation: ${implementation}`);

describe('a rule of the engine mainline', () => {
  test('may have any metric of ours', () => {
    for (const metric of OWN_METRICS) {
      const more = metric === 'labelRate' ? ', label: 1' : '';
      expect(problemsOf(rule(`{metric: ${metric}, mustBeLessThan: 0.2${more}}`))).toEqual([]);
    }
  });

  test.each([
    [
      '{metric: nullRates, mustBeLessThan: 1}',
      '13:38 ',
      'there is no metric "nullRates". Did you mean "nullRate"?',
    ],
    ['{metric: psi, mustBeLessThn: 1}', '13:58 ', 'psi has no mustBeLessThn. Did you mean "mustBeLessThan"?'],
    ['{metric: psi}', '13:29 ', 'it has no operator. Add exactly one of mustBe, '],
    ['{metric: psi, mustBe: 1, mustNotBe: 2}', '13:65 ', 'it has mustBe already. Keep one of the two.'],
    ['{metric: psi, mustBeLessThan: many}', '13:59 ', 'must be a number, found "many"'],
    ['{metric: quantile, quantile: 95, mustBe: 1}', '13:58 ', 'must be at most 1, found 95'],
    ['{metric: labelRate, mustBe: 1}', '13:29 ', 'implementation.label'],
    ['{metric: outlierShare, fence: iqrs, mustBe: 1}', '13:59 ', 'Did you mean "iqr"?'],
    ['{metric: mean, mustBeBetween: [2, 1]}', '13:59 ', 'its first number is not the smaller one'],
    ['{mustBe: 1}', '13:29 ', 'it names no metric'],
    ['psi', '13:29 ', 'a rule of the engine mainline is a map'],
  ])('is held to its schema: %s', (implementation, place, words) => {
    const [problem = '', ...more] = problemsOf(rule(implementation));
    expect(problem.startsWith(place), problem).toBe(true);
    expect(problem).toContain(words);
    expect(more).toEqual([]);
  });

  test('has the defaults that were asked for', () => {
    const parse = (implementation: object) =>
      ownMetricOf({ type: 'custom', engine: 'mainline', implementation });
    expect(parse({ metric: 'outlierShare', mustBeLessThan: 0.05 })).toMatchObject({
      fence: 'robust',
      reference: 'main',
      operator: 'mustBeLessThan',
      operand: 0.05,
    });
    expect(parse({ metric: 'correlationStability', mustBeGreaterThan: 0.9 })).toMatchObject({
      limit: 0.1,
      method: 'spearman',
    });
    expect(parse({ metric: 'nonsense', mustBe: 1 })).toBeUndefined();
  });

  test('is said in words with its defaults', () => {
    const own = ownMetricOf({
      type: 'custom',
      engine: 'mainline',
      implementation: { metric: 'outlierShare', mustBeLessThan: 0.05 },
    });
    expect(own && sayOwnMetric(own, 'amount')).toBe(
      'the share of values of amount outside the fence of main (3 robust standard deviations around the median)',
    );
  });
});

test('rules of other engines are left alone', () => {
  const text = withRule('type: custom\nengine: soda\nimplementation: {metric: nonsense, x: 1}');
  expect(problemsOf(text)).toEqual([]);
  expect(
    ownMetricOf({ type: 'custom', engine: 'soda', implementation: { metric: 'psi', mustBe: 1 } }),
  ).toBeUndefined();
});
