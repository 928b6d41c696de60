// Answers for auditors, from git alone: is the record whole, and who served when.
import { type AuditRecord, readAuditRecord } from '#lib/audit/record.ts';
import { type Span, timeline } from '#lib/audit/timeline.ts';
import { verifyChain } from '#lib/audit/verify.ts';
import { digestValue } from '#lib/documents/canonical.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { type Host, MAIN_REF, openHost, resolveMain } from '#lib/flows/host.ts';
import { readModelAt } from '#lib/flows/model-at.ts';
import { readState, STATE_REF, type State } from '#lib/flows/state.ts';
import { readVersion } from '#lib/flows/versions.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import type { VersionRecord } from '#lib/registry/version-record.ts';
import { readVersionRecord } from '#lib/registry/version-record.ts';
import { rolloutPath } from '#lib/rollout/intent.ts';
import { progressPath } from '#lib/rollout/progress.ts';

export interface AuditReport {
  /** Per model how many records its chain has. */
  readonly chains: Readonly<Record<string, number>>;
  readonly commits: number;
  /** `path: what is wrong`; empty = the record is whole. */
  readonly problems: readonly string[];
}

/** Verifies the chains, that the branch was only appended to, and that every record of a version is the released one. */
export async function verifyAudit({ directory }: { readonly directory: string }): Promise<AuditReport> {
  const host = await openHost(await openWorkspace(directory));
  const state = await readState(host.repository);
  const models = modelsOf(state, 'audit');
  const problems: string[] = [];
  const chains: Record<string, number> = {};
  for (const model of models) {
    const files = await state.readAll(`audit/${model}/`);
    chains[model] = files.length;
    problems.push(...verifyChain(files).map(({ path, message }) => `${path}: ${message}`));
    problems.push(...(await verifyReleases(state, model, files)));
  }
  for (const model of modelsOf(state, 'models').filter(name => !models.includes(name))) {
    problems.push(`models/${model}: there are versions, but no audit record`);
  }
  const history = await verifyHistory(host, state);
  return { chains, commits: history.commits, problems: [...problems, ...history.problems] };
}

function modelsOf(state: State, folder: string): readonly string[] {
  return [...new Set(state.list(`${folder}/`).flatMap(path => path.split('/')[1] ?? []))];
}

/** What the chain says was released is what the registry has, and nothing else is. */
async function verifyReleases(
  state: State,
  model: string,
  files: readonly { readonly path: string; readonly text: string }[],
): Promise<readonly string[]> {
  const released = new Map<string, AuditRecord>();
  for (const { path, text } of files) {
    try {
      const record = readAuditRecord(text, path);
      if (record.event === 'release' && record.version) released.set(record.version, record);
    } catch {
      // verifyChain has told.
    }
  }
  const problems: string[] = [];
  for (const { path, text } of await state.readAll(`models/${model}/versions/`)) {
    const version =
      path
        .split('/')
        .at(-1)
        ?.replace(/\.yaml$/u, '') ?? '';
    const event = released.get(version);
    released.delete(version);
    if (!event) problems.push(`${path}: no release is on record`);
    else if (!isReleased(text, path, event)) problems.push(`${path}: it is not what was released`);
  }
  return [...problems, ...[...released.keys()].map(version => `${model} ${version}: its record is gone`)];
}

function isReleased(text: string, path: string, { details, commit }: AuditRecord): boolean {
  try {
    const { spec } = readVersionRecord(text, path);
    const found = [spec.artifact.sha256, spec.evaluation.evidence, spec.source.commit];
    return digestValue(found) === digestValue([details.model, details.evidence, commit]);
  } catch {
    return false;
  }
}

