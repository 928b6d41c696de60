// One comment per marker. The marker stands in a first line that nobody sees; anybody can write such a line, so only
// comments of our own account are ever edited or read back.
import { commentAnswerSchema } from '#lib/forge/github/answers.ts';
import { ask, askAll, isRefusal } from '#lib/forge/github/ask.ts';
import { here, type Place } from '#lib/forge/github/place.ts';

/** Where comments are kept apart by who wrote them. */
export interface CommentsPlace extends Place {
  /** The login our token writes as; asked for once. */
  ownLogin(): Promise<string>;
}

type Id = number | bigint;

interface Own {
  readonly id: Id;
  readonly marker: string;
  readonly body: string;
}

const NEEDS = 'pull-requests: write';
/** GitHub refuses longer ones; counted as UTF-16, which is never less than GitHub's own count. */
export const MAX_BODY = 65_536;
const CUT = '\n\n… cut here: GitHub takes no longer comment.';

/** Replaces our comment with this marker, or writes it. Of two that a race left behind the older one stays. */
export async function upsertComment(
  place: CommentsPlace,
  number: number,
  { marker, body: written }: { readonly marker: string; readonly body: string },
): Promise<void> {
  const body = withMarker(marker, written);
  const [first, ...more] = (await ownComments(place, number)).filter(own => own.marker === marker);
  for (const { id } of more) await remove(place, id);
  if (first?.body === body) return;
  if (first && (await edit(place, first.id, body))) return;
  await create(place, number, body);
}

/** Our own, oldest first, without the markers' lines. */
export async function listComments(
  place: CommentsPlace,
  number: number,
): Promise<readonly { readonly marker: string; readonly body: string }[]> {
  const own = await ownComments(place, number);
  return own.map(({ marker, body }) => ({ marker, body: body.slice(body.indexOf('\n') + 1) }));
}

/** The line that carries a marker. */
function lineOf(marker: string): string {
  if (!/^[\w:./@-]+$/u.test(marker) || marker.includes('--'))
    throw new RangeError(`"${marker}" is no marker`);
  return `<!-- ${marker} -->`;
}

function withMarker(marker: string, body: string): string {
  const line = lineOf(marker);
  const text = body === line || body.startsWith(`${line}\n`) ? body : `${line}\n${body}`;
  if (text.length <= MAX_BODY) return text;
  // Never half of a surrogate pair.
  return `${text.slice(0, MAX_BODY - CUT.length).replace(/[\ud800-\udbff]$/u, '')}${CUT}`;
}

async function ownComments(place: CommentsPlace, number: number): Promise<readonly Own[]> {
  const login = (await place.ownLogin()).toLowerCase();
  const { items } = await askAll(place.client, {
    route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
    parameters: { ...here(place), issue_number: number },
    answer: commentAnswerSchema,
    ...{ to: `read the comments of #${number}`, needs: 'pull-requests: read' },
  });
  return items.flatMap(({ id, user, body = '' }) => {
    // GitHub gives lines back with either ending.
    const text = body.replaceAll('\r\n', '\n');
    const marker = /^<!-- ([\w:./@-]+) -->(?:\n|$)/u.exec(text)?.[1];
    return marker !== undefined && user?.login.toLowerCase() === login ? [{ id, marker, body: text }] : [];
  });
}

/** Not tried again when GitHub fails: it may have written it all the same, and the next run finds that one. */
async function create(place: Place, number: number, body: string): Promise<void> {
  await ask(place.client, {
    route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    parameters: { ...here(place), issue_number: number, body, request: { retries: 0 } },
    answer: commentAnswerSchema,
    ...{ to: `comment on #${number}`, needs: NEEDS },
  });
}

/** @returns false when somebody has deleted it meanwhile. */
async function edit(place: Place, id: Id, body: string): Promise<boolean> {
  try {
    await ask(place.client, {
      route: 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
      parameters: { ...here(place), comment_id: id, body },
      answer: commentAnswerSchema,
      ...{ to: 'edit our comment', needs: NEEDS },
    });
    return true;
  } catch (error) {
    if (isRefusal(error, 404)) return false;
    throw error;
  }
}

async function remove(place: Place, id: Id): Promise<void> {
  try {
    await place.client.request('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', {
      ...here(place),
      comment_id: id,
    });
  } catch {
    // A second copy that stays is no harm, and is tried again next time.
  }
}
