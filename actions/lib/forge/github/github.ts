// The forge of github.com and of GitHub Enterprise Server. Facts that git can tell come from git, the rest from the API;
// nothing here reviews or merges, which only people do there.
import type { Forge, Pull } from '#lib/forge/forge.ts';
import { accountOfAddress, findAuthors, findLastPusher } from '#lib/forge/github/authors.ts';
import { changedFiles, listReviews } from '#lib/forge/github/changes.ts';
import { listChecks, openCheckWriter } from '#lib/forge/github/checks.ts';
import { type ClientOptions, openClient } from '#lib/forge/github/client.ts';
import { listComments, upsertComment } from '#lib/forge/github/comments.ts';
import { findOwnLogin } from '#lib/forge/github/identity.ts';
import { readPeople } from '#lib/forge/github/people.ts';
import {
  closePull,
  getPull,
  openPull,
  pullsOfBranch,
  pullsOfCommit,
  pullsWithHead,
} from '#lib/forge/github/pulls.ts';
import { findBase } from '#lib/forge/history.ts';
import type { Repository } from '#lib/git/repository.ts';

export interface GitHubOptions extends ClientOptions {
  readonly owner: string;
  readonly repo: string;
  /** The same repository as git has it, with all of main. */
  readonly repository: Repository;
  /** Fetches refs or commits into that repository; one that is not there is no error. */
  readonly fetch: (names: readonly string[]) => Promise<void>;
  /** Where people look at it; GitHub's own without it. */
  readonly serverUrl?: string | undefined;
  /** The login the token writes as, such as `acme-bot[bot]`; GitHub is asked without it. */
  readonly login?: string | undefined;
  /** Addresses our own machines write commits with, which are nobody's account. */
  readonly machines?: readonly string[] | undefined;
}

/** Opens the forge; nothing is sent yet. */
export function openGitHubForge(options: GitHubOptions): Forge {
  const { repository, owner, repo, serverUrl = 'https://github.com', machines = [] } = options;
  const client = openClient(options);
  let login: Promise<string> | undefined;
  const ownLogin = (): Promise<string> => {
    login ??= options.login === undefined ? findOwnLogin(client) : Promise.resolve(options.login);
    return login;
  };
  const bring = async ({ number, head }: Pull, commits: readonly string[] = []): Promise<void> => {
    if (await isMissing(repository, head)) await options.fetch([`refs/pull/${number}/head`]);
    for (const commit of [head, ...commits]) {
      if (await isMissing(repository, commit)) await options.fetch([commit]);
    }
  };
  const place = { ...{ client, owner, repo, repository, machines }, serverUrl, ownLogin, bring };
  const baseOf = async (pull: Pull): Promise<string> => {
    await bring(pull);
    return findBase(repository, pull);
  };
  return {
    kind: 'github',
    openPull: pull => openPull(place, pull),
    pullsOfBranch: branch => pullsOfBranch(place, branch),
    pullsWithHead: commit => pullsWithHead(place, commit),
    pullsOfCommit: commit => pullsOfCommit(place, commit),
    getPull: number => getPull(place, number),
    closePull: number => closePull(place, number),
    bring,
    baseOf,
    changedFiles: pull => changedFiles(place, pull),
    commits: async pull => repository.history(pull.head, { from: await baseOf(pull) }),
    listReviews: number => listReviews(place, number),
    upsertComment: (number, marker, body) => upsertComment(place, number, { marker, body }),
    listComments: number => listComments(place, number),
    upsertCheck: openCheckWriter(place),
    listChecks: commit => listChecks(place, commit),
    people: wanted => readPeople(place, wanted),
    accountOf: ({ email }) => accountOfAddress(email),
    authorsOf: commits => findAuthors(place, commits),
    lastPusher: pull => findLastPusher(place, pull),
  };
}

async function isMissing(repository: Repository, commit: string): Promise<boolean> {
  return (await repository.resolve(commit)) === undefined;
}
