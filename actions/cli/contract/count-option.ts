// How many versions to look back at.
import { InvalidArgumentError } from 'commander';

/** A whole number from 1 to 1,000. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1000) return count;
  throw new InvalidArgumentError('Write a whole number from 1 to 1000.');
}
