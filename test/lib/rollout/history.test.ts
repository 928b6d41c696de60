// The rollout machine under random histories, held against a model of it that knows positions and names, no files.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Intent, readRollout } from '#lib/rollout/intent.ts';
import { abortProgress, advanceProgress, startProgress } from '#lib/rollout/plan.ts';
import { formatProgress, type Progress, readProgress } from '#lib/rollout/progress.ts';
import { decideTraffic } from '#lib/rollout/traffic.ts';
import { digestOf, file, now, place, rolloutText, stateFile } from './rollouts.ts';

/** What a promotion asks for; weights are those at each pause of its plan, null is no plan. */
interface Wish {
  readonly version: string;
  readonly from: string | null;
  readonly attempt: number;
  readonly weights: readonly number[] | null;
}

/** The model: who was live, what was accepted last and where it stands. */
interface Model {
  readonly accepted: Wish | null;
  /** Index into the weights; their length is complete. */
  readonly position: number;
  readonly isHeld: boolean;
  readonly live: readonly string[];
  readonly aborted: readonly (readonly [version: string, attempt: number])[];
}

const NOTHING: Model = { accepted: null, position: 0, isHeld: false, live: [], aborted: [] };
const same = (a: Wish | null, b: Wish | null) => JSON.stringify(a) === JSON.stringify(b);
const isComplete = (model: Model) => model.position >= (model.accepted?.weights?.length ?? 0);

function finish(model: Model, wish: Wish): Model {
  const live = [wish.version, ...model.live.filter(version => version !== wish.version)].slice(0, 10);
  return { ...model, accepted: wish, position: wish.weights?.length ?? 0, isHeld: false, live };
}

function start(model: Model, wish: Wish): Model {
  if (same(model.accepted, wish) && !model.isHeld) return model;
  if (model.live.includes(wish.version)) return finish(model, wish);
  if (model.aborted.some(([version, attempt]) => version === wish.version && attempt >= wish.attempt))
    return model;
  if (wish.from !== (model.live[0] ?? null)) return model;
  if (wish.from === null || !wish.weights?.length) return finish(model, wish);
  return { ...model, accepted: wish, position: 0, isHeld: false };
}

function advance(model: Model, wish: Wish): Model {
  if (!same(model.accepted, wish) || model.isHeld || isComplete(model)) return model;
  const moved = { ...model, position: model.position + 1 };
  return isComplete(moved) ? finish(moved, wish) : moved;
}

function abort(model: Model, wish: Wish): Model {
  if (!same(model.accepted, wish) || model.isHeld || isComplete(model)) return model;
  return { ...model, isHeld: true, aborted: [[wish.version, wish.attempt], ...model.aborted] };
}

/** Percent of the wished version, and who has the rest; undefined when nothing can be decided. */
function expectedTraffic(model: Model, wish: Wish): Record<string, number> {
  if (model.accepted === null) return {};
  const all = (version: string | null) => (version === null ? {} : { [version]: 100 });
  if (same(model.accepted, wish)) {
    if (model.isHeld) return all(wish.from);
    if (isComplete(model)) return all(wish.version);
    const weight = wish.weights?.[model.position] ?? 0;
    const both = Object.entries({ [wish.from ?? '']: 100 - weight, [wish.version]: weight });
    return Object.fromEntries(both.filter(([, percent]) => percent > 0));
  }
  if (model.live.includes(wish.version)) return all(wish.version);
  return wish.from !== null && model.live.includes(wish.from) ? all(wish.from) : {};
}

const intents = new Map<string, Intent>();

function intentFor({ version, from, attempt, weights }: Wish): Intent {
  const steps = weights?.flatMap(weight => [`{setWeight: ${weight}}`, '{pause: {}}']).join(', ');
  const text = rolloutText({ version, attempt, ...(from && { from }), ...(steps && { steps }) });
  const intent = intents.get(text) ?? readRollout(text, { file, ...place });
  intents.set(text, intent);
  return intent;
}

const action = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('promote' as const),
      version: fc.nat(13),
      weights: fc.option(
        fc
          .uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 4 })
          .map(all => all.toSorted((a, b) => a - b)),
      ),
      retry: fc.boolean(),
      isStale: fc.boolean(),
    }),
  },
  ...(['start', 'start', 'advance', 'advance', 'advance', 'abort', 'revert', 'revert'] as const).map(one => ({
    weight: 2,
    arbitrary: fc.record({ do: fc.constant(one) }),
  })),
);

