// The questions whose answers are remembered: those about a whole repository, without options that change what is done.
import { basename } from 'node:path';
import type { Question } from '#lib/flows/dvc/answer.ts';

const ASKED_AGAIN = /^(?:status(?: --json| --quiet| -q)?|repro(?: --quiet| -q| --all-pipelines| -P)*)$/u;

/** Undefined for all others, and where the program runs from its sources: these may change at any moment. */
export function findQuestion(words: readonly string[]): Question | undefined {
  const text = words.join(' ');
  const version = /^dvc-[0-9a-f]{16}$/u.exec(basename(import.meta.dirname))?.[0];
  return version !== undefined && ASKED_AGAIN.test(text) ? { words: text, version } : undefined;
}
