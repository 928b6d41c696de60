// What GitHub answers for a pull request of the hub, and what it knows of a commit, worked out with git.
import { fileBody, pullBody, pullInList, userBody } from './bodies.ts';
import type { Git, HubPull } from './hub-pulls.ts';
import type { Received, Reply } from './stub.ts';

type Body = Readonly<Record<string, unknown>>;

/** Whose repositories these are, and where people look at them. */
export interface HubPlace {
  readonly owner: string;
  readonly repo: string;
  readonly server: string;
}

/** One pull request by its number, or as it stands in lists. */
export async function answerPull(
  git: Git,
  place: HubPlace,
  { pull, isListed }: { readonly pull: HubPull; readonly isListed: boolean },
): Promise<Body> {
  const { number, title, author, head, branch, owner, state, merged } = pull;
  const whole = {
    changed_files: (await changesOf(git, pull)).length,
    merged: merged !== null,
    merged_by: merged ? userBody(merged.by) : null,
  };
  const over = {
    ...{ title, body: null, state, html_url: `${place.server}/${place.owner}/${place.repo}/pull/${number}` },
    ...{ merged_at: merged?.at ?? null, merge_commit_sha: merged?.commit ?? null },
    ...{ base: { sha: await git('rev-parse', 'refs/heads/main') }, user: userBody(author) },
    ...(isListed ? {} : whole),
  };
  const fork = `${owner}/${place.repo}`;
  return (isListed ? pullInList : pullBody)({
    ...{ number, head, branch, fork, over },
    author: userBody(author),
  });
}

const STATUSES: Readonly<Record<string, string>> = { A: 'added', M: 'modified', D: 'removed', R: 'renamed' };

/** As GitHub lists them: from where the branch left main. */
export async function answerFiles(git: Git, pull: HubPull): Promise<readonly Body[]> {
  return (await changesOf(git, pull)).map(([status = '', from = '', to]) =>
    fileBody(to ?? from, {
      status: STATUSES[status[0] ?? ''] ?? 'changed',
      ...(to === undefined ? {} : { previous_filename: from }),
    }),
  );
}

async function changesOf(git: Git, { head, merged }: HubPull): Promise<readonly (readonly string[])[]> {
  const main = merged ? `${merged.commit}^` : 'refs/heads/main';
  const base = await git('merge-base', main, head);
  const lines = await git('-c', 'core.quotePath=false', 'diff-tree', '-r', '-M', '--name-status', base, head);
  return lines
    .split('\n')
    .filter(Boolean)
    .map(line => line.split('\t'));
}

/** Whose head or merge a commit is, or who brings it; undefined where GitHub does not have the commit. */
export async function pullsAt(
  git: Git,
  pulls: readonly HubPull[],
  commit: string,
): Promise<readonly HubPull[] | undefined> {
  const isThere = await git('cat-file', '-e', `${commit}^{commit}`).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const found: HubPull[] = [];
  for (const pull of pulls) {
    const own = await git(
      'rev-list',
      `${pull.head}`,
      '--not',
      pull.merged ? `${pull.merged.commit}^` : 'refs/heads/main',
    );
    if (pull.merged?.commit === commit || own.split('\n').includes(commit)) found.push(pull);
  }
  return found;
}

/** GraphQL as our client asks it: who we are, or the authors of commits by their addresses. */
export async function answerGraph(git: Git, { body }: Received, login: string): Promise<Reply> {
  const { query } = body as { readonly query: string };
  if (query.includes('viewer')) return { body: { data: { viewer: { login } } } };
  const wanted = [...query.matchAll(/(c\d+): object\(oid: "([0-9a-f]+)"\)/gu)];
  const objects = await Promise.all(
    wanted.map(async ([, name = '', id = '']) => [name, await authorsOf(git, id)] as const),
  );
  return { body: { data: { repository: Object.fromEntries(objects) } } };
}

async function authorsOf(git: Git, id: string): Promise<Body | null> {
  const text = await git('log', '-1', '--format=%ae%n%(trailers:key=Co-authored-by,valueonly)', id).catch(
    () => undefined,
  );
  if (text === undefined) return null;
  const emails = text
    .split('\n')
    .filter(Boolean)
    .map(line => /<([^>]+)>/u.exec(line)?.[1] ?? line);
  const nodes = emails.map(email => ({ email, user: accountOf(email) }));
  return { authors: { totalCount: nodes.length, nodes } };
}

/** Whoever writes as `ada@example.org` has the account ada. */
function accountOf(email: string): Body | null {
  const [, login] = /^([\w-]+)@example\.org$/u.exec(email) ?? [];
  return login === undefined ? null : { login };
}

/** A list in the pages that were asked for. */
export function paged(
  all: readonly unknown[],
  { query, path }: Received,
  wrap = (items: readonly unknown[]): unknown => items,
): Reply {
  const [size, page] = [Number(query.per_page ?? 30), Number(query.page ?? 1)];
  const link = `<http://localhost${path}?page=${page + 1}>; rel="next"`;
  return {
    body: wrap(all.slice((page - 1) * size, page * size)),
    headers: page * size < all.length ? { link } : {},
  };
}
