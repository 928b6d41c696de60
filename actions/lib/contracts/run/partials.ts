// What was found out about a file, by the hash of its bytes and of the question: a table that gets a file more is read for
// that file alone. Only a cache: whatever is missing or damaged is asked again.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CHECKER } from '#lib/contracts/checker.ts';
import { canonicalJson } from '#lib/documents/canonical.ts';
import { replaceWhole } from '#lib/documents/write.ts';

/** What is kept beyond this is removed, the longest unused first. */
const MOST_FILES = 20_000;

export interface Partials {
  /** True when nothing was ever remembered: then looking up a hash is not worth waiting for it. */
  readonly isEmpty: boolean;
  /** @param question whatever the answer depends on beside the bytes */
  get(digest: string, question: unknown): unknown;
  put(digest: string, question: unknown, answer: unknown): void;
}

/** Remembers nothing. */
export const NO_PARTIALS: Partials = { isEmpty: true, get: () => undefined, put: () => undefined };

/** @param folder absolute; made when there is something to remember */
export function openPartials(folder: string): Partials {
  const names = listNames(folder);
  let isMade = names.length > 0;
  if (names.length > MOST_FILES) removeOldest(folder, names);
  const fileOf = (digest: string, question: unknown): string => {
    const text = canonicalJson({ checker: CHECKER, digest, question });
    return join(folder, `${createHash('sha256').update(text).digest('hex')}.json`);
  };
  return {
    isEmpty: !isMade,
    get: (digest, question) => {
      try {
        const file = fileOf(digest, question);
        const [sum, answer]: readonly unknown[] = JSON.parse(readFileSync(file, 'utf8'));
        return sum === sumOf(file, answer) ? answer : undefined;
      } catch {
        return undefined;
      }
    },
    put: (digest, question, answer) => {
      try {
        if (!isMade) mkdirSync(folder, { recursive: true });
        isMade = true;
        const file = fileOf(digest, question);
        replaceWhole(file, `${JSON.stringify([sumOf(file, answer), answer])}\n`);
      } catch {
        // Nothing may be written there: the next run asks again.
      }
    },
  };
}

/** Stands before each answer: what a disk, an editor or a merge made of it is no answer. */
function sumOf(file: string, answer: unknown): string {
  return createHash('sha256')
    .update(`${basename(file)} ${JSON.stringify(answer)}`)
    .digest('hex');
}

function listNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function removeOldest(folder: string, names: readonly string[]): void {
  const byAge = names
    .map(name => ({ name, age: statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .toSorted((a, b) => a.age - b.age);
  for (const { name } of byAge.slice(0, Math.ceil(MOST_FILES / 4)))
    rmSync(join(folder, name), { recursive: true, force: true });
}
