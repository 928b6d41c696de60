// advance and abort: a person moves a rollout that was accepted. Guards look at what servers counted in this step; no
// count is no pass.

import { digestBytes } from '#lib/documents/canonical.ts';
import type { ForgeAccess } from '#lib/flows/access.ts';
import { countChallenger } from '#lib/flows/count-challenger.ts';
import { readEnvironment, requireEnvironment, requireRollout } from '#lib/flows/environments.ts';
import { findActor, type Host, openHost, resolveMain } from '#lib/flows/host.ts';
import { recordEvent } from '#lib/flows/record-event.ts';
import { type Change, changeState, readState, type State, toInstant } from '#lib/flows/state.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import { type GuardResult, judgeGuards } from '#lib/rollout/guards.ts';
import type { Intent } from '#lib/rollout/intent.ts';
import { abortProgress, advanceProgress } from '#lib/rollout/plan.ts';
import { formatProgress, type Progress, progressPath } from '#lib/rollout/progress.ts';

interface MoveOptions {
  readonly directory: string;
  readonly model: string;
  readonly environment: string;
  readonly by?: string | undefined;
  /** For a repository whose origin is a real forge. */
  readonly access?: ForgeAccess | undefined;
  readonly now: () => number;
}

export interface AdvanceOptions extends MoveOptions {
  /** Servers to ask instead of those that the rollout's targets name. */
  readonly servers: readonly string[];
  /** By the clock and by nobody: a pause without conditions, which waits for a person, goes on waiting. */
  readonly isScheduled?: boolean;
  /** A person's word instead of the pause and the guards, with the reason that goes on record. */
  readonly skip?: { readonly reason: string } | undefined;
}

export type Advanced =
  | { readonly outcome: 'advanced'; readonly progress: Progress; readonly guards: readonly GuardResult[] }
  | { readonly outcome: 'waiting'; readonly why: string; readonly guards: readonly GuardResult[] };

/**
 * Moves a rollout to its next pause or its end.
 * @throws ConfigurationError when there is nothing to move.
 */
export async function advance(options: AdvanceOptions): Promise<Advanced> {
  const moving = await open(options);
  const { host, main, place } = moving;
  await requireEnvironment(host, main, place);
  const { intent, progress: seen } = requireRollout(
    await readEnvironment(host, { main, state: await readState(host.repository) }, place),
  );
  if (seen.spec.hold || seen.spec.complete) {
    const ended = advanceProgress(intent, seen, {
      now: toInstant(options.now()),
      samples: 0,
      skipPause: true,
    });
    if ('waiting' in ended) return { outcome: 'waiting', why: ended.waiting, guards: [] };
  }
  const counted = await countChallenger(intent, {
    model: place.model,
    asked: options.servers,
    // Before the first share of traffic there are only the copies to judge by.
    what: seen.spec.traffic[intent.rollout.spec.version] === undefined ? 'mirrorCounts' : 'counts',
  });
  const guards = judgeGuards(intent.rollout.spec.judge?.guards ?? [], counted.counts);
  const broken = guards.filter(({ outcome }) => outcome !== 'passed');
  if (broken.length > 0 && !options.skip) {
    const why = broken.map(({ metric, outcome, reason }) => `${metric}: ${outcome}, ${reason}`);
    return { outcome: 'waiting', why: [...why, ...counted.problems].join('\n'), guards };
  }
  return changeState<Advanced>(host.repository, options.now, async state => {
    const { intent: now, progress } = requireRollout(await readEnvironment(host, { main, state }, place));
    if (formatProgress(progress) !== formatProgress(seen)) {
      const why =
        'Somebody else moved it meanwhile: look where it stands, then advance again if you still want to.';
      return { files: new Map(), message: '', result: { outcome: 'waiting', why, guards } as const };
    }
    const moved = advanceProgress(now, progress, {
      now: toInstant(options.now()),
      samples: counted.counts.requests,
      skipPause: options.skip !== undefined || (!options.isScheduled && waitsForPerson(now, progress)),
    });
    if ('waiting' in moved) {
      const why = [moved.waiting, ...counted.problems].join('\n');
      return { files: new Map(), message: '', result: { outcome: 'waiting', why, guards } as const };
    }
    const details = {
      ...{ from: progress.spec.traffic, to: moved.progress.spec.traffic, step: moved.progress.spec.step },
      ...{ complete: moved.progress.spec.complete, requests: counted.counts.requests },
      ...{
        errors: counted.counts.errors,
        guards: guards.map(({ metric, outcome }) => `${metric}: ${outcome}`),
      },
      ...(options.skip ? { skipped: options.skip.reason } : {}),
    };
    const change = await record(state, { ...moving, event: 'advance', progress: moved.progress, details });
    return { ...change, result: { outcome: 'advanced', progress: moved.progress, guards } as const };
  });
}

/** A pause without conditions ends by a person's word, and this command is one; guards hold all the same. */
function waitsForPerson(intent: Intent, { spec }: Progress): boolean {
  const pause = intent.rollout.spec.plan?.steps[spec.step]?.pause;
  return pause !== undefined && pause.duration === undefined && pause.minSamples === undefined;
}

export type Aborted =
  | { readonly outcome: 'aborted'; readonly progress: Progress }
  | { readonly outcome: 'refused'; readonly why: string };

/**
 * Holds all traffic on the live version, at once.
 * @throws ConfigurationError when nothing is under way.
 */
export async function abort(options: MoveOptions & { readonly reason: string }): Promise<Aborted> {
  const moving = await open(options);
  const { host, main, place, by } = moving;
  return changeState<Aborted>(host.repository, options.now, async state => {
    const { intent, progress } = requireRollout(await readEnvironment(host, { main, state }, place));
    const at = toInstant(options.now());
    const moved = abortProgress(intent, progress, { now: at, reason: options.reason, by });
    if ('refused' in moved) {
      return { files: new Map(), message: '', result: { outcome: 'refused', why: moved.refused } as const };
    }
    const details = { reason: options.reason, traffic: moved.progress.spec.traffic };
    const change = await record(state, { ...moving, event: 'abort', progress: moved.progress, details });
    return { ...change, result: { outcome: 'aborted', progress: moved.progress } as const };
  });
}

interface Moving {
  readonly host: Host;
  readonly by: string;
  readonly main: string;
  readonly place: { readonly model: string; readonly environment: string };
  readonly now: () => number;
}

async function open({ directory, model, environment, by, now, access }: MoveOptions): Promise<Moving> {
  const workspace = await openWorkspace(directory);
  const host = await openHost(workspace, access);
  const actor = await findActor(host, workspace, by);
  return { host, by: actor, main: await resolveMain(host), place: { model, environment }, now };
}

async function record(
  state: State,
  {
    place,
    by,
    main,
    now,
    event,
    progress,
    details,
  }: Moving & {
    readonly event: 'advance' | 'abort';
    readonly progress: Progress;
    readonly details: Parameters<typeof recordEvent>[1]['details'];
  },
): Promise<Omit<Change<unknown>, 'result'>> {
  const written = formatProgress(progress);
  const entry = { ...place, event, at: toInstant(now()), by, commit: main };
  const { path, text } = await recordEvent(state, {
    ...entry,
    details: { ...details, progress: digestBytes(written) },
  });
  const traffic = Object.entries(progress.spec.traffic).map(
    ([version, percent]) => `${version} ${percent} %`,
  );
  return {
    files: new Map([
      [progressPath(place.model, place.environment), written],
      [path, text],
    ]),
    message: `${event} ${place.model} in ${place.environment}: ${traffic.join(', ')}`,
  };
}
