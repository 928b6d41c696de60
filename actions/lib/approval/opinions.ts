// What each reviewer thinks now: the latest of approval, request for changes and dismissal. Comments carry no opinion.
import { z } from 'zod';
import type { IgnoredReview } from '#lib/approval/decision.ts';
import { foldName, type Review } from '#lib/approval/request.ts';
import { compareText } from '#lib/documents/canonical.ts';

/** Of two in the same second, the one that keeps more closed counts. */
const strictness = { APPROVED: 0, DISMISSED: 1, CHANGES_REQUESTED: 2 } as const;

const instant = z.iso.datetime({ offset: true });

/** The latest opinion of one person. */
export interface Opinion {
  readonly login: string;
  readonly type: string | null;
  readonly state: keyof typeof strictness;
  readonly commit: string | null;
  readonly submittedAt: string;
}

/** The opinions that stand, the reviews that do not, and what forbids to tell them apart. */
export interface Opinions {
  readonly standing: readonly Opinion[];
  readonly ignored: readonly IgnoredReview[];
  readonly obstacles: readonly string[];
}

/** Sorts reviews out by time, whatever their order in the list. */
export function readOpinions(reviews: readonly Review[]): Opinions {
  const read = reviews.map(readReview);
  const opinions = read.flatMap(one => ('opinion' in one ? [one.opinion] : []));
  const latest = new Map<string, Opinion>();
  for (const opinion of opinions.toSorted(byTime)) latest.set(foldName(opinion.login), opinion);
  const standing = [...latest.values()].toSorted((a, b) => compareText(foldName(a.login), foldName(b.login)));
  const isStanding = new Set(standing);
  const superseded = opinions
    .filter(opinion => !isStanding.has(opinion))
    .map(({ login, state }) => ignore(login, 'superseded', `${nameState(state)}, then reviewed again`));
  return {
    standing,
    ignored: [...read.flatMap(one => ('ignored' in one ? [one.ignored] : [])), ...superseded],
    obstacles: read.flatMap(one => ('obstacle' in one ? [one.obstacle] : [])).toSorted(compareText),
  };
}

type ReadReview =
  | { readonly opinion: Opinion }
  | { readonly ignored: IgnoredReview }
  | { readonly obstacle: string };

function readReview({ user, type, state: written, commit, submittedAt }: Review): ReadReview {
  const state = written.toUpperCase();
  if (state === 'COMMENTED') return { ignored: ignore(user, 'comment', 'a comment says neither yes nor no') };
  if (state === 'PENDING') return { ignored: ignore(user, 'pending', 'the review is not submitted yet') };
  const who = user ? `@${user}` : 'an account that is gone or not known';
  if (!isOpinion(state))
    return { obstacle: `The review of ${who} has a state that is not known: ${written}.` };
  if (!user && state === 'CHANGES_REQUESTED') {
    return {
      obstacle: `A review of ${who} asks for changes and may be an owner's: dismiss it if it is settled.`,
    };
  }
  if (!user) return { ignored: ignore(null, 'unknown author', 'the account is gone or not known') };
  if (!instant.safeParse(submittedAt).success || submittedAt === null) {
    return { obstacle: `The time of a review of ${who} cannot be read, so its order is not known.` };
  }
  return { opinion: { login: user, type, state, commit, submittedAt } };
}

function isOpinion(state: string): state is Opinion['state'] {
  return Object.hasOwn(strictness, state);
}

function byTime(a: Opinion, b: Opinion): number {
  return (
    Date.parse(a.submittedAt) - Date.parse(b.submittedAt) ||
    strictness[a.state] - strictness[b.state] ||
    compareText(a.commit ?? '', b.commit ?? '')
  );
}

function nameState(state: Opinion['state']): string {
  if (state === 'APPROVED') return 'approved';
  return state === 'DISMISSED' ? 'had a review dismissed' : 'asked for changes';
}

/** A review that does not count. */
export function ignore(login: string | null, why: IgnoredReview['why'], reason: string): IgnoredReview {
  return { login, why, reason };
}
