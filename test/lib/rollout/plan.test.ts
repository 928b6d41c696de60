import { describe, expect, it } from 'vitest';
import { readRollout } from '#lib/rollout/intent.ts';
import { abortProgress, advanceProgress, startProgress } from '#lib/rollout/plan.ts';
import { MAX_LIVE, type Progress } from '#lib/rollout/progress.ts';
import { digestOf, file, intentOf, moved, now, place, rolloutText, started } from './rollouts.ts';

const old = intentOf({ version: '1.0.0.0' });
const promotion = { version: '1.1.0.0', from: '1.0.0.0' };
const next = intentOf({
  ...promotion,
  steps:
    '{mirror: 20}, {pause: {duration: 1h}}, {setWeight: 5}, {pause: {duration: 10m, minSamples: 100}}, {setWeight: 50}, {mirror: 0}, {pause: {}}',
});
const first = started(old, next);
const at = (progress: Progress) => {
  const { step, complete, traffic, mirror } = progress.spec;
  return { step, complete, traffic, mirror };
};

describe('a start', () => {
  it('goes to the first pause and does what lies before it', () => {
    expect(at(first)).toEqual({
      step: 1,
      complete: false,
      traffic: { '1.0.0.0': 100 },
      mirror: { '1.1.0.0': 20 },
    });
    expect(first.spec.live).toEqual([{ version: '1.0.0.0', model: digestOf('1.0.0.0') }]);
  });

  it.each([
    ['without a plan', intentOf(promotion)],
    ['with a plan of no pauses', intentOf({ ...promotion, steps: '{setWeight: 5}, {setWeight: 50}' })],
  ])('%s is complete at once', (_, intent) => {
    const progress = started(old, intent);
    expect(at(progress)).toMatchObject({ complete: true, traffic: { '1.1.0.0': 100 }, mirror: {} });
    expect(progress.spec.live.map(({ version }) => version)).toEqual(['1.1.0.0', '1.0.0.0']);
  });

  it('of a first promotion is complete at once, since nothing shares the traffic', () => {
    expect(at(started(intentOf({ version: '1.0.0.0', steps: '{pause: {}}' })))).toEqual({
      step: 1,
      complete: true,
      traffic: { '1.0.0.0': 100 },
      mirror: {},
    });
  });

  it('of a version that was live before is complete at once, whatever its plan and from', () => {
    const back = intentOf({ version: '1.0.0.0', from: '7.0.0.0', steps: '{pause: {}}' });
    const progress = started(old, intentOf(promotion), back);
    expect(at(progress)).toMatchObject({ complete: true, traffic: { '1.0.0.0': 100 } });
    expect(progress.spec.live.map(({ version }) => version)).toEqual(['1.0.0.0', '1.1.0.0']);
  });

  it('that was made already changes nothing', () => {
    expect(startProgress(next, first, { now: '2027-01-01T00:00:00Z' })).toEqual({ progress: first });
  });

  it('remembers the last ten live versions', () => {
    const chain = Array.from({ length: 12 }, (_, n) =>
      intentOf({ version: `1.${n}.0.0`, ...(n > 0 && { from: `1.${n - 1}.0.0` }) }),
    );
    const { live } = started(...chain).spec;
    expect(live).toHaveLength(MAX_LIVE);
    expect([live[0]?.version, live[9]?.version]).toEqual(['1.11.0.0', '1.2.0.0']);
  });

  const other = (intent: string, version: string) =>
    readRollout(intent.replace(digestOf(version), digestOf('other bytes')), { file, ...place });

  it.each([
    [
      'from a version that is not live',
      intentOf({ version: '1.2.0.0', from: '0.9.0.0' }),
      'from is 0.9.0.0, but 1.0.0.0 is live; promote from 1.0.0.0',
    ],
    [
      'from nothing',
      intentOf({ version: '1.2.0.0' }),
      'from is not given, but 1.0.0.0 is live; promote from 1.0.0.0',
    ],
    [
      'from other bytes',
      other(rolloutText(promotion), '1.0.0.0'),
      `1.0.0.0 is live with other bytes (${digestOf('1.0.0.0')}) than the rollout names`,
    ],
    [
      'of other bytes',
      other(rolloutText({ version: '1.0.0.0' }), '1.0.0.0'),
      `1.0.0.0 was live with other bytes before (${digestOf('1.0.0.0')}); a version never changes`,
    ],
  ])('%s is refused', (_, intent, refused) => {
    expect(startProgress(intent, started(old), { now })).toEqual({ refused });
  });

  it('from a version is refused where none is live', () => {
    expect(startProgress(intentOf(promotion), undefined, { now })).toEqual({
      refused: 'from is 1.0.0.0, but no version is live here; remove from to promote for the first time',
    });
  });
});

