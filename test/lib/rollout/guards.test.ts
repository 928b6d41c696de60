import { expect, it } from 'vitest';
import { judgeGuards } from '#lib/rollout/guards.ts';

const errors = { metric: 'error_rate', atMost: 0.01 } as const;
const slow = { metric: 'slow_rate', overMs: 100, atMost: 0.05 } as const;

it('each guard compares its share with its limit and says the counts', () => {
  expect(judgeGuards([errors, slow], { requests: 3000, errors: 7, slow: { '100': 151 } })).toEqual([
    { metric: 'error_rate', outcome: 'passed', reason: '7 of 3000 failed (0.233 %), at most 1 % may' },
    {
      metric: 'slow_rate',
      outcome: 'failed',
      reason: '151 of 3000 took longer than 100 ms (5.03 %), at most 5 % may',
    },
  ]);
});

it('exactly at the limit passes, one more fails', () => {
  const outcome = (count: number) =>
    judgeGuards([errors], { requests: 1000, errors: count, slow: {} })[0]?.outcome;
  expect([outcome(10), outcome(11)]).toEqual(['passed', 'failed']);
});

it.each([
  ['no request', { requests: 0, errors: 0, slow: { '100': 0 } }, slow, 'no request was answered yet'],
  [
    'a limit nobody counted',
    { requests: 9, errors: 0, slow: { '200': 0 } },
    slow,
    'nobody counted how many took longer than 100 ms',
  ],
  [
    'more errors than requests',
    { requests: 9, errors: 10, slow: {} },
    errors,
    'the counts contradict themselves: 10 of 9 failed',
  ],
  [
    'a count that is no number',
    { requests: Number.NaN, errors: 0, slow: {} },
    errors,
    'the counts contradict themselves: 0 of NaN failed',
  ],
])('%s is "can\'t tell", never a pass', (_, counts, guard, reason) => {
  expect(judgeGuards([guard], counts)).toEqual([{ metric: guard.metric, outcome: "can't tell", reason }]);
});
