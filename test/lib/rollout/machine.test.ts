// The rollout machine under random lives, held against a small model of it that keeps sets instead of a plan.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { judgeGuards } from '#lib/rollout/guards.ts';
import { type Intent, readRollout } from '#lib/rollout/intent.ts';
import { abortProgress, advanceProgress, startProgress } from '#lib/rollout/plan.ts';
import { formatProgress, type Progress, progressPath, readProgress } from '#lib/rollout/progress.ts';
import { decideTraffic } from '#lib/rollout/traffic.ts';
import { file, intentOf, place, rolloutText } from './sample.ts';

const now = '2026-03-01T09:00:00Z';
const first = intentOf({ version: '1.0.0.0' });
const second = intentOf({ version: '1.1.0.0', from: '1.0.0.0', weights: [10, 50] });

function start(intent: Intent, before?: Progress): Progress {
  const moved = startProgress(intent, before, { now });
  if ('refused' in moved) throw new Error(moved.refused);
  return moved.progress;
}

function advance(intent: Intent, before: Progress): Progress {
  const moved = advanceProgress(intent, before, { now, skipPause: true });
  if ('waiting' in moved) throw new Error(moved.waiting);
  return moved.progress;
}

const live = start(first);
const atTen = start(second, live);
const atFifty = advance(second, atTen);
const done = advance(second, atFifty);

it('a plan is walked from pause to pause, and its end is all traffic', () => {
  expect(live.spec).toMatchObject({ complete: true, traffic: { '1.0.0.0': 100 } });
  expect(atTen.spec).toMatchObject({ step: 1, traffic: { '1.0.0.0': 90, '1.1.0.0': 10 } });
  expect(atFifty.spec).toMatchObject({ step: 3, traffic: { '1.0.0.0': 50, '1.1.0.0': 50 } });
  expect(done.spec).toMatchObject({ step: 4, complete: true, traffic: { '1.1.0.0': 100 } });
});

it.each([
  ['before any step', live],
  ['at 10 %', atTen],
  ['at 50 %', atFifty],
  ['after completion', done],
])(
  'reverting the promotion %s is all traffic on the old version, before anybody wrote progress',
  (_, progress) => {
    expect(decideTraffic(first, progress).traffic).toEqual({ '1.0.0.0': 100 });
    expect(start(first, progress).spec).toMatchObject({ complete: true, traffic: { '1.0.0.0': 100 } });
  },
);

it('reverting the revert is all traffic on the new version at once when it was fully live, else the plan begins anew', () => {
  expect(decideTraffic(second, start(first, done)).traffic).toEqual({ '1.1.0.0': 100 });
  const back = start(first, atFifty);
  expect(decideTraffic(second, back).traffic).toEqual({ '1.0.0.0': 100 });
  expect(start(second, back).spec.traffic).toEqual({ '1.0.0.0': 90, '1.1.0.0': 10 });
});

it('an abort holds the live version, and only a higher attempt is taken up again', () => {
  const moved = abortProgress(second, atFifty, { now, reason: 'errors', by: 'bob' });
  if ('refused' in moved) throw new Error(moved.refused);
  expect(decideTraffic(second, moved.progress)).toMatchObject({
    traffic: { '1.0.0.0': 100 },
    source: 'hold',
  });
  expect(advanceProgress(second, moved.progress, { now, skipPause: true })).toHaveProperty('waiting');
  const back = start(first, moved.progress);
  expect(startProgress(second, back, { now })).toEqual({
    refused: expect.stringContaining('raise attempt to 2'),
  });
  const again = intentOf({ version: '1.1.0.0', from: '1.0.0.0', weights: [10, 50], attempt: 2 });
  expect(start(again, back).spec.traffic).toEqual({ '1.0.0.0': 90, '1.1.0.0': 10 });
  expect(abortProgress(second, done, { now, reason: 'late', by: 'bob' })).toHaveProperty('refused');
});

it('a pause with conditions waits for both of them', () => {
  const text = rolloutText({ version: '1.1.0.0', from: '1.0.0.0', weights: [10] });
  const intent = readRollout(text.replace('pause: {}', 'pause: {duration: 1h, minSamples: 100}'), {
    file,
    ...place,
  });
  const stands = start(intent, live);
  const at = (hours: number, samples?: number) =>
    advanceProgress(intent, stands, {
      now: new Date(Date.parse(now) + hours * 3_600_000).toISOString(),
      samples,
    });
  expect(at(0.5, 500)).toHaveProperty('waiting');
  expect(at(2, 99)).toHaveProperty('waiting');
  expect(at(2)).toHaveProperty('waiting');
  expect(at(2, 100)).toHaveProperty('progress');
});

it('a file that names another version or other bytes than were accepted gets no traffic', () => {
  const never = intentOf({ version: '2.0.0.0', from: '1.5.0.0', weights: [10] });
  expect(decideTraffic(never, live)).toMatchObject({ traffic: {}, source: 'none' });
  expect(decideTraffic(second, undefined)).toMatchObject({ traffic: {}, source: 'none' });
  expect(startProgress(never, live, { now })).toHaveProperty('refused');
  const forged = {
    ...live,
    spec: { ...live.spec, live: [{ version: '1.0.0.0', model: `sha256:${'f'.repeat(64)}` }] },
  };
  expect(decideTraffic(intentOf({ version: '1.0.0.0', attempt: 2 }), live).traffic).toEqual({
    '1.0.0.0': 100,
  });
  expect(decideTraffic(intentOf({ version: '1.0.0.0', attempt: 2 }), forged).traffic).toEqual({});
});

