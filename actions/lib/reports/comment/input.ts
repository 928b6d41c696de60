// What a comment, a check and a summary are written from: what the proposal claims, and what was found out about it.
// Every word and number of a proposal is whatever its author wanted it to be; only the verification is ours.
import type { Evidence } from '#lib/registry/evidence.ts';
import type { Champion, Proposal } from '#lib/registry/proposal.ts';
import type { Verification } from '#lib/registry/verification.ts';
import type { HistoryEntry } from '#lib/reports/comment/history.ts';
import { judgingChanges } from '#lib/reports/proposal/changes.ts';

export interface CommentInput {
  /** As the pull request brought it: nothing in it is believed. */
  readonly proposal: Proposal;
  /** Null for a rehearsal on one machine, where the same machine evaluated. */
  readonly verification: Verification | null;
  /** Why what was judged is not what the commit holds, in words; undefined where it is. */
  readonly foreign?: string | undefined;
  /** The commit that is spoken of. */
  readonly head: string;
  /** What earlier comments said, oldest first. */
  readonly history: readonly HistoryEntry[];
  /** Keys of what people have ticked off in the comment as it stands. */
  readonly ticked?: ReadonlySet<string> | undefined;
  /** Pages with more; made by us, never taken from the proposal. */
  readonly links: { readonly run?: string | undefined; readonly artifact?: string | undefined };
  /** Where a file of the head can be read; nothing is linked without it. */
  readonly link?: LinkTo | undefined;
}

/** The page of a file, at a line. */
export type LinkTo = (path: string, line?: number) => string | undefined;

/** Where the numbers come from. */
export type Origin = 'found on this machine' | 're-derived' | 'claimed';

export function originOf({ verification }: CommentInput): Origin {
  if (!verification) return 'found on this machine';
  return foundBy(verification) ? 're-derived' : 'claimed';
}

/** `cannot be judged`: it says that it stands, and nobody else can say so. */
export type Standing = 'stands' | 'does not stand' | 'cannot be judged';

/** A proposal that fails by its own account is taken at its word; one that stands is not. */
export function standingOf(input: CommentInput): Standing {
  if (!asFound(input).verdict.slo_compliant) return 'does not stand';
  return originOf(input) === 'claimed' ? 'cannot be judged' : 'stands';
}

function foundBy({ state, evidence, verdict }: Verification) {
  return state === 'rederived' && evidence && verdict ? { evidence, verdict } : undefined;
}

/** The proposal with the numbers and gates that count: those found by the default branch, where it found any. */
export function asFound({ proposal, verification }: CommentInput): Proposal {
  const found = verification && foundBy(verification);
  return found ? { ...proposal, ...found, champion: championOf(found.evidence) } : proposal;
}

/** Who it was held against, told by the digests alone: the proposal's own words for it may say anything. */
function championOf({ inputs: { champion, artifact }, comparisons }: Evidence): Champion {
  const common = { name: 'main', why: 'it could not be evaluated on these rows', sha256: champion };
  if (comparisons.length > 0) return { ...common, state: 'known' };
  if (champion === null) return { ...common, state: 'none' };
  return { ...common, state: champion === artifact ? 'same' : 'unknown' };
}

/** What the proposal changes of the rules it is judged by, in words; its own words only where nobody looked. */
export function ownJudgingOf(input: CommentInput): readonly string[] {
  const found = input.verification?.ownJudging ?? [];
  return found.length > 0 || originOf(input) === 're-derived' ? found : judgingChanges(input.proposal);
}

/** Letters, digits, and dots that begin no part: nothing that an address could take for a way out of its folder. */
const PLAIN_PATH = /^\w[\w.-]*(?:\/\w[\w.-]*)*$/u;

/** Links to files, for paths that a proposal names. */
export function linkOf({ link }: CommentInput): LinkTo {
  return (path, line) => (PLAIN_PATH.test(path) ? link?.(path, line) : undefined);
}
