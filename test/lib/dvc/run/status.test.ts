import { expect, it } from 'vitest';
import type { LockedStage } from '#lib/dvc/lock/entry.ts';
import { formatReason, staleReasons } from '#lib/dvc/run/status.ts';
import type { Value } from '#lib/dvc/values/value.ts';

const print = (digit: string) => ({ md5: digit.repeat(32), size: 1 });
const locked: LockedStage = {
  cmd: 'train',
  deps: [
    { path: 'in', ...print('1') },
    { path: 'old', ...print('2') },
  ],
  params: new Map([
    [
      'params.yaml',
      new Map([
        ['lr', 2n],
        ['gone', 1n],
      ]),
    ],
    ['b.yaml', new Map([['x', 1n]])],
  ]),
  outs: [{ path: 'out', ...print('3') }],
};
const same = {
  cmd: 'train',
  deps: new Map([
    ['in', print('1')],
    ['old', print('2')],
  ]),
  params: locked.params,
  outs: new Map([['out', print('3')]]),
};
const reasons = (change: object) => staleReasons({ ...same, ...change }, locked).map(formatReason);

it('a stage like its lock entry has nothing to do', () => {
  expect(reasons({})).toEqual([]);
});

it('a stage that dvc.lock does not know has never run', () => {
  expect(staleReasons(same, undefined).map(formatReason)).toEqual(['not in dvc.lock yet']);
});

it('every difference is a reason with its name', () => {
  expect(
    reasons({
      cmd: ['train'],
      deps: new Map([
        ['in', print('9')],
        ['new', print('1')],
      ]),
      params: new Map([
        [
          'params.yaml',
          new Map<string, Value>([
            ['lr', 3n],
            ['more', 1n],
          ]),
        ],
        ['b.yaml', new Map([['x', 5n]])],
      ]),
      outs: new Map([['out', undefined]]),
    }),
  ).toEqual([
    'command changed',
    'dependency in modified',
    'dependency new added',
    'parameter lr modified',
    'parameter more added',
    'parameter b.yaml:x modified',
    'output out missing',
  ]);
});

it('2 and 2.0 are one value, as they are to DVC', () => {
  const params = new Map([['params.yaml', new Map<string, Value>([['lr', 2]])]]);
  expect(reasons({ params })).toEqual([]);
});

it('what dvc.yaml no longer names is no reason to run, unless a whole file of parameters is taken', () => {
  const params = new Map([['params.yaml', new Map<string, Value>([['lr', 2n]])]]);
  const deps = new Map([['in', print('1')]]);
  expect(reasons({ deps, params })).toEqual([]);
  expect(reasons({ params, wholeFiles: new Set(['params.yaml']) })).toEqual(['parameter gone removed']);
});

it('a stage whose parameter is null in both is not stale', () => {
  const params = new Map([['params.yaml', new Map([['drop', null]])]]);
  expect(staleReasons({ ...same, params }, { ...locked, params })).toEqual([]);
});

it('what has not been looked at gives no reason', () => {
  expect(staleReasons({ cmd: 'train' }, locked)).toEqual([]);
});
