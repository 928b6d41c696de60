// rollout: takes over what main says. It is the lock that holds: whatever way a promotion came to main, it moves traffic
// only when its bytes, its record and its approval can be derived again here.

import { digestBytes } from '#lib/documents/canonical.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { ForgeAccess } from '#lib/flows/access.ts';
import { describeProblem } from '#lib/flows/describe-problem.ts';
import {
  type EnvironmentState,
  listEnvironments,
  readEnvironment,
  requireEnvironment,
} from '#lib/flows/environments.ts';
import { findGrounds, type Grounds } from '#lib/flows/grounds.ts';
import { findActor, type Host, openHost, resolveMain } from '#lib/flows/host.ts';
import { isRecorded, recordEvent } from '#lib/flows/record-event.ts';
import { type Change, changeState, readState, type State, toInstant } from '#lib/flows/state.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import type { Intent } from '#lib/rollout/intent.ts';
import { startProgress } from '#lib/rollout/plan.ts';
import { formatProgress, type Progress, progressPath } from '#lib/rollout/progress.ts';

export interface RolloutOptions {
  readonly directory: string;
  /** undefined = all. */
  readonly model?: string | undefined;
  readonly environment?: string | undefined;
  readonly by?: string | undefined;
  /** For a repository whose origin is a real forge. */
  readonly access?: ForgeAccess | undefined;
  readonly now: () => number;
}

export type RolledOut = {
  readonly model: string;
  readonly environment: string;
} & (
  | { readonly outcome: 'accepted' | 'unchanged'; readonly progress: Progress; readonly why: string }
  | { readonly outcome: 'refused'; readonly why: string }
);

interface Rolling {
  readonly host: Host;
  readonly by: string;
  readonly main: string;
  readonly now: () => number;
}

/**
 * Accepts or refuses every rollout on main that is not accepted yet.
 * @throws ConfigurationError when nothing fits what was asked for.
 */
export async function rollout(options: RolloutOptions): Promise<readonly RolledOut[]> {
  const workspace = await openWorkspace(options.directory);
  const host = await openHost(workspace, options.access);
  const by = await findActor(host, workspace, options.by);
  return rolloutMain(host, { ...options, by });
}

/** The same for whoever has just moved main. */
export async function rolloutMain(
  host: Host,
  { model, environment, by, now }: Omit<RolloutOptions, 'directory'> & { readonly by: string },
): Promise<readonly RolledOut[]> {
  const main = await resolveMain(host);
  const places = (await listEnvironments(host, main)).filter(
    place =>
      (model === undefined || place.model === model) &&
      (environment === undefined || place.environment === environment),
  );
  if (environment !== undefined) await requireEnvironment(host, main, { model, environment });
  if (places.length === 0 && model !== undefined) {
    throw new ConfigurationError(
      `main has no rollout of ${[model, environment].filter(Boolean).join(' in ')}`,
      {
        remedy: `Promote a version first: mainline promote ${model} <version> --to ${environment ?? '<environment>'}`,
      },
    );
  }
  const results: RolledOut[] = [];
  for (const place of places) results.push(await accept(place, { host, by, main, now }));
  return results;
}

async function accept(
  place: { readonly model: string; readonly environment: string },
  rolling: Rolling,
): Promise<RolledOut> {
  const { host, main, now } = rolling;
  const state = await readState(host.repository);
  let found: EnvironmentState;
  try {
    found = await readEnvironment(host, { main, state }, place);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { ...place, outcome: 'refused', why: describeProblem(error) };
  }
  const { intent, progress } = found;
  if (!intent) throw new Error(`${place.model} lost its rollout while it was read`);
  if (progress?.spec.of === intent.digest && !progress.spec.hold) {
    return { ...place, outcome: 'unchanged', progress, why: found.decision?.why ?? '' };
  }
  const grounds = await findGrounds(host, found, { intent, main });
  return changeState(host.repository, now, latest => write(latest, { place, intent, grounds, rolling }));
}

async function write(
  latest: State,
  {
    place,
    intent,
    grounds,
    rolling,
  }: { place: { model: string; environment: string }; intent: Intent; grounds: Grounds; rolling: Rolling },
): Promise<Change<RolledOut>> {
  const { host, by, main, now } = rolling;
  const { version } = intent.rollout.spec;
  const at = toInstant(now());
  const { progress: previous } = await readEnvironment(host, { main, state: latest }, place);
  const started = 'refused' in grounds ? grounds : startProgress(intent, previous, { now: at });
  const entry = { ...place, at, by, version, commit: main } as const;
  if ('refused' in started || 'refused' in grounds) {
    const why = 'refused' in started ? started.refused : '';
    const refusal = { ...entry, event: 'refuse' as const, details: { step: 'rollout', reasons: [why] } };
    const result = { ...place, outcome: 'refused' as const, why };
    if (await isRecorded(latest, refusal)) return { files: new Map(), message: '', result };
    const { path, text } = await recordEvent(latest, refusal);
    const message = `refuse ${place.model} ${version} in ${place.environment}\n\n${why}`;
    return { files: new Map([[path, text]]), message, result };
  }
  const { progress } = started;
  const result = { ...place, outcome: 'accepted' as const, progress, why: grounds.why };
  if (previous && progress === previous) return { files: new Map(), message: '', result };
  const written = formatProgress(progress);
  const details = {
    ...grounds.details,
    ...{
      why: grounds.why,
      progress: digestBytes(written),
      of: progress.spec.of,
      traffic: progress.spec.traffic,
      complete: progress.spec.complete,
    },
  };
  const { path, text } = await recordEvent(latest, { ...entry, event: 'rollout', details });
  return {
    files: new Map([
      [progressPath(place.model, place.environment), written],
      [path, text],
    ]),
    message: `roll out ${place.model} ${version} in ${place.environment}\n\n${grounds.why}`,
    result,
  };
}
