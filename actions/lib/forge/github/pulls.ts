// Pull requests as GitHub has them. A search answers with half of the facts, so whatever it finds is asked for again by
// its number.
import { ConfigurationError } from '#lib/errors.ts';
import type { NewPull, Pull } from '#lib/forge/forge.ts';
import { type PullAnswer, pullAnswerSchema } from '#lib/forge/github/answers.ts';
import { ask, askAll, isRefusal } from '#lib/forge/github/ask.ts';
import { findMerged } from '#lib/forge/github/merged.ts';
import { here, type Place } from '#lib/forge/github/place.ts';
import { hasBrought } from '#lib/forge/history.ts';

/** Opening needs a page where a person can do it: `https://github.com` or an Enterprise Server. */
export interface PullsPlace extends Place {
  readonly serverUrl: string;
  bring(pull: Pull, commits?: readonly string[]): Promise<void>;
}

const READ = 'pull-requests: read';
const WRITE = 'pull-requests: write';

/** The answer of GitHub itself, for what a Pull does not carry. */
export function askPull(place: Place, number: number): Promise<PullAnswer> {
  return ask(place.client, {
    route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
    parameters: { ...here(place), pull_number: number },
    answer: pullAnswerSchema,
    ...{ to: `read pull request #${number}`, needs: READ },
  });
}

export async function getPull(place: PullsPlace, number: number): Promise<Pull> {
  return asPull(place, await askPull(place, number));
}

/** Of a branch of this repository; forks have branches of the same name. */
export async function pullsOfBranch(place: PullsPlace, branch: string): Promise<readonly Pull[]> {
  const found = await search(
    place,
    { head: `${place.owner}:${branch}`, state: 'all' },
    `list those of ${branch}`,
  );
  return getAll(
    place,
    found.filter(one => one.head.ref === branch && !isFork(one)),
  );
}

/** All open ones are looked through, since GitHub's own search by commit does not find those of forks. */
export async function pullsWithHead(place: PullsPlace, commit: string): Promise<readonly Pull[]> {
  const to = `find the pull request of ${commit.slice(0, 7)}`;
  const isOfHead = ({ head }: PullAnswer): boolean => head.sha === commit;
  const open = (await search(place, { state: 'open', sort: 'updated', direction: 'desc' }, to)).filter(
    isOfHead,
  );
  return getAll(place, open.length > 0 ? open : (await pullsAt(place, commit)).filter(isOfHead));
}

/** Only what GitHub merged into main, and git shows there. */
export async function pullsOfCommit(place: PullsPlace, commit: string): Promise<readonly Pull[]> {
  const answers = (await pullsAt(place, commit)).filter(
    ({ merged_at, base }) => merged_at && base.ref === 'main',
  );
  const found: Pull[] = [];
  for (const pull of await getAll(place, answers)) {
    if (await hasBrought(place.repository, pull, commit)) found.push(pull);
  }
  return found;
}

/** @throws ConfigurationError when only a person may open it, with the page where they can. */
export async function openPull(place: PullsPlace, { branch, title, body }: NewPull): Promise<Pull> {
  const before = await openOf(place, branch);
  if (before) return before;
  const to = `open a pull request for ${branch}`;
  try {
    const answer = await ask(place.client, {
      route: 'POST /repos/{owner}/{repo}/pulls',
      parameters: { ...here(place), head: branch, base: 'main', title, body },
      answer: pullAnswerSchema,
      ...{ to, needs: WRITE },
    });
    return await asPull(place, answer);
  } catch (error) {
    if (!isRefusal(error, 403, 422)) throw error;
    const meanwhile = error.status === 422 ? await openOf(place, branch) : undefined;
    if (meanwhile) return meanwhile;
    const page = `${place.serverUrl}/${place.owner}/${place.repo}/compare/main...${encodeURI(branch)}?expand=1`;
    const why = error.message.replace(/\.$/u, '');
    throw new ConfigurationError(`${why}. A person can: ${page}`, { remedy: error.remedy });
  }
}

export async function closePull(place: Place, number: number): Promise<void> {
  await ask(place.client, {
    route: 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
    parameters: { ...here(place), pull_number: number, state: 'closed' },
    answer: pullAnswerSchema,
    ...{ to: `close pull request #${number}`, needs: WRITE },
  });
}

async function openOf(place: PullsPlace, branch: string): Promise<Pull | undefined> {
  const pulls = await pullsOfBranch(place, branch);
  return pulls.find(({ state, base }) => state === 'open' && base === 'main');
}

async function search(
  place: Place,
  parameters: Readonly<Record<string, string>>,
  to: string,
): Promise<readonly PullAnswer[]> {
  const { items, isComplete } = await askAll(place.client, {
    route: 'GET /repos/{owner}/{repo}/pulls',
    parameters: { ...here(place), ...parameters },
    answer: pullAnswerSchema,
    ...{ to: `${to} among the pull requests`, needs: READ },
  });
  if (isComplete) return items;
  throw new ConfigurationError(`There are more than ${items.length} pull requests to look through`, {
    remedy: 'Close those that nobody works on.',
  });
}

async function pullsAt(place: Place, commit: string): Promise<readonly PullAnswer[]> {
  try {
    const { items } = await askAll(place.client, {
      route: 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
      parameters: { ...here(place), commit_sha: commit },
      answer: pullAnswerSchema,
      ...{ to: `find the pull requests of ${commit.slice(0, 7)}`, needs: `${READ}, contents: read` },
    });
    return items;
  } catch (error) {
    // A commit that GitHub does not have.
    if (isRefusal(error, 422)) return [];
    throw error;
  }
}

async function getAll(place: PullsPlace, answers: readonly PullAnswer[]): Promise<readonly Pull[]> {
  const numbers = [...new Set(answers.map(({ number }) => number))].sort((a, b) => b - a);
  const pulls: Pull[] = [];
  for (const number of numbers) pulls.push(await getPull(place, number));
  return pulls;
}

async function asPull(place: PullsPlace, answer: PullAnswer): Promise<Pull> {
  const { number, title, body, user, head, base, draft = false, html_url: url } = answer;
  const pull: Pull = {
    ...{
      number,
      title,
      body: body ?? '',
      base: base.ref,
      branch: head.ref,
      head: head.sha,
      url,
      isDraft: draft,
    },
    ...{ author: user?.login ?? null, authorType: user?.type ?? null, isFork: isFork(answer) },
    ...{ state: answer.merged_at ? 'merged' : answer.state, merged: null },
  };
  return answer.merged_at ? { ...pull, merged: await findMerged(place, { pull, answer }) } : pull;
}

function isFork({ head, base }: PullAnswer): boolean {
  return head.repo?.full_name.toLowerCase() !== base.repo.full_name.toLowerCase();
}
