// Who served when, on what evidence, let in by whom: answered from the two branches alone.
import { type AuditRecord, readAuditRecord } from '#lib/audit/record.ts';
import { type Span, timeline } from '#lib/audit/timeline.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { requireEnvironment } from '#lib/flows/environments.ts';
import { type Host, MAIN_REF, openHost, resolveMain } from '#lib/flows/host.ts';
import { readModelAt } from '#lib/flows/model-at.ts';
import { readState, STATE_REF } from '#lib/flows/state.ts';
import { readVersion } from '#lib/flows/versions.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
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
  if (host.repository.isShallow) {
    throw new ConfigurationError('The history is cut off here: this is a shallow clone', {
      at: { file: host.repository.directory },
      remedy: 'Run git fetch --unshallow there, then ask again.',
    });
  }
  const all = await readTimeline(host, { model, environment });
  if (all.length === 0) await requireEnvironment(host, main, { model, environment });
  const spans = all.filter(
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
  // Date.parse takes 31 November for 1 December.
  const midnight = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  const exists = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(text.slice(0, 10));
  if (exists && !Number.isNaN(time)) return [time, isDay ? time + 86_400_000 - 1 : time];
  throw new ConfigurationError(`"${text}" is no instant`, {
    remedy: 'Write a date (2026-11-21) or an instant with its zone (2026-11-21T14:00:00Z).',
  });
}
