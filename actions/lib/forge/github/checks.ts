// Check runs. Each time a new one is written, since annotations can only be added to an old one; GitHub shows the newest
// of a name. It says "in progress" until its last annotation is there, so that a crash leaves nothing green behind. One that
// was begun is ended itself: a slow writer then ends an old one, and what began after it stays the newest.
import { z } from 'zod';
import type { Annotation, Check } from '#lib/forge/forge.ts';
import { checkAnswerSchema } from '#lib/forge/github/answers.ts';
import { ask, askAll } from '#lib/forge/github/ask.ts';
import { here, type Place } from '#lib/forge/github/place.ts';

const NEEDS = 'checks: write';
/** GitHub's limits: https://docs.github.com/rest/checks/runs. */
const BATCH = 50;
const MAX_TITLE = 255;
const MAX_SUMMARY = 65_535;
const MAX_MESSAGE_BYTES = 64 * 1024;
/** Ours: nobody reads more, and each fifty cost a request. */
const MAX_ANNOTATIONS = 500;

type CheckPlace = Pick<Place, 'client' | 'owner' | 'repo'>;

/** Writes check runs with all of their annotations, and ends those that it began. */
export function openCheckWriter(place: CheckPlace): (check: Check) => Promise<void> {
  const begun = new Map<string, number | bigint>();
  return async check => {
    const key = `${check.commit} ${check.name}`;
    const id = await writeCheck(place, check, begun.get(key));
    if (check.isPending) begun.set(key, id);
    else begun.delete(key);
  };
}

/** @returns the id of the check run, which is the one given where there is one. */
async function writeCheck(
  place: CheckPlace,
  check: Check,
  begun?: number | bigint,
): Promise<number | bigint> {
  const { name, commit, conclusion, detailsUrl } = check;
  const batches = inBatches((check.annotations ?? []).slice(0, MAX_ANNOTATIONS).map(asAnnotation));
  const output = (batch: Batch) => ({
    title: cut(check.title ?? name, MAX_TITLE),
    summary: cut(check.summary, MAX_SUMMARY),
    ...(batch.length > 0 ? { annotations: batch } : {}),
  });
  const stateAfter = (index: number) =>
    index === batches.length - 1 && !check.isPending
      ? { status: 'completed', conclusion }
      : { status: 'in_progress' };
  const purpose = { answer: checkAnswerSchema, to: `write the check ${name}`, needs: NEEDS };
  let id = begun;
  for (const [index, batch] of batches.entries()) {
    const parameters = { ...here(place), ...stateAfter(index), output: output(batch) };
    const details = detailsUrl === undefined ? {} : { details_url: detailsUrl };
    const answer =
      id === undefined
        ? await ask(place.client, {
            route: 'POST /repos/{owner}/{repo}/check-runs',
            parameters: { ...parameters, ...details, name, head_sha: commit },
            ...purpose,
          })
        : await ask(place.client, {
            route: 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
            parameters: { ...parameters, check_run_id: id },
            ...purpose,
          });
    id ??= answer.id;
  }
  return id ?? 0;
}

/** The newest of each name that has come to an end; whatever is not success or neutral is a failure. */
export async function listChecks(place: Place, commit: string): Promise<readonly Check[]> {
  const { items } = await askAll(
    place.client,
    {
      route: 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
      parameters: { ...here(place), ref: commit, filter: 'latest' },
      answer: checkAnswerSchema,
      ...{ to: `read the checks of ${commit.slice(0, 7)}`, needs: 'checks: read' },
    },
    data => z.looseObject({ check_runs: z.unknown() }).safeParse(data).data?.check_runs,
  );
  const newest = new Map<string, (typeof items)[number]>();
  for (const one of items) {
    const known = newest.get(one.name);
    if (!known || one.id > known.id) newest.set(one.name, one);
  }
  return [...newest.values()].flatMap(({ name, head_sha, conclusion, details_url, output }) =>
    conclusion
      ? [
          {
            ...{
              name,
              commit: head_sha,
              conclusion: asConclusion(conclusion),
              summary: output?.summary ?? '',
            },
            ...(output?.title ? { title: output.title } : {}),
            ...(details_url ? { detailsUrl: details_url } : {}),
          },
        ]
      : [],
  );
}

type Batch = readonly ReturnType<typeof asAnnotation>[];

/** At least one, which may be empty. */
function inBatches(annotations: Batch): readonly Batch[] {
  const count = Math.max(1, Math.ceil(annotations.length / BATCH));
  return Array.from({ length: count }, (_, i) => annotations.slice(i * BATCH, (i + 1) * BATCH));
}

function asAnnotation({ path, startLine, endLine, level, title, message }: Annotation) {
  return {
    ...{ path, start_line: startLine, end_line: Math.max(startLine, endLine), annotation_level: level },
    ...{ title: cut(title, MAX_TITLE), message: cutBytes(message, MAX_MESSAGE_BYTES) },
  };
}

function asConclusion(conclusion: string): Check['conclusion'] {
  return conclusion === 'success' || conclusion === 'neutral' ? conclusion : 'failure';
}

/** Never half of a surrogate pair. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/u, '')}…`;
}

/** Never half of a character. */
function cutBytes(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  const kept = encoded
    .subarray(0, bytes - 3)
    .toString()
    .replace(/\ufffd+$/u, '');
  return `${kept}…`;
}