const sum = (traffic: Readonly<Record<string, number>>) =>
  Object.values(traffic).reduce((total, percent) => total + percent, 0);

it('any history of promotions, starts, advances, aborts and reverts ends where the model says', () => {
  const seen = { complete: 0, held: 0, refused: 0 };
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60, size: 'max' }), actions => {
      let model = NOTHING;
      let progress: Progress | undefined;
      let main: readonly Wish[] = [];
      for (const one of actions) {
        const wish = main.at(-1);
        if (one.do === 'promote') {
          const version = `1.${one.version}.0.0`;
          const from = (one.isStale ? main.at(-2)?.version : model.live[0]) ?? null;
          if (version === from) continue;
          const attempt = one.retry && wish?.version === version ? wish.attempt + 1 : 1;
          main = [...main, { version, from, attempt, weights: one.weights }];
        } else if (one.do === 'revert') {
          // Of the newest commit: done twice it is the revert of the revert.
          const before = main.at(-2);
          if (before) main = [...main, before];
        } else if (wish) {
          const intent = intentFor(wish);
          const result: object =
            one.do === 'start'
              ? startProgress(intent, progress, { now })
              : !progress
                ? {}
                : one.do === 'advance'
                  ? advanceProgress(intent, progress, { now, skipPause: true })
                  : abortProgress(intent, progress, { now, reason: 'why', by: '@ann' });
          if ('progress' in result) progress = result.progress as Progress;
          if ('refused' in result) seen.refused++;
          else if (progress?.spec.complete) seen.complete++;
          else if (progress?.spec.hold) seen.held++;
          model = { start, advance, abort }[one.do](model, wish);
        }
        check(main.at(-1), progress, model);
      }
      const last = main.at(-1);
      if (!progress || !last) return;
      const read = readProgress(formatProgress(progress), stateFile, { ...place, intent: intentFor(last) });
      expect(read).toEqual(progress);
    }),
    { numRuns: 1500 },
  );
  // The histories were no walk around the machine.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(500);
});

function check(wish: Wish | undefined, progress: Progress | undefined, model: Model): void {
  if (!wish) return;
  const intent = intentFor(wish);
  const { traffic, mirror } = decideTraffic(intent, progress);
  expect(traffic).toEqual(expectedTraffic(model, wish));
  expect([0, 100]).toContain(sum(traffic));
  const { revisions } = intent.rollout.spec;
  for (const version of [...Object.keys(traffic), ...Object.keys(mirror)]) {
    expect(revisions[version]?.model).toBe(digestOf(version));
  }
  if (!progress) return;
  expect(progress.spec.live.map(({ version }) => version)).toEqual(model.live);
}

it('a plan never lowers the weight of the challenger', () => {
  const step = fc.oneof(
    fc.record({ setWeight: fc.integer({ min: 0, max: 100 }) }),
    fc.record({ mirror: fc.integer({ min: 0, max: 100 }) }),
    fc.record({ pause: fc.constant({}) }),
  );
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), steps => {
      const weights = steps.flatMap(one => ('setWeight' in one ? [one.setWeight] : []));
      const rises = weights.every((weight, i) => i === 0 || weight > (weights[i - 1] ?? 0));
      const text = rolloutText({
        version: '2.0.0.0',
        from: '1.0.0.0',
        steps: steps.map(one => JSON.stringify(one)).join(', '),
      });
      const read = () => readRollout(text, { file, ...place });
      if (!rises) {
        expect(read).toThrow('weights must rise');
        return;
      }
      const intent = read();
      const first = startProgress(
        intentFor({ version: '1.0.0.0', from: null, attempt: 1, weights: null }),
        undefined,
        { now },
      );
      let result: object = startProgress(intent, 'progress' in first ? first.progress : undefined, { now });
      const seen: number[] = [0];
      while ('progress' in result) {
        const progress = result.progress as Progress;
        seen.push(decideTraffic(intent, progress).traffic['2.0.0.0'] ?? 0);
        result = advanceProgress(intent, progress, { now, skipPause: true });
      }
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(seen.at(-1)).toBe(100);
    }),
    { numRuns: 500 },
  );
});
