// When main said what: a commit's own date is whatever its maker's clock said, so it is held between what machines wrote
// down. A record on the state branch names where main stood at an instant: what main had there is older, the rest newer.

/** A commit of main that matters; `position` counts along main's first parents, oldest first. */
export interface DatedCommit {
  readonly position: number;
  /** Milliseconds since 1970, as the commit says. */
  readonly at: number;
}

/** At this instant a machine saw main at this position. */
export interface Sighting {
  readonly position: number;
  readonly at: number;
}

/**
 * The instants to believe, in the order of the commits (oldest first): never falling, never in the future, and as the
 * commit says wherever the sightings allow it.
 */
export function settleTimes(
  commits: readonly DatedCommit[],
  sightings: readonly Sighting[],
  now: number,
): readonly number[] {
  let earlier = Number.NEGATIVE_INFINITY;
  return commits.map(({ position, at }) => {
    const older = sightings.filter(seen => seen.position < position).map(seen => seen.at);
    const newer = sightings.filter(seen => seen.position >= position).map(seen => seen.at);
    const latest = newer.reduce((least, instant) => Math.min(least, instant), now);
    const earliest = older.reduce((most, instant) => Math.max(most, instant), earlier);
    earlier = Math.max(earliest, Math.min(at, latest));
    return earlier;
  });
}
