// What a comment, a check and a summary are written from: what the proposal claims, and what was found out about it.
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Verification } from '#lib/registry/verification.ts';
import type { HistoryEntry } from '#lib/reports/comment/history.ts';

export interface CommentInput {
  /** As the pull request brought it: nothing in it is believed. */
  readonly proposal: Proposal;
  /** Null for a rehearsal on one machine, where the same machine evaluated. */
  readonly verification: Verification | null;
  /** The commit that is spoken of. */
  readonly head: string;
  /** What earlier comments said, oldest first. */
  readonly history: readonly HistoryEntry[];
  /** Where people find more; made by us, never taken from the proposal. */
  readonly links: { readonly run?: string | undefined };
}

/** Where the numbers come from. */
export type Origin = 'found on this machine' | 're-derived' | 'claimed';

export function originOf({ verification }: CommentInput): Origin {
  if (!verification) return 'found on this machine';
  return verification.state === 'rederived' ? 're-derived' : 'claimed';
}

/** The proposal with the numbers and gates that count: those found by the default branch, where it found any. */
export function asFound({ proposal, verification }: CommentInput): Proposal {
  const { evidence, verdict } = verification ?? {};
  if (!evidence || !verdict) return proposal;
  return { ...proposal, evidence: { ...evidence, selection: proposal.evidence?.selection ?? null }, verdict };
}
