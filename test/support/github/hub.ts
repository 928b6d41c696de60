// A small GitHub for stories: it keeps what people and machines posted, works everything else out from real git, and lets a
// token do what its job's permissions say. Each request and answer is judged by GitHub's own description.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allowServing, openGitServer } from './git-server.ts';
import { type HubPulls, openGit, openPulls } from './hub-pulls.ts';
import { isAllowed, type Rights } from './hub-rights.ts';
import {
  addComment,
  forbidden,
  type HubCheck,
  type HubComment,
  type Kept,
  NOT_ACCESSIBLE,
  openRoutes,
} from './hub-routes.ts';
import { openStub, type Received } from './stub.ts';

/** One request, by the job whose token it carried; `nobody` has none. */
export interface Call {
  readonly job: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

export interface Hub extends HubPulls {
  /** Of the API. */
  readonly api: string;
  /** Of git and of the pages. */
  readonly server: string;
  readonly calls: readonly Call[];
  /** What GitHub's description finds wrong with any of it. */
  readonly problems: readonly string[];
  /** A copy under another owner. */
  fork(owner: string): Promise<void>;
  /** Of the bare repository of a fork. */
  pathOf(owner: string): string;
  /** A token of a job, with the rights that the job was given. */
  grant(job: string, rights: Rights): string;
  comments(number: number): readonly HubComment[];
  /** A person's. */
  comment(number: number, user: string, body: string): HubComment;
  /** All that were written for a commit, oldest first. */
  checks(commit: string): readonly HubCheck[];
  review(number: number, user: string, state: 'APPROVED' | 'CHANGES_REQUESTED'): Promise<void>;
  /** Ends the servers. */
  shut(): Promise<void>;
}

/** Requests of each job, such as `verify/report`, in the order in which they first asked. */
export function countCalls(calls: readonly Call[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { job } of calls) counts[job] = (counts[job] ?? 0) + 1;
  return counts;
}

const place = { owner: 'acme', repo: 'shop' } as const;

/** Serves a bare repository as `acme/shop`. */
export async function openHub(bare: string): Promise<Hub> {
  const root = await mkdtemp(join(tmpdir(), 'served-'));
  await mkdir(join(root, place.owner));
  await symlink(bare, join(root, place.owner, `${place.repo}.git`));
  allowServing(bare);
  const served = await openGitServer(root);
  const forks = new Map<string, string>();
  const pulls = openPulls(bare, place.owner, forks);
  const tokens = new Map<string, { readonly job: string; readonly rights: Rights }>();
  const calls: Call[] = [];
  const kept: Kept = { comments: [], checks: [], reviews: [] };
  const answer = openRoutes(pulls, { ...place, server: served.url }, kept);
  const stub = await openStub(async sent => {
    const { job, rights } = tokens.get(tokenOf(sent)) ?? { job: 'nobody', rights: {} };
    const reply = isAllowed(rights, sent) ? await answer(sent) : forbidden(NOT_ACCESSIBLE);
    calls.push({ job, method: sent.method, path: sent.path, status: reply.status ?? 200 });
    return reply;
  });
  return {
    ...pulls,
    ...{ api: stub.url, server: served.url, calls, problems: stub.problems },
    fork: async owner => {
      const path = join(root, owner, `${place.repo}.git`);
      await openGit(root)('clone', '--quiet', '--bare', bare, path);
      allowServing(path);
      forks.set(owner, path);
    },
    pathOf: owner => {
      const path = forks.get(owner);
      if (path === undefined) throw new Error(`${owner} has no fork`);
      return path;
    },
    grant: (job, rights) => {
      const token = `ghs_${randomBytes(18).toString('hex')}`;
      tokens.set(token, { job, rights });
      return token;
    },
    comments: number => kept.comments.filter(one => one.number === number),
    comment: (number, user, body) => addComment(kept, { number, user, body }),
    checks: commit => kept.checks.filter(({ head_sha }) => head_sha === commit),
    review: async (number, user, state) => {
      const commit = (await pulls.get(number))?.head ?? '';
      kept.reviews.push({ number, user, state, commit });
    },
    shut: async () => {
      await stub.close();
      await served.close();
    },
  };
}

function tokenOf({ headers }: Received): string {
  const [, token = ''] = /^(?:token|bearer) (.+)$/iu.exec(String(headers.authorization ?? '')) ?? [];
  return token;
}
