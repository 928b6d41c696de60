// The rollout machine: accepts an intent, moves it along its plan, holds it. Pure: progress in, progress out, with
// Argo's meaning of a step: a pause is where one stands, everything else is done on the way to it.
import type { Intent } from '#lib/rollout/intent.ts';
import { MAX_ABORTED, MAX_LIVE, type Progress } from '#lib/rollout/progress.ts';
import { waitsFor } from '#lib/rollout/steps.ts';
import { wasLive } from '#lib/rollout/traffic.ts';

type Spec = Progress['spec'];
type Moved = { readonly progress: Progress };
type Refused = { readonly refused: string };

export interface StartOptions {
  /** ISO instant. */
  readonly now: string;
}

export interface AdvanceOptions {
  /** ISO instant. */
  readonly now: string;
  /** Requests the challenger answered since the pause began; left out where nobody counts. */
  readonly samples?: number | undefined;
  /** A person's word: goes past the pause whatever it waits for. */
  readonly skipPause?: boolean | undefined;
}

export interface AbortOptions {
  /** ISO instant. */
  readonly now: string;
  readonly reason: string;
  readonly by: string;
}

/**
 * Accepts an intent, with the progress there was (of whatever intent): complete at once for a version that was fully
 * live before, without a plan or without a from; else on to the first pause. Already started, it stays where it is.
 */
export function startProgress(
  intent: Intent,
  previous: Progress | undefined,
  { now }: StartOptions,
): Moved | Refused {
  const before = previous?.spec;
  if (previous && before?.of === intent.digest && before.hold === null) return { progress: previous };
  const { version, from, plan } = intent.rollout.spec;
  const isBack = previous !== undefined && wasLive(intent, previous, version);
  const refused = isBack ? undefined : refusal(intent, before);
  if (refused !== undefined) return { refused };
  const { live = [], aborted = [] } = before ?? {};
  const traffic = { [from ?? version]: 100 };
  const spec = {
    of: intent.digest,
    step: 0,
    complete: false,
    since: now,
    traffic,
    mirror: {},
    hold: null,
    live,
    aborted,
  };
  return {
    progress: wrap(intent, isBack || !plan || from === null ? complete(intent, spec) : run(intent, spec)),
  };
}

function refusal(intent: Intent, before: Spec | undefined): string | undefined {
  const { version, from, attempt, revisions } = intent.rollout.spec;
  const [live] = before?.live ?? [];
  const model = revisions[version]?.model;
  const last = before?.aborted.find(abort => abort.model === model && abort.attempt >= attempt)?.attempt;
  if (last !== undefined) {
    return `${version} was aborted at attempt ${last}; raise attempt to ${last + 1} to try it again`;
  }
  const other = before?.live.find(one => one.version === version)?.model;
  if (other !== undefined)
    return `${version} was live with other bytes before (${other}); a version never changes`;
  if (from === (live?.version ?? null) && (!live || revisions[live.version]?.model === live.model))
    return undefined;
  if (!live) return `from is ${from}, but no version is live here; remove from to promote for the first time`;
  if (from !== live.version)
    return `from is ${from ?? 'not given'}, but ${live.version} is live; promote from ${live.version}`;
  return `${from} is live with other bytes (${live.model}) than the rollout names`;
}

/**
 * Passes the pause it stands in, when that is over, and runs on to the next one or to the end.
 * @returns what it waits for, also when there is nothing to move.
 */
export function advanceProgress(
  intent: Intent,
  progress: Progress,
  { now, samples, skipPause = false }: AdvanceOptions,
): Moved | { readonly waiting: string } {
  const { spec } = progress;
  if (spec.of !== intent.digest)
    return { waiting: 'main says something else than what was started; run rollout first' };
  if (spec.hold) return { waiting: `held: ${spec.hold.reason}` };
  if (spec.complete) return { waiting: 'the rollout is complete' };
  const pause = intent.rollout.spec.plan?.steps[spec.step]?.pause;
  const waiting = pause && !skipPause ? waitsFor(pause, { since: spec.since, now, samples }) : undefined;
  if (waiting !== undefined) return { waiting };
  return { progress: wrap(intent, run(intent, { ...spec, step: spec.step + (pause ? 1 : 0), since: now })) };
}

/** Holds toward the live version and remembers not to try this attempt again. */
export function abortProgress(
  intent: Intent,
  progress: Progress,
  { now, reason, by }: AbortOptions,
): Moved | Refused {
  const { spec } = progress;
  const { version, attempt, revisions } = intent.rollout.spec;
  if (spec.of !== intent.digest) return { refused: 'main says something else than what was started' };
  if (spec.hold) return { refused: `already held since ${spec.hold.since}: ${spec.hold.reason}` };
  const [live] = spec.live;
  const model = revisions[version]?.model;
  if (spec.complete || !live || model === undefined) {
    return { refused: `the rollout is complete; revert the promotion of ${version} instead` };
  }
  const hold = { version: live.version, reason, by, since: now };
  const aborted = [{ model, attempt }, ...spec.aborted].slice(0, MAX_ABORTED);
  return { progress: wrap(intent, { ...spec, traffic: { [live.version]: 100 }, mirror: {}, hold, aborted }) };
}

/** From where it stands on to the next pause or the end. */
function run(intent: Intent, start: Spec): Spec {
  const { version, from, plan } = intent.rollout.spec;
  const steps = plan?.steps ?? [];
  let { step, traffic, mirror } = start;
  for (; step < steps.length; step++) {
    const { setWeight, mirror: copies, pause } = steps[step] ?? {};
    if (pause) return { ...start, step, traffic, mirror };
    if (copies !== undefined) mirror = shares({ [version]: copies });
    if (setWeight !== undefined)
      traffic = shares({ [from ?? version]: 100 - setWeight, [version]: setWeight });
  }
  return complete(intent, start);
}

function complete(intent: Intent, spec: Spec): Spec {
  const { version, revisions, plan } = intent.rollout.spec;
  const model = revisions[version]?.model ?? '';
  const others = spec.live.filter(one => one.version !== version);
  const live = [{ version, model }, ...others].slice(0, MAX_LIVE);
  const step = plan?.steps.length ?? 0;
  return { ...spec, step, complete: true, traffic: { [version]: 100 }, mirror: {}, hold: null, live };
}

function shares(all: Readonly<Record<string, number>>): Spec['traffic'] {
  return Object.fromEntries(Object.entries(all).filter(([, percent]) => percent > 0));
}

function wrap(intent: Intent, spec: Spec): Progress {
  return {
    apiVersion: 'mainline.dev/v1alpha1',
    kind: 'RolloutProgress',
    metadata: intent.rollout.metadata,
    spec,
  };
}
