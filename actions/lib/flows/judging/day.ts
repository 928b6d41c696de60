/** The day of an instant (milliseconds since 1970) in UTC, such as 2026-11-21. */
export function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
