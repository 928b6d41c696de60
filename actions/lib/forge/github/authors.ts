// Whose accounts are behind commits. Only GitHub can tell which account an address belongs to, co-authors included, and
// only through GraphQL. What a commit says of its authors is a claim; who pushed and who opened is not.

import { z } from 'zod';
import type { Pull, Unreadable } from '#lib/forge/forge.ts';
import { activityAnswerSchema, commitAuthorsSchema } from '#lib/forge/github/answers.ts';
import { ask, askGraph, isRefusal } from '#lib/forge/github/ask.ts';
import type { Place } from '#lib/forge/github/place.ts';
import { askPull } from '#lib/forge/github/pulls.ts';
import type { Commit } from '#lib/git/repository.ts';

const BATCH = 50;
const MAX_AUTHORS = 100;
/** How GitHub addresses its machines; they are nobody's account. */
const BOT = /^(?:\d+\+)?([\w-]+\[bot\])@users\.noreply\.github\.com$/iu;

/** Addresses that our own machines write commits with, which are nobody's account. */
export interface AuthorsPlace extends Place {
  readonly machines: readonly string[];
}

/** The accounts, sorted; unreadable as a whole when one address has none. */
export async function findAuthors(
  place: AuthorsPlace,
  commits: readonly Commit[],
): Promise<readonly string[] | Unreadable> {
  const ids = [...new Set(commits.map(({ id }) => id))];
  const logins = new Set<string>();
  for (let i = 0; i < ids.length; i += BATCH) {
    const found = await askAuthors(place, ids.slice(i, i + BATCH));
    if ('unreadable' in found) return found;
    for (const login of found.logins) logins.add(login);
  }
  return [...logins].sort();
}

async function askAuthors(
  place: AuthorsPlace,
  ids: readonly string[],
): Promise<{ readonly logins: readonly string[] } | Unreadable> {
  const fields = `... on Commit { authors(first: ${MAX_AUTHORS}) { totalCount nodes { email user { login } } } }`;
  const objects = ids.map((id, i) => `c${i}: object(oid: "${id}") { ${fields} }`).join('\n');
  const text = `query ($owner: String!, $repo: String!) { repository(owner: $owner, name: $repo) { ${objects} } }`;
  const { owner, repo } = place;
  const purpose = { to: 'find the accounts of authors', needs: 'contents: read' };
  try {
    const { repository } = await askGraph(
      place.client,
      { text, variables: { owner, repo } },
      { ...purpose, answer: commitAuthorsSchema },
    );
    const logins: string[] = [];
    for (const [i, id] of ids.entries()) {
      const authors = repository?.[`c${i}`]?.authors;
      const short = id.slice(0, 7);
      if (!authors || authors.nodes.length === 0)
        return { unreadable: `GitHub does not know the commit ${short}` };
      if (authors.totalCount > authors.nodes.length) return { unreadable: `${short} has too many authors` };
      for (const { email, user } of authors.nodes) {
        const login = user?.login ?? machineOf(place, email ?? '');
        if (login === undefined)
          return { unreadable: `no account is known by <${email ?? ''}>, an author of ${short}` };
        logins.push(login);
      }
    }
    return { logins };
  } catch (error) {
    if (!isRefusal(error, 200, 403, 404)) throw error;
    return { unreadable: error.message };
  }
}

function machineOf({ machines }: AuthorsPlace, email: string): string | undefined {
  return machines.includes(email) ? 'mainline[bot]' : accountOfAddress(email);
}

/** The login within an address that GitHub gave out for one of its machines. */
export function accountOfAddress(email: string): string | undefined {
  return BOT.exec(email)?.[1];
}

/** By the record of pushes to the branch; null where GitHub does not tell. */
export async function findLastPusher(place: Place, pull: Pull): Promise<string | null> {
  const { head } = await askPull(place, pull.number);
  const [owner, repo] = head.repo?.full_name.split('/') ?? [];
  if (owner === undefined || repo === undefined) return null;
  try {
    const pushes = await ask(place.client, {
      route: 'GET /repos/{owner}/{repo}/activity',
      parameters: { owner, repo, ref: `refs/heads/${pull.branch}`, per_page: 100 },
      answer: z.array(activityAnswerSchema),
      ...{ to: `read who pushed to ${pull.branch}`, needs: 'contents: read' },
    });
    return pushes.find(({ after, actor }) => after === pull.head && actor)?.actor?.login ?? null;
  } catch (error) {
    if (isRefusal(error, 403, 404, 422)) return null;
    throw error;
  }
}
