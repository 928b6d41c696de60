// The port to wherever pull requests live. Only what the product needs, in its own words: no type of a vendor leaks in,
// and policy (who may approve, what is stale) is pure code over these facts, the same for every forge. Whatever a forge
// may not know or may have left out says so, since nothing is approved on what is not known.
import type { Change, Commit } from '#lib/git/repository.ts';

export const mergeMethods = ['merge', 'squash', 'rebase'] as const;
export type MergeMethod = (typeof mergeMethods)[number];

/** Stands where a forge could not answer, with the reason in words. */
export interface Unreadable {
  readonly unreadable: string;
}

export interface Merged {
  /** The last commit the merge put on main. */
  readonly commit: string;
  /** Main before it. */
  readonly base: string;
  /** null = the account is gone or not known. */
  readonly by: string | null;
  readonly method: MergeMethod;
  readonly at: string;
  /** Merged although something was missing; null where the forge does not tell. */
  readonly bypassed: boolean | null;
}

export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  /** null = the account is gone. */
  readonly author: string | null;
  /** `User` for a person. */
  readonly authorType: string | null;
  /** Where it wants to go; only what goes to main can be approved. */
  readonly base: string;
  readonly branch: string;
  /** The branch lies in another repository. */
  readonly isFork: boolean;
  readonly isDraft: boolean;
  /** The branch's commit; of a merged pull request the one that was merged. */
  readonly head: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly merged: Merged | null;
  /** Where people look at it; undefined on this machine. */
  readonly url: string | undefined;
}

export interface Review {
  /** null = the account is gone. */
  readonly user: string | null;
  /** `User` for a person. */
  readonly type: string | null;
  readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  /** null = the forge lost it. */
  readonly commit: string | null;
  readonly submittedAt: string | null;
  /** What the forge calls the reviewer here, such as MEMBER; shown, never believed. */
  readonly association?: string | undefined;
}

/** A remark at lines of a file, 1-based. */
export interface Annotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly level: 'failure' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

export interface Check {
  readonly name: string;
  readonly commit: string;
  readonly conclusion: 'success' | 'failure' | 'neutral';
  /**
   * Not decided yet: it passes nothing, and the next one of its name and commit ends it. A forge without such a state shows
   * the conclusion.
   */
  readonly isPending?: true;
  readonly title?: string | undefined;
  /** Markdown. */
  readonly summary: string;
  readonly annotations?: readonly Annotation[] | undefined;
  readonly detailsUrl?: string | undefined;
}

/** Whom to ask for: teams as `organisation/team`, users by login. */
export interface WantedPeople {
  readonly teams: readonly string[];
  readonly users: readonly string[];
}

export interface People {
  /** Members of the teams asked for; a team that is not here does not exist. */
  readonly teams: Readonly<Record<string, { readonly members: readonly string[] } | Unreadable>>;
  /** Those of the users asked for who may write. */
  readonly writers: readonly string[] | Unreadable;
}

export interface NewPull {
  readonly branch: string;
  readonly title: string;
  readonly body: string;
  /** Who opens it, where anybody can say so; a real forge takes the account of its token. */
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

/** A list, and whether all of it is there. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** False when the forge may have left some out. */
  readonly isComplete: boolean;
}

export interface Forge {
  /** A rehearsal on this machine, or people who logged in somewhere. */
  readonly kind: 'local' | 'github';
  /**
   * For a branch that was pushed; one that is open already is given back.
   * @throws ConfigurationError without that branch, or when nobody but a person may open it.
   */
  openPull(pull: NewPull): Promise<Pull>;
  /** Of a branch of this repository, newest first. */
  pullsOfBranch(branch: string): Promise<readonly Pull[]>;
  /** Whose head is this commit, newest first: open ones where there are any, forks included. */
  pullsWithHead(commit: string): Promise<readonly Pull[]>;
  /** Whose merge put this commit on main; a rebase puts several there. */
  pullsOfCommit(commit: string): Promise<readonly Pull[]>;
  /** @throws ConfigurationError when there is none of that number. */
  getPull(number: number): Promise<Pull>;
  closePull(number: number): Promise<void>;
  /** Makes commits of a pull request readable in the repository, its head always; those that are lost stay away. */
  bring(pull: Pull, commits?: readonly string[]): Promise<void>;
  /** Where the branch left main. */
  baseOf(pull: Pull): Promise<string>;
  changedFiles(pull: Pull): Promise<Listed<Change>>;
  /** Commits of the pull request, newest first. */
  commits(pull: Pull): Promise<readonly Commit[]>;
  listReviews(number: number): Promise<Listed<Review>>;
  /** One comment per marker, replaced in place; a stranger's that carries the marker is let alone. */
  upsertComment(number: number, marker: string, body: string): Promise<void>;
  /** Our own. */
  listComments(number: number): Promise<readonly { readonly marker: string; readonly body: string }[]>;
  /** The newest of a name counts. */
  upsertCheck(check: Check): Promise<void>;
  /** Without annotations. Who may write can put some there: they are shown, never believed. */
  listChecks(commit: string): Promise<readonly Check[]>;
  people(wanted: WantedPeople): Promise<People>;
  /** The account that an address alone tells; undefined where it tells none. */
  accountOf(person: { readonly name: string; readonly email: string }): string | undefined;
  /** The accounts of all authors and co-authors, sorted; unreadable when one of them is not known. */
  authorsOf(commits: readonly Commit[]): Promise<readonly string[] | Unreadable>;
  /** Whoever moved the branch to its head; null where nobody knows. */
  lastPusher(pull: Pull): Promise<string | null>;
}

/** A forge where whoever types reviews and merges, under any name: nothing believes it where a real forge is. */
export interface RehearsalForge extends Forge {
  readonly kind: 'local';
  /** Newest first. */
  listPulls(): Promise<readonly Pull[]>;
  addReview(number: number, review: Review): Promise<void>;
  /** @throws ConfigurationError on a conflict, or when the head or main moved. */
  merge(number: number, request: MergeRequest): Promise<Merged>;
}

/** True for the forge of this machine. */
export function isRehearsal(forge: Forge): forge is RehearsalForge {
  return forge.kind === 'local';
}
