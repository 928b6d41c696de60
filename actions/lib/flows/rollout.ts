// rollout: takes over what main says. It is the lock that holds: whatever way a promotion came to main, it moves traffic
// only when its bytes, its record and its approval can be derived again here.
import type { AuditEntry } from '#lib/audit/record.ts';
import { ConfigurationError, ConfigurationErrors, errorMessage, formatLocation } from '#lib/errors.ts';
import { gatherApproval } from '#lib/flows/approval.ts';
import { type EnvironmentState, listEnvironments, readEnvironment } from '#lib/flows/environments.ts';
import { findActor, type Host, openHost, resolveMain } from '#lib/flows/host.ts';
import { isRecorded, recordEvent } from '#lib/flows/record-event.ts';
import { type Change, changeState, readState, type State, toInstant } from '#lib/flows/state.ts';
import { readVersion } from '#lib/flows/versions.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import type { Pull } from '#lib/forge/forge.ts';
import { type Intent, rolloutPath } from '#lib/rollout/intent.ts';
import { startProgress } from '#lib/rollout/plan.ts';
import { formatProgress, type Progress, progressPath } from '#lib/rollout/progress.ts';
import { wasLive } from '#lib/rollout/traffic.ts';

export interface RolloutOptions {
  readonly directory: string;
  /** undefined = all. */
  readonly model?: string | undefined;
  readonly environment?: string | undefined;
  readonly by?: string | undefined;
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
  const host = await openHost(workspace);
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
  const grounds = await examine(found, intent, rolling);
  return changeState(host.repository, now, latest => write(latest, { place, intent, grounds, rolling }));
}

/** Why it may move traffic, or why not. */
type Grounds =
  | { readonly why: string; readonly details: AuditEntry['details'] }
  | { readonly refused: string };

async function examine(
  { model, environment, progress }: EnvironmentState,
  intent: Intent,
  { host, main }: Rolling,
): Promise<Grounds> {
  const { version, revisions } = intent.rollout.spec;
  try {
    for (const [name, { model: digest }] of Object.entries(revisions)) {
      await requireRecorded(host, { model, environment, version: name, digest });
    }
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { refused: describeProblem(error) };
  }
  if (progress && wasLive(intent, progress, version)) {
    return { why: `${version} was approved and fully live here before`, details: { approval: 'before' } };
  }
  return requireApproval(host, main, rolloutPath(model, environment));
}

/** @throws ConfigurationError when the registry knows no such version, or other bytes, or the store lacks them. */
async function requireRecorded(
  { repository, store }: Host,
  {
    model,
    environment,
    version,
    digest,
  }: Readonly<Record<'model' | 'environment' | 'version' | 'digest', string>>,
): Promise<void> {
  const file = rolloutPath(model, environment);
  const { spec } = await readVersion(await readState(repository), model, version);
  const recorded = spec.artifact.sha256;
  if (recorded !== digest) {
    throw new ConfigurationError(`${version} is ${recorded} in the registry, not ${digest}`, {
      at: { file },
      remedy: `Let mainline promote ${model} ${version} --to ${environment} write the revisions.`,
    });
  }
  if ((await store.read(digest)) !== undefined) return;
  throw new ConfigurationError(`The bytes of ${model} ${version} are not in the store`, {
    at: { file },
    remedy: `Release them again from ${spec.source.commit}, or copy ${digest} from another store.`,
  });
}

/** The approval of the pull request that brought this file to main. */
async function requireApproval(host: Host, main: string, file: string): Promise<Grounds> {
  const [last] = await host.repository.history(main, { paths: [file], firstParent: true, limit: 1 });
  const pull = last && (await findMerged(host, last.id));
  if (!last || !pull) {
    const commit = last ? last.id.slice(0, 7) : 'main';
    return { refused: `${file} came to main by ${commit}, which is of no pull request: nobody approved it` };
  }
  const blobs = await Promise.all(
    [main, pull.head].map(async commit => host.repository.readFile(commit, file)),
  );
  if (!blobs[0] || !blobs[1] || Buffer.compare(blobs[0], blobs[1]) !== 0) {
    return { refused: `${file} on main is not what pull request #${pull.number} had` };
  }
  const { decision, subject } = await gatherApproval(host, pull);
  if (!decision.approved) {
    return { refused: `pull request #${pull.number} was not approved: ${decision.reasons.join(' ')}` };
  }
  const approvers = [...new Set(decision.paths.flatMap(path => path.approvers.map(({ login }) => login)))];
  return {
    why: `approved by ${approvers.join(', ')} in pull request #${pull.number}`,
    details: { pull: pull.number, approvers, subject, bypassed: pull.merged?.bypassed ?? false },
  };
}

/** The pull request whose merge put a commit on main; a rebase puts several there. */
async function findMerged({ forge, repository }: Host, commit: string): Promise<Pull | undefined> {
  for (const pull of await forge.listPulls()) {
    if (!pull.merged) continue;
    if (pull.merged.commit === commit) return pull;
    if (pull.merged.method !== 'rebase') continue;
    const { commit: to, base: from } = pull.merged;
    if ((await repository.history(to, { from })).some(({ id }) => id === commit)) return pull;
  }
  return undefined;
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
  const details = {
    ...grounds.details,
    ...{
      why: grounds.why,
      of: progress.spec.of,
      traffic: progress.spec.traffic,
      complete: progress.spec.complete,
    },
  };
  const { path, text } = await recordEvent(latest, { ...entry, event: 'rollout', details });
  return {
    files: new Map([
      [progressPath(place.model, place.environment), formatProgress(progress)],
      [path, text],
    ]),
    message: `roll out ${place.model} ${version} in ${place.environment}\n\n${grounds.why}`,
    result,
  };
}

/** All problems with their places, one a line. */
export function describeProblem(error: ConfigurationError): string {
  const problems = error instanceof ConfigurationErrors ? error.problems : [error];
  return problems
    .map(one => {
      const place = formatLocation(one.at);
      return [place === '' ? '' : `${place}: `, errorMessage(one), one.remedy ? `. ${one.remedy}` : ''].join(
        '',
      );
    })
    .join('\n');
}
