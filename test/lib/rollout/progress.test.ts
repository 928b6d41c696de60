import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProgress, type Progress, progressPath, readProgress } from '#lib/rollout/progress.ts';
import { digestOf, intentOf, now, place, problemsOf, started, stateFile } from './rollouts.ts';

const old = intentOf({ version: '1.0.0.0' });
const next = intentOf({
  version: '1.1.0.0',
  from: '1.0.0.0',
  steps: '{mirror: 20}, {setWeight: 10}, {pause: {}}',
});
const text = formatProgress(started(old, next));
const RESTORE = 'Restore the file from the history of the state branch; only mainline writes it.';

it('progress lies in the state by model and environment', () => {
  expect(progressPath('eta', 'production')).toBe(stateFile);
});

it('progress is written as a file a person can read', () => {
  expect(text).toBe(`# Written by mainline rollout, advance and abort; do not edit.
apiVersion: mainline.dev/v1alpha1
kind: RolloutProgress
metadata:
  model: eta
  environment: production
spec:
  of: ${next.digest}
  step: 2
  complete: false
  since: ${now}
  traffic:
    1.0.0.0: 90
    1.1.0.0: 10
  mirror:
    1.1.0.0: 20
  hold: null
  live:
    - version: 1.0.0.0
      model: ${digestOf('1.0.0.0')}
  aborted: []
`);
});

describe('progress is refused with its line:', () => {
  it.each([
    [
      'of another model',
      'model: eta',
      'model: tip',
      '5:10 metadata.model is "tip", but the path says "eta" -> Write model: eta, or move the file.',
    ],
    [
      'of another environment',
      'environment: production',
      'environment: staging',
      '6:16 metadata.environment is "staging", but the path says "production" -> Write environment: production, or move the file.',
    ],
    [
      'a version the rollout lacks',
      '1.1.0.0: 10',
      '1.2.0.0: 10',
      `14:14 spec.traffic.1.2.0.0 names 1.2.0.0, which the rollout on main does not have -> ${RESTORE}`,
    ],
    [
      'a mirror the rollout lacks',
      '1.1.0.0: 20',
      '1.2.0.0: 20',
      `16:14 spec.mirror.1.2.0.0 names 1.2.0.0, which the rollout on main does not have -> ${RESTORE}`,
    ],
    [
      'a weight over 100',
      '1.1.0.0: 10',
      '1.1.0.0: 110',
      '14:14 spec.traffic.1.1.0.0 must be at most 100, found 110 -> Correct the value.',
    ],
    [
      'a mirror over 100',
      '1.1.0.0: 20',
      '1.1.0.0: 101',
      '16:14 spec.mirror.1.1.0.0 must be at most 100, found 101 -> Correct the value.',
    ],
    [
      'weights beyond 100',
      '1.1.0.0: 10',
      '1.1.0.0: 11',
      `13:5 spec.traffic is not valid: the percents sum to 101, not to 100 -> ${RESTORE}`,
    ],
    [
      'weights below 100',
      '1.1.0.0: 10',
      '1.1.0.0: 9',
      `13:5 spec.traffic is not valid: the percents sum to 99, not to 100 -> ${RESTORE}`,
    ],
    [
      'no version',
      '1.1.0.0: 10',
      'latest: 10',
      '14:13 spec.traffic.latest is not valid: Invalid key in record -> Correct the value.',
    ],
    [
      'more steps than the plan has',
      'step: 2',
      'step: 4',
      `9:9 spec.step is 4, but the plan has 3 steps -> ${RESTORE}`,
    ],
    [
      'complete with two versions',
      'complete: false',
      'complete: true',
      `13:5 spec.traffic is not valid: a complete rollout has all traffic on the live version 1.0.0.0 -> ${RESTORE}`,
    ],
    [
      'a hold toward what is not live',
      'hold: null',
      `hold: {version: 1.1.0.0, reason: a, by: b, since: ${now}}`,
      `17:19 spec.hold.version is not valid: a hold is toward the live version 1.0.0.0 -> ${RESTORE}`,
    ],
    [
      'traffic although nothing was ever live',
      `live:\n    - version: 1.0.0.0\n      model: ${digestOf('1.0.0.0')}`,
      'live: []',
      `18:9 spec.live is not valid: no version was ever live, yet there is traffic -> ${RESTORE}`,
    ],
    [
      'a version that is live twice',
      'live:\n',
      `live:\n    - {version: 1.0.0.0, model: "${digestOf('other')}"}\n`,
      `19:5 spec.live is not valid: a version stands there twice -> ${RESTORE}`,
    ],
    [
      'no instant',
      now,
      'yesterday',
      '11:10 spec.since has the wrong form: write an instant such as 2026-11-21T02:00:00Z, found "yesterday" -> Correct the value.',
    ],
    [
      'an unknown key',
      'hold: null',
      'holds: null',
      '17:3 Unknown key "holds" in spec -> Did you mean "hold"?',
    ],
  ])('%s', (_, wanted, instead, problem) => {
    expect(text).toContain(wanted);
    const read = () => readProgress(text.replace(wanted, instead), stateFile, { ...place, intent: next });
    expect(problemsOf(read)).toContain(`${stateFile}:${problem}`);
  });
});

