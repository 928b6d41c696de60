// Which version answers a request, and which get a copy. With a sticky key the choice is a function of key, model and
// challenger alone: a key below the weight stays below it when the weight rises, so nobody is moved back.
import { hash } from 'node:crypto';
import type { Route, Shares } from '#lib/serving/table.ts';

/** 48 bits are enough for shares of a percent, and a whole number that a double holds. */
const HEX_DIGITS = 12;
const BUCKETS = 2 ** 48;

/** A number from 0 (inclusive) to 100 (exclusive) for a key. */
export function bucketOf(key: string, { model, challenger }: { model: string; challenger: string }): number {
  const digest = hash('sha256', `${model}\0${challenger}\0${key}`, 'hex');
  return (Number.parseInt(digest.slice(0, HEX_DIGITS), 16) / BUCKETS) * 100;
}

/**
 * The version whose share the bucket falls into; the challenger's share comes first.
 * @returns undefined when nothing has traffic
 */
export function chooseVersion(
  { challenger, traffic }: Pick<Route, 'challenger' | 'traffic'>,
  bucket: number,
): string | undefined {
  let upTo = traffic[challenger] ?? 0;
  if (bucket < upTo) return challenger;
  let last: string | undefined;
  for (const [version, percent] of Object.entries(traffic)) {
    if (version === challenger || percent === 0) continue;
    upTo += percent;
    if (bucket < upTo) return version;
    last = version;
  }
  return last ?? (traffic[challenger] ? challenger : undefined);
}

/** The versions that get a copy of a request; never the one that answers it. */
export function chooseCopies(mirror: Shares, answering: string, random: () => number): readonly string[] {
  return Object.entries(mirror)
    .filter(([version, percent]) => version !== answering && percent > 0 && random() * 100 < percent)
    .map(([version]) => version);
}