type Move =
  | { readonly kind: 'promote'; readonly to: number; readonly attempt: number }
  | { readonly kind: 'revert' | 'rollout' | 'advance' | 'abort' };

const promotions = fc.record({
  kind: fc.constant('promote' as const),
  to: fc.integer({ min: 0, max: 4 }),
  attempt: fc.integer({ min: 1, max: 2 }),
});
const kinds = ['rollout', 'rollout', 'rollout', 'advance', 'advance', 'advance', 'revert', 'abort'] as const;
const others = fc.record({ kind: fc.constantFrom(...kinds) });
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 1, arbitrary: promotions },
  { weight: 6, arbitrary: others },
);

it('under any life traffic sums to 100, stays on accepted versions, and a challenger never loses weight but to the live one', () => {
  let [accepted, aborted, completed] = [0, 0, 0];
  fc.assert(
    fc.property(fc.array(move, { minLength: 20, maxLength: 60 }), moves => {
      const main: Intent[] = [first];
      let progress = start(first);
      const wasFullyLive = new Set(['1.0.0.0']);
      for (const one of moves) {
        const intent = main.at(-1) ?? first;
        const before = decideTraffic(intent, progress).traffic;
        if (one.kind === 'promote') {
          const version = `1.${one.to}.0.0`;
          const from = progress.spec.live[0]?.version ?? '1.0.0.0';
          if (version !== from)
            main.push(intentOf({ version, from, attempt: one.attempt, weights: [10, 50] }));
        } else if (one.kind === 'revert' && main.length > 1) main.pop();
        else if (one.kind === 'rollout') {
          const moved = startProgress(intent, progress, { now });
          if ('progress' in moved) {
            accepted += 1;
            progress = moved.progress;
          }
        } else if (one.kind === 'advance') {
          const moved = advanceProgress(intent, progress, { now, skipPause: true });
          if ('progress' in moved) {
            const { version } = intent.rollout.spec;
            expect(moved.progress.spec.traffic[version] ?? 0).toBeGreaterThan(before[version] ?? 0);
            progress = moved.progress;
            if (progress.spec.complete) completed += 1;
          }
        } else if (one.kind === 'abort') {
          const moved = abortProgress(intent, progress, { now, reason: 'because', by: 'bob' });
          if ('progress' in moved) {
            aborted += 1;
            progress = moved.progress;
            expect(progress.spec.traffic).toEqual({ [progress.spec.live[0]?.version ?? '']: 100 });
          }
        }
        if (progress.spec.complete) wasFullyLive.add(progress.spec.live[0]?.version ?? '');
        const now_ = main.at(-1) ?? first;
        const { traffic, source } = decideTraffic(now_, progress);
        const shares = Object.values(traffic);
        if (shares.length > 0) expect(shares.reduce((sum, share) => sum + share, 0)).toBe(100);
        for (const version of Object.keys(traffic)) {
          expect(Object.keys(now_.rollout.spec.revisions)).toContain(version);
          const isChallenger = progress.spec.of === now_.digest && source === 'progress';
          expect(wasFullyLive.has(version) || isChallenger).toBe(true);
        }
        const text = formatProgress(progress);
        expect(readProgress(text, progressPath(place.model, place.environment), place)).toEqual(progress);
        expect(formatProgress(readProgress(text, 'x'))).toBe(text);
      }
    }),
    { numRuns: 400, seed: 5 },
  );
  expect(Math.min(accepted, aborted, completed)).toBeGreaterThan(20);
});

it.each([
  ['a sum over 100', '1.0.0.0: 90', '1.0.0.0: 95'],
  ['another model', 'model: parcels', 'model: letters'],
  ['a weight that is none', '1.1.0.0: 10', '1.1.0.0: ten'],
  ['a key that is not known', 'step: 1', 'steps: 1'],
  ['an instant that is none', now, 'yesterday'],
  ['a version the rollout lacks', '1.1.0.0: 10', '1.7.0.0: 10'],
])('progress with %s is refused where it stands', (_, from, to) => {
  const text = formatProgress(atTen);
  expect(text).toContain(from);
  const read = () => readProgress(text.replace(from, to), 'progress.yaml', { ...place, intent: second });
  expect(read).toThrow();
});

it('guards compare counts: at the limit passes, over it fails, and no count is no pass', () => {
  const guards = [
    { metric: 'error_rate', atMost: 0.01 },
    { metric: 'slow_rate', overMs: 100, atMost: 0.05 },
  ] as const;
  const judge = (requests: number, errors: number, slow: number) =>
    judgeGuards(guards, { requests, errors, slow: { '100': slow } }).map(({ outcome }) => outcome);
  expect(judge(1000, 10, 50)).toEqual(['passed', 'passed']);
  expect(judge(1000, 11, 51)).toEqual(['failed', 'failed']);
  expect(judge(0, 0, 0)).toEqual(["can't tell", "can't tell"]);
  expect(judge(10, 11, 0)[0]).toBe("can't tell");
  expect(judgeGuards(guards, { requests: 10, errors: 0, slow: {} })[1]?.outcome).toBe("can't tell");
});
