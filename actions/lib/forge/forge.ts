// The port to wherever pull requests live. Only what the product needs, in its own words: no type of a vendor leaks in,
// and policy (who may approve, what is stale) is pure code over these facts, the same for every forge.
import type { Change, Commit } from '#lib/git/repository.ts';

export const mergeMethods = ['merge', 'squash', 'rebase'] as const;
export type MergeMethod = (typeof mergeMethods)[number];

export interface Merged {
  /** The last commit the merge put on main. */
  readonly commit: string;
  /** Main before it. */
  readonly base: string;
  readonly by: string;
  readonly method: MergeMethod;
  readonly at: string;
  /** Merged although something was missing. */
  readonly bypassed: boolean;
}

export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly branch: string;
  /** The branch's commit; of a merged pull request the one that was merged. */
  readonly head: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly merged: Merged | null;
}

export interface Review {
  /** null = the account is gone. */
  readonly user: string | null;
  readonly type: 'User' | 'Bot';
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
  readonly commit: string;
  readonly submittedAt: string;
}

export interface Check {
  readonly name: string;
  readonly commit: string;
  readonly conclusion: 'success' | 'failure';
  /** Markdown. */
  readonly summary: string;
}

/** Members by team (`organisation/team`); a team that is not here cannot be read. */
export interface People {
  readonly teams: Readonly<Record<string, readonly string[]>>;
  /** Who may write; undefined = everybody who can reach the repository. */
  readonly writers: readonly string[] | undefined;
}

export interface NewPull {
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  readonly author: string;
}

export interface MergeRequest {
  readonly by: string;
  readonly method: MergeMethod;
  /** The head that was looked at: another one means somebody pushed meanwhile. */
  readonly expectedHead: string;
  readonly at: string;
  readonly bypassed: boolean;
}

export interface Forge {
  /** A rehearsal on this machine, or people who logged in somewhere. */
  readonly kind: 'local';
  openPull(pull: NewPull): Promise<Pull>;
  /** Newest first. */
  listPulls(): Promise<readonly Pull[]>;
  /** @throws ConfigurationError when there is none of that number. */
  getPull(number: number): Promise<Pull>;
  closePull(number: number): Promise<void>;
  /** Where the branch left main. */
  baseOf(pull: Pull): Promise<string>;
  changedFiles(pull: Pull): Promise<readonly Change[]>;
  /** Commits of the pull request, newest first. */
  commits(pull: Pull): Promise<readonly Commit[]>;
  listReviews(number: number): Promise<readonly Review[]>;
  addReview(number: number, review: Review): Promise<void>;
  /** One comment per marker, replaced in place. */
  upsertComment(number: number, marker: string, body: string): Promise<void>;
  listComments(number: number): Promise<readonly { readonly marker: string; readonly body: string }[]>;
  upsertCheck(check: Check): Promise<void>;
  listChecks(commit: string): Promise<readonly Check[]>;
  people(): Promise<People>;
  /** The account behind a name in a commit. */
  accountOf(person: { readonly name: string; readonly email: string }): string;
  /** @throws ConfigurationError on a conflict, or when the head or main moved. */
  merge(number: number, request: MergeRequest): Promise<Merged>;
}
