// How many of something, in words: the one place that knows plurals.
import { groupDigits } from '#lib/reports/digits.ts';

/** `1 file`, `1,200 files`. */
export function counted(count: number, one = 'file', many = `${one}s`): string {
  return `${groupDigits(count)} ${count === 1 ? one : many}`;
}