/** The branch has one line of commits, and none of them changed or removed what must stay. */
async function verifyHistory(
  { repository }: Host,
  state: State,
): Promise<{ readonly commits: number; readonly problems: readonly string[] }> {
  if (state.commit === undefined) return { commits: 0, problems: [] };
  const commits = await repository.history(state.commit);
  const problems: string[] = [];
  for (const { id, parents } of commits) {
    if (parents.length > 1) problems.push(`${id.slice(0, 7)}: the state branch holds a merge`);
    const [parent] = parents;
    if (parent === undefined) continue;
    for (const { path, previousPath, status } of await repository.changes(parent, id)) {
      const touched = status === 'added' ? [] : [previousPath ?? path];
      const kept = touched.filter(one => /^(audit|evidence|models)\//u.test(one));
      problems.push(...kept.map(one => `${one}: ${status} by ${id.slice(0, 7)}, what is written stays`));
    }
  }
  return { commits: commits.length, problems };
}

/** Who served in one stretch of time. */
export interface Served extends Span {
  readonly versions: readonly {
    readonly version: string;
    readonly percent: number;
    readonly record: VersionRecord;
    /** The event by which people let it into this environment. */
    readonly accepted: AuditRecord | undefined;
  }[];
}

export interface ProductionAnswer {
  readonly model: string;
  readonly environment: string;
  /** One for an instant, all of a day for a date; empty = nothing served then. */
  readonly served: readonly Served[];
}

/**
 * Who served a model at an instant, or on a day in UTC.
 * @param environment the last of the model's environments without one.
 * @throws ConfigurationError when the time cannot be read.
 */
export async function whoServed({
  directory,
  model,
  at,
  environment: asked,
}: {
  readonly directory: string;
  readonly model: string;
  readonly at: string;
  readonly environment?: string | undefined;
}): Promise<ProductionAnswer> {
  const host = await openHost(await openWorkspace(directory));
  const main = await resolveMain(host);
  const environment =
    asked ?? (await readModelAt(host, main, model)).spec.environments.at(-1) ?? 'production';
  const [start, end] = parseTime(at);
  const spans = (await readTimeline(host, { model, environment })).filter(
    ({ from, to, traffic }) =>
      Object.keys(traffic).length > 0 && Date.parse(from) <= end && (to === null || start < Date.parse(to)),
  );
  const state = await readState(host.repository);
  const events = (await state.readAll(`audit/${model}/`)).map(({ path, text }) =>
    readAuditRecord(text, path),
  );
  const served = await Promise.all(
    spans.map(async span => ({
      ...span,
      versions: await Promise.all(
        Object.entries(span.traffic).map(async ([version, percent]) => ({
          ...{ version, percent, record: await readVersion(state, model, version) },
          accepted: events.findLast(
            event =>
              event.event === 'rollout' &&
              event.environment === environment &&
              event.version === version &&
              Array.isArray(event.details.approvers) &&
              (span.to === null || Date.parse(event.at) < Date.parse(span.to)),
          ),
        })),
      ),
    })),
  );
  return { model, environment, served };
}

/** Every change of who serves, oldest first. */
export async function readTimeline(
  { repository }: Host,
  place: { readonly model: string; readonly environment: string },
): Promise<readonly Span[]> {
  const read = async (ref: string, path: string) => {
    const commits = (await repository.resolve(ref))
      ? await repository.history(ref, { paths: [path], firstParent: true })
      : [];
    return Promise.all(
      commits.toReversed().map(async ({ id, author, committer }) => {
        const bytes = await repository.readFile(id, path);
        const text = bytes ? Buffer.from(bytes).toString() : null;
        return { at: committer.at, commit: id, by: author.name, text };
      }),
    );
  };
  const intents = await read(MAIN_REF, rolloutPath(place.model, place.environment));
  const progresses = await read(STATE_REF, progressPath(place.model, place.environment));
  const written = progresses.flatMap(({ at, text }) => (text === null ? [] : [{ at, text }]));
  return timeline(intents, written, place);
}

/** First and last millisecond. */
function parseTime(text: string): readonly [number, number] {
  const isDay = /^\d{4}-\d{2}-\d{2}$/u.test(text);
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/u.test(text);
  const time = isDay || isInstant ? Date.parse(isDay ? `${text}T00:00:00Z` : text) : Number.NaN;
  if (!Number.isNaN(time)) return [time, isDay ? time + 86_400_000 - 1 : time];
  throw new ConfigurationError(`"${text}" is no instant`, {
    remedy: 'Write a date (2026-11-21) or an instant with its zone (2026-11-21T14:00:00Z).',
  });
}
