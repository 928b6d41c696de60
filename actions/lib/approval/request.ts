// What is known about a change that asks for approval. The forge fills it in; whatever it could not read says so.

/** Stands where the forge could not answer, with the reason in words. Nothing is approved on what is not known. */
export interface Unreadable {
  readonly unreadable: string;
}

/** The people of a team. A pending invitation is no membership. */
export interface Team {
  readonly members: readonly string[];
  readonly pending?: readonly string[];
}

/** One changed file. */
export interface ChangedFile {
  readonly path: string;
  /** The name it had; required when `status` is `renamed`. */
  readonly previousPath?: string;
  /** As GitHub names it: added, modified, removed, renamed, copied. */
  readonly status?: string;
  /** True when it changes what runs somewhere; files below `models/<model>/rollout/` always do. */
  readonly promotes?: boolean;
}

/** One review as the forge lists it; a dismissed one keeps its time. */
export interface Review {
  /** Null when the account is gone or not known. */
  readonly user: string | null;
  /** `User` for a person. */
  readonly type: string | null;
  /** APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED or PENDING. */
  readonly state: string;
  /** The commit that was looked at; null when the forge lost it. */
  readonly commit: string | null;
  /** ISO 8601 with a zone. */
  readonly submittedAt: string | null;
}

/** Everything a decision rests on. Logins and teams compare without regard to case. */
export interface ApprovalRequest {
  /** The text of the file on the base branch; undefined when there is none. The change's own copy never takes part. */
  readonly codeowners: string | undefined | Unreadable;
  /** By `organisation/team`; a team that is not here was not read. */
  readonly teams: Readonly<Record<string, Team | Unreadable>>;
  /** Who may write to the repository. */
  readonly writers: readonly string[] | Unreadable;
  /** Who opened it; a null login when the account is gone. */
  readonly author: { readonly login: string | null; readonly type: string | null };
  /** Authors and co-authors of all that changed since the live version. */
  readonly contributors: readonly string[] | Unreadable;
  readonly lastPusher: string | null;
  readonly head: string;
  readonly files: readonly ChangedFile[];
  /** False when the forge may have left some out. */
  readonly filesComplete: boolean;
  readonly reviews: readonly Review[];
  /** False when the forge may have left some out. */
  readonly reviewsComplete: boolean;
  /** `digestSubject` of the head; undefined binds every approval to the head commit. */
  readonly subject?: string | undefined;
  /** The subject's digest at the commits that reviews name. */
  readonly subjectAt?: Readonly<Record<string, string>>;
  /** Whether a path may be without an owner; never one that promotes, nor CODEOWNERS itself. */
  readonly requireOwner: 'every path' | 'owned paths';
  /** Whether authors count: their review, or having opened and last pushed it, since GitHub lets none review their own. */
  readonly allowAuthor?: boolean;
  /** Distinct approvers that each path needs; at least 1, the default. */
  readonly approvalsNeeded?: number;
}

/** True where the forge could not answer. */
export function isUnreadable(answer: unknown): answer is Unreadable {
  return typeof answer === 'object' && answer !== null && 'unreadable' in answer;
}

/** Logins and team names in the form they are compared in; letters beyond ASCII are in neither. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]/gu, letter => letter.toLowerCase());
}