it('progress that is complete and held at once is refused', () => {
  const hold = { version: '1.0.0.0', reason: 'a', by: 'b', since: now };
  const { spec, ...rest } = started(old);
  const both = formatProgress({ ...rest, spec: { ...spec, hold } });
  expect(problemsOf(() => readProgress(both, stateFile))).toEqual([
    `${stateFile}:16:5 spec.hold is not valid: a complete rollout cannot be held -> ${RESTORE}`,
  ]);
});

it('progress of an earlier rollout may name what this one does not have', () => {
  expect(
    readProgress(text, stateFile, { ...place, intent: intentOf({ version: '5.0.0.0' }) }).spec.step,
  ).toBe(2);
});

const version = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99), fc.nat(99)).map(parts => parts.join('.'));
const digest = fc.string().map(digestOf);
const instant = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map(date => date.toISOString());

/** Any progress that is valid, with words of any characters. */
const progress: fc.Arbitrary<Progress> = fc
  .record({
    live: fc.uniqueArray(fc.record({ version, model: digest }), {
      minLength: 2,
      maxLength: 10,
      selector: one => one.version,
    }),
    of: digest,
    step: fc.nat(100),
    kind: fc.constantFrom('complete', 'held', 'under way'),
    since: instant,
    weight: fc.nat(100),
    copies: fc.nat(100),
    reason: fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
    by: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    aborted: fc.array(fc.record({ model: digest, attempt: fc.integer({ min: 1, max: 9999 }) }), {
      maxLength: 50,
    }),
  })
  .map(({ live, of, step, kind, since, weight, copies, reason, by, aborted }) => {
    const [now, challenger] = live.map(one => one.version) as [string, string];
    const isSplit = kind === 'under way';
    const traffic = isSplit ? { [challenger]: weight, [now]: 100 - weight } : { [now]: 100 };
    const hold = kind === 'held' ? { version: now, reason, by, since } : null;
    const mirror = isSplit ? { [challenger]: copies } : {};
    const spec = { of, step, complete: kind === 'complete', since, traffic, mirror, hold, live, aborted };
    return { apiVersion: 'mainline.dev/v1alpha1', kind: 'RolloutProgress', metadata: place, spec };
  });

it('what is written is read again as it was, and written again as the same bytes', () => {
  fc.assert(
    fc.property(progress, one => {
      const read = readProgress(formatProgress(one), stateFile, place);
      expect(read).toEqual(one);
      expect(formatProgress(read)).toBe(formatProgress(one));
    }),
    { numRuns: 500 },
  );
});

it('the order of keys does not reach the bytes', () => {
  const one = started(old, next);
  const traffic = { '1.1.0.0': 10, '1.0.0.0': 90 };
  expect(formatProgress({ ...one, spec: { ...one.spec, traffic } })).toBe(text);
});
