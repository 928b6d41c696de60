// Whether a time stamp can be believed: what changed in the last moments could change again without getting another one.

/** Time stamps are this coarse at most on file systems that have fractions of a second, and on those that have none. */
const SETTLED_MS = 100;
const SETTLED_WITHOUT_FRACTION_MS = 2100;

/** True when a change after the reading began would have got another time stamp. */
export function isSettled(mtime: number, ctime: number, readAt: number): boolean {
  const age = readAt - Math.max(mtime, ctime);
  const hasFraction = mtime % 1000 !== 0 || ctime % 1000 !== 0;
  return age > (hasFraction ? SETTLED_MS : SETTLED_WITHOUT_FRACTION_MS);
}
