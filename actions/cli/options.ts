// How options that several verbs share are read.
import { type Command, InvalidArgumentError } from 'commander';

/** A whole number of threads. */
export function parseThreads(text: string): number {
  const threads = Number(text);
  if (Number.isInteger(threads) && threads >= 1 && threads <= 64) return threads;
  throw new InvalidArgumentError('Write a whole number from 1 to 64.');
}

/** The number of a pull request, with or without #. */
export function parsePullNumber(text: string): number {
  const number = Number(text.replace(/^#/u, ''));
  if (Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('Write the number of a pull request, such as 3.');
}

/** A sentence: a reason that goes on record must say something. */
export function parseReason(text: string): string {
  if (text.trim() !== '' && text.length <= 2000) return text.trim();
  throw new InvalidArgumentError('Write a sentence of at most 2,000 characters.');
}

/** The repository that --directory names. */
export function where(command: Command): { readonly directory: string } {
  return { directory: command.optsWithGlobals<{ directory: string }>().directory };
}