describe('an advance', () => {
  const later = '2026-11-21T03:00:00Z';

  it('waits for the duration of the pause, to the second', () => {
    expect(advanceProgress(next, first, { now: '2026-11-21T02:59:59Z' })).toEqual({
      waiting: 'waits for 3600 s from 2026-11-21T02:00:00Z on',
    });
    expect(at(moved(advanceProgress(next, first, { now: later })))).toEqual({
      step: 3,
      complete: false,
      traffic: { '1.0.0.0': 95, '1.1.0.0': 5 },
      mirror: { '1.1.0.0': 20 },
    });
  });

  const second = moved(advanceProgress(next, first, { now: later }));

  it.each([
    [
      'both',
      { now: later, samples: 99 },
      'waits for 600 s from 2026-11-21T03:00:00Z on and 100 samples of the challenger, has 99',
    ],
    [
      'samples',
      { now: '2026-11-21T03:10:00Z', samples: 99 },
      'waits for 100 samples of the challenger, has 99',
    ],
    ['a count', { now: '2026-11-21T03:10:00Z' }, 'waits for 100 samples of the challenger, has no count'],
    ['a clock that went back', { now, samples: 100 }, 'waits for 600 s from 2026-11-21T03:00:00Z on'],
    [
      'an instant that is none',
      { now: 'soon', samples: 100 },
      'waits for 600 s from 2026-11-21T03:00:00Z on',
    ],
  ])('waits for %s', (_, options, waiting) => {
    expect(advanceProgress(next, second, options)).toEqual({ waiting });
  });

  const third = moved(advanceProgress(next, second, { now: '2026-11-21T03:10:00Z', samples: 100 }));

  it('goes on when time and samples are there, and does all steps on its way', () => {
    expect(at(third)).toEqual({
      step: 6,
      complete: false,
      traffic: { '1.0.0.0': 50, '1.1.0.0': 50 },
      mirror: {},
    });
    expect(third.spec.since).toBe('2026-11-21T03:10:00Z');
  });

  it('leaves an empty pause to a person, whose word ends the plan with all traffic', () => {
    expect(advanceProgress(next, third, { now: '2030-01-01T00:00:00Z', samples: 1e9 })).toEqual({
      waiting: 'this pause ends by a person only',
    });
    const done = moved(advanceProgress(next, third, { now: later, skipPause: true }));
    expect(at(done)).toEqual({ step: 7, complete: true, traffic: { '1.1.0.0': 100 }, mirror: {} });
    expect(done.spec.live.map(({ version }) => version)).toEqual(['1.1.0.0', '1.0.0.0']);
    expect(advanceProgress(next, done, { now: later, skipPause: true })).toEqual({
      waiting: 'the rollout is complete',
    });
  });

  it.each([
    ['30', 30],
    ['30s', 30],
    ['2m', 120],
    ['1h', 3600],
    ['2d', 172_800],
  ])('reads a duration of %s as %i seconds', (duration, seconds) => {
    const intent = intentOf({ ...promotion, steps: `{pause: {duration: ${duration}}}` });
    const progress = started(old, intent);
    const instant = (count: number) => new Date(Date.parse(now) + 1000 * count).toISOString();
    expect(advanceProgress(intent, progress, { now: instant(seconds - 0.001) })).toHaveProperty('waiting');
    expect(advanceProgress(intent, progress, { now: instant(seconds) })).toHaveProperty('progress');
  });

  it('does not move what main no longer asks for', () => {
    expect(advanceProgress(old, first, { now: later, skipPause: true })).toHaveProperty('waiting');
  });
});

describe('an abort', () => {
  const why = { now, reason: 'errors', by: '@ann' };
  const held = moved(abortProgress(next, first, why));

  it('holds toward the live version and says who and why', () => {
    expect(held.spec.hold).toEqual({ version: '1.0.0.0', reason: 'errors', by: '@ann', since: now });
    expect(at(held)).toMatchObject({ traffic: { '1.0.0.0': 100 }, mirror: {} });
    const atFive = moved(advanceProgress(next, first, { now, skipPause: true }));
    expect(at(moved(abortProgress(next, atFive, why)))).toEqual({
      step: 3,
      complete: false,
      traffic: { '1.0.0.0': 100 },
      mirror: {},
    });
  });

  it('is final: neither advance nor a second abort moves it', () => {
    expect(advanceProgress(next, held, { now, skipPause: true })).toEqual({ waiting: 'held: errors' });
    expect(abortProgress(next, held, why)).toEqual({ refused: `already held since ${now}: errors` });
  });

  it('refuses the same bytes until attempt rises, also after a revert and under another number', () => {
    const refused = '1.1.0.0 was aborted at attempt 1; raise attempt to 2 to try it again';
    expect(startProgress(next, held, { now })).toEqual({ refused });
    const reverted = moved(startProgress(old, held, { now }));
    expect(startProgress(next, reverted, { now })).toEqual({ refused });
    const renamed = rolloutText({ version: '1.1.0.1', from: '1.0.0.0' }).replace(
      digestOf('1.1.0.1'),
      digestOf('1.1.0.0'),
    );
    expect(startProgress(readRollout(renamed, { file, ...place }), reverted, { now })).toHaveProperty(
      'refused',
    );
    const again = intentOf({ ...promotion, attempt: 2, steps: '{setWeight: 5}, {pause: {}}' });
    expect(at(moved(startProgress(again, held, { now })))).toMatchObject({ step: 1, complete: false });
    expect(moved(startProgress(again, held, { now })).spec.hold).toBeNull();
  });

  it('refuses nothing else, and is remembered beside those before it', () => {
    const other = intentOf({ version: '1.2.0.0', from: '1.0.0.0', steps: '{pause: {}}' });
    const twice = moved(abortProgress(other, moved(startProgress(other, held, { now })), why));
    expect(twice.spec.aborted).toEqual([
      { model: digestOf('1.2.0.0'), attempt: 1 },
      { model: digestOf('1.1.0.0'), attempt: 1 },
    ]);
  });

  it('of a later attempt refuses all attempts up to it', () => {
    const again = intentOf({ ...promotion, attempt: 3, steps: '{pause: {}}' });
    const twice = moved(abortProgress(again, moved(startProgress(again, held, { now })), why));
    const third = intentOf({ ...promotion, attempt: 2 });
    expect(startProgress(third, twice, { now })).toEqual({
      refused: '1.1.0.0 was aborted at attempt 3; raise attempt to 4 to try it again',
    });
  });

  it('is refused for what is complete, or no longer on main', () => {
    expect(abortProgress(old, started(old), why)).toEqual({
      refused: 'the rollout is complete; revert the promotion of 1.0.0.0 instead',
    });
    expect(abortProgress(old, first, why)).toHaveProperty('refused');
  });
});
