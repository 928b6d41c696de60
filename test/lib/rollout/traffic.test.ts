import { describe, expect, it } from 'vitest';
import { readRollout } from '#lib/rollout/intent.ts';
import { abortProgress, advanceProgress, startProgress } from '#lib/rollout/plan.ts';
import type { Progress } from '#lib/rollout/progress.ts';
import { decideTraffic } from '#lib/rollout/traffic.ts';
import { digestOf, file, intentOf, moved, now, place, rolloutText, started } from './rollouts.ts';

const steps = '{setWeight: 10}, {pause: {}}, {setWeight: 50}, {pause: {}}';
const old = intentOf({ version: '1.0.0.0' });
const next = intentOf({ version: '1.1.0.0', from: '1.0.0.0', steps });
const skipPause = { now, skipPause: true };
const advanced = (progress: Progress) => moved(advanceProgress(next, progress, skipPause));
const before = started(old);
const atTen = started(old, next);
const atFifty = advanced(atTen);
const complete = advanced(atFifty);
const decided = (intent: typeof old, progress: Progress | undefined) => {
  const { traffic, source } = decideTraffic(intent, progress);
  return { traffic, source };
};
const allOld = { '1.0.0.0': 100 };
const allNew = { '1.1.0.0': 100 };

describe('progress of the intent on main is obeyed', () => {
  it.each([
    ['at 10 %', atTen, { '1.0.0.0': 90, '1.1.0.0': 10 }],
    ['at 50 %', atFifty, { '1.0.0.0': 50, '1.1.0.0': 50 }],
    ['at the end', complete, allNew],
  ])('%s', (_, progress, traffic) => {
    expect(decided(next, progress)).toEqual({ traffic, source: 'progress' });
  });
});

describe('a revert of the promotion is all traffic on the old version by itself', () => {
  it.each([
    ['before it was started', before, 'progress'],
    ['at the first step', atTen, 'live before'],
    ['in the middle', atFifty, 'live before'],
    ['after completion', complete, 'live before'],
    ['after an abort', moved(abortProgress(next, atTen, { now, reason: 'slow', by: '@ann' })), 'live before'],
  ])('%s', (_, progress, source) => {
    expect(decided(old, progress)).toEqual({ traffic: allOld, source });
  });

  it('also when the text is another that says the same', () => {
    const again = readRollout(`# back\n${rolloutText({ version: '1.0.0.0', attempt: 1 })}`, {
      file,
      ...place,
    });
    expect(decided(again, atFifty)).toEqual({ traffic: allOld, source: 'live before' });
  });
});

describe('the revert of that revert', () => {
  it('after completion is all traffic on the new version at once, whether rollout ran in between or not', () => {
    const between = moved(startProgress(old, complete, { now }));
    expect(decided(old, between)).toEqual({ traffic: allOld, source: 'progress' });
    expect(decided(next, complete)).toEqual({ traffic: allNew, source: 'progress' });
    expect(decided(next, between)).toEqual({ traffic: allNew, source: 'live before' });
  });

  it('in the middle leaves the old version all traffic, and the plan starts anew', () => {
    const between = moved(startProgress(old, atFifty, { now }));
    expect(decided(next, between)).toEqual({ traffic: allOld, source: 'from' });
    const again = moved(startProgress(next, between, { now }));
    expect(decided(next, again)).toEqual({ traffic: { '1.0.0.0': 90, '1.1.0.0': 10 }, source: 'progress' });
  });
});

it('an abort sends all traffic to the version that was live', () => {
  const held = moved(abortProgress(next, atFifty, { now, reason: 'too many errors', by: '@ann' }));
  expect(decideTraffic(next, held)).toEqual({
    traffic: allOld,
    mirror: {},
    source: 'hold',
    why: '@ann aborted the rollout: too many errors',
  });
});

it('a promotion that no rollout has accepted leaves from all traffic', () => {
  expect(decided(next, before)).toEqual({ traffic: allOld, source: 'from' });
});

describe('nothing is decided, so that the server keeps what it serves,', () => {
  const strange = rolloutText({ version: '1.1.0.0', from: '1.0.0.0' }).replaceAll(
    digestOf('1.0.0.0'),
    digestOf('other bytes'),
  );

  it.each([
    ['before the first rollout', old, undefined],
    ['for a first promotion beside something live', intentOf({ version: '9.0.0.0' }), before],
    ['when from never was live', intentOf({ version: '3.0.0.0', from: '2.0.0.0' }), before],
    ['when from was live with other bytes', readRollout(strange, { file, ...place }), before],
  ])('%s', (_, intent, progress) => {
    expect(decided(intent, progress)).toEqual({ traffic: {}, source: 'none' });
  });

  it('when the progress names a version the rollout does not have', () => {
    const forged = { ...atTen, spec: { ...atTen.spec, traffic: { '1.0.0.0': 90, '6.6.6.6': 10 } } };
    expect(decided(next, forged)).toEqual({ traffic: {}, source: 'none' });
  });
});
