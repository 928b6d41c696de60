import { expect, it } from 'vitest';
import { interfaceChanges } from '#lib/registry/interface-changes.ts';

const value = (name: string, type = 'float', shape = [-1, 1]) => ({ name, type, shape });
const before = { inputs: [value('weight'), value('day', 'string')], outputs: [value('prediction')] };

it('the same names, types and shapes change nothing, whatever their order and batch', () => {
  const inputs = [value('day', 'string'), value('weight', 'float', [16, 1])];
  expect(interfaceChanges(before, { ...before, inputs })).toEqual([]);
});

it('what callers would notice is told in words', () => {
  const inputs = [value('weight', 'int64'), value('zone', 'string')];
  const outputs = [value('prediction', 'float', [-1, 2])];
  expect(interfaceChanges(before, { inputs, outputs })).toEqual([
    'the input weight is int64[N, 1] and was float[N, 1]',
    'the input day is gone',
    'the input zone is new',
    'the output prediction is float[N, 2] and was float[N, 1]',
  ]);
});
