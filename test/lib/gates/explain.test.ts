// Gates in words: the words must fit the kind of gate, and somebody must be able to name one as people do.
import { expect, it } from 'vitest';
import { gateSchema } from '#lib/gates/declared.ts';
import { explainGate, findGates } from '#lib/gates/explain.ts';
import type { GateResult } from '#lib/gates/gate.ts';

const declared = [
  gateSchema.parse({ metric: 'rmse', atMost: 2.4 }),
  gateSchema.parse({ metric: 'rmse', notWorseThan: 'champion', margin: { relative: 0.02 } }),
  gateSchema.parse({ metric: 'mae', betterThan: 'trivial', severity: 'warn' }),
];

const result = (over: Partial<GateResult>): GateResult => ({
  ...{ id: 'rmse atMost 2.4', condition: 'rmse at most 2.4\u00a0min', severity: 'block' },
  ...{ outcome: 'failed', reason: '2.600\u00a0min', remedy: 'Improve it.' },
  ...over,
});
const worse = result({
  ...{ id: 'rmse notWorseThan champion within 2 %' },
  condition: 'rmse not worse than the champion by more than 2\u00a0%',
});
const better = result({
  ...{ id: 'mae betterThan trivial', condition: 'mae better than the trivial model', severity: 'warn' },
});
const contract = result({ id: 'contract', condition: 'the data keeps its contract' });
const all = [contract, result({}), worse, better];

it('each kind says what it looks at and what would pass', () => {
  expect(explainGate(result({}), declared)).toMatchObject({
    meaning: expect.stringContaining('fixed bound'),
    passes: 'rmse at most 2.4\u00a0min.',
  });
  expect(explainGate(worse, declared)).toMatchObject({
    meaning: expect.stringContaining('may not get worse by more than the margin'),
    passes: expect.stringMatching(/by more than 2\u00a0%, for the whole 95 % interval.*"can't tell"/u),
  });
  expect(explainGate(better, declared)).toMatchObject({
    meaning: expect.stringMatching(/always gives the same answer.*only warns/u),
    passes: expect.stringContaining('good side of zero'),
  });
  expect(explainGate(contract, declared).meaning).toContain('no file takes it away');
});

it('a gate that nobody declares is said to be one, not explained as another', () => {
  expect(
    explainGate(result({ id: 'auc atLeast 0.8', condition: 'auc at least 0.8' }), declared),
  ).toMatchObject({
    meaning: expect.stringContaining('stands in no model.yaml'),
    passes: 'auc at least 0.8.',
  });
});

it.each([
  ['rmse atMost 2.4', ['rmse atMost 2.4']],
  ['RMSE  atmost 2.4', ['rmse atMost 2.4']],
  ['rmse at most 2.4 min', ['rmse atMost 2.4']],
  ['rmse', ['rmse atMost 2.4', 'rmse notWorseThan champion within 2 %']],
  ['contract', ['contract']],
  ['rms', []],
  ['', []],
])('%j names %j', (asked, ids) => {
  expect(findGates(all, asked).map(({ id }) => id)).toEqual(ids);
});
