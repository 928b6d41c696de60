// Who served when, on what evidence, let in by whom: answered from the two branches alone.
import { type AuditRecord, readAuditRecord } from '#lib/audit/record.ts';
import { settleTimes } from '#lib/audit/settle-times.ts';
import { type Span, timeline } from '#lib/audit/timeline.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { requireEnvironment } from '#lib/flows/environments.ts';
import { type Host, MAIN_REF, openHost, resolveMain } from '#lib/flows/host.ts';
import { readModelAt } from '#lib/flows/model-at.ts';
import { readState, STATE_REF, toInstant } from '#lib/flows/state.ts';
import { readVersion } from '#lib/flows/versions.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import type { Repository } from '#lib/git/repository.ts';
import { modelPath } from '#lib/registry/read.ts';
import type { VersionRecord } from '#lib/registry/version-record.ts';
import { rolloutPath } from '#lib/rollout/intent.ts';
import { progressPath } from '#lib/rollout/progress.ts';

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
  now,
}: {
  readonly directory: string;
  readonly model: string;
  readonly at: string;
  readonly environment?: string | undefined;
  readonly now: () => number;
}): Promise<ProductionAnswer> {
  const host = await openHost(await openWorkspace(directory));
  const main = await resolveMain(host);
  const environment = asked ?? (await lastEnvironment(host, main, model));
  const [start, end] = parseTime(at);
  if (start > now()) {
    throw new ConfigurationError(`${at} is still to come`, { remedy: 'Ask for a time that has been.' });
  }
  const state = await readState(host.repository);
  const events = (await state.readAll(`audit/${model}/`)).map(({ path, text }) =>
    readAuditRecord(text, path),
  );
  if (host.repository.isShallow) {
    throw new ConfigurationError('The history is cut off here: this is a shallow clone', {
      at: { file: host.repository.directory },
      remedy: 'Run git fetch --unshallow there, then ask again.',
    });
  }
  const all = await readTimeline(host, { model, environment, events, now: now() });
  if (all.length === 0) await requireEnvironment(host, main, { model, environment });
  const spans = all.filter(
    ({ from, to, traffic }) =>
      Object.keys(traffic).length > 0 && Date.parse(from) <= end && (to === null || start < Date.parse(to)),
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

interface Asked {
  readonly model: string;
  readonly environment: string;
  readonly events: readonly AuditRecord[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Every change of who serves, oldest first. */
async function readTimeline({ repository }: Host, asked: Asked): Promise<readonly Span[]> {
  const place = { model: asked.model, environment: asked.environment };
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
  const intents = await settle(
    repository,
    await read(MAIN_REF, rolloutPath(place.model, place.environment)),
    asked,
  );
  const progresses = await read(STATE_REF, progressPath(place.model, place.environment));
  const written = progresses.flatMap(({ at, text }) => (text === null ? [] : [{ at, text }]));
  return timeline(intents, written, place);
}

/** Each with the instant to believe, whatever date its maker gave it. */
async function settle<Dated extends { readonly at: string; readonly commit: string }>(
  repository: Repository,
  commits: readonly Dated[],
  { events, now }: Asked,
): Promise<readonly Dated[]> {
  const main = await repository.history(MAIN_REF, { firstParent: true });
  const positions = new Map(main.toReversed().map(({ id }, position) => [id, position]));
  const sightings = events.flatMap(({ commit, at }) => {
    const position = positions.get(commit);
    return position === undefined ? [] : [{ position, at: Date.parse(at) }];
  });
  const dated = commits.map(({ commit, at }) => ({
    position: positions.get(commit) ?? 0,
    at: Date.parse(at),
  }));
  const times = settleTimes(dated, sightings, now);
  return commits.map((commit, i) => ({ ...commit, at: toInstant(times[i] ?? now) }));
}

/** Of a model as it is, or as it was last before somebody took it away. */
async function lastEnvironment(host: Host, main: string, model: string): Promise<string> {
  const [last] = await host.repository.history(main, {
    paths: [modelPath(model)],
    firstParent: true,
    limit: 1,
  });
  const places = [main, ...(last ? [last.id, ...last.parents] : [])];
  for (const commit of places) {
    if (await host.repository.readFile(commit, modelPath(model))) {
      return (await readModelAt(host, commit, model)).spec.environments.at(-1) ?? 'production';
    }
  }
  return (await readModelAt(host, main, model)).spec.environments.at(-1) ?? 'production';
}

/** First and last millisecond. */
function parseTime(text: string): readonly [number, number] {
  const isDay = /^\d{4}-\d{2}-\d{2}$/u.test(text);
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/u.test(text);
  const time = isDay || isInstant ? Date.parse(isDay ? `${text}T00:00:00Z` : text) : Number.NaN;
  // Date.parse takes 31 November for 1 December.
  const midnight = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  const exists = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(text.slice(0, 10));
  if (exists && !Number.isNaN(time)) return [time, isDay ? time + 86_400_000 - 1 : time];
  throw new ConfigurationError(`"${text}" is no instant`, {
    remedy: 'Write a date (2026-11-21) or an instant with its zone (2026-11-21T14:00:00Z).',
  });
}
