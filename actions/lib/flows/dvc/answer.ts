// That all is up to date is remembered together with everything it rests on: asked the same again, `status` and `repro`
// look whether any of that changed, and need not even load what would find it out anew.
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Answer, readAnswer } from '#lib/dvc/answer/answer-file.ts';
import { findDvcRoot } from '#lib/dvc/repository/find-root.ts';

/** A question that may be asked again. */
export interface Question {
  /** The verb and its words, such as `status --json`; of letters, blanks and dashes. */
  readonly words: string;
  /** Changes with the program. */
  readonly version: string;
}

export interface Asker extends Question {
  /** Where the user stands; absolute, without links. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Undefined when it has to be looked up. */
export function recallAnswer(asker: Asker): Answer | undefined {
  const root = findDvcRoot(asker.directory);
  return root === undefined ? undefined : readAnswer(answerFile(root, asker), answerKey(root, asker));
}

export function answerFile(root: string, { words }: Question): string {
  return join(root, '.dvc', 'tmp', 'mainline', `answer-${words.replaceAll(' ', '')}`);
}

/** What DVC's configuration depends on. */
const DECIDING = /^(?:DVC_.*|XDG_.*|HOME|USERPROFILE|LOCALAPPDATA|PROGRAMDATA)$/u;

/** Nobody but who sees this folder can know its numbers: answers that come with a repository are none. */
export function answerKey(root: string, { words, version, directory, env }: Asker): string {
  const { dev, ino, birthtimeMs } = statSync(root);
  const names = Object.keys(env).filter(name => DECIDING.test(name));
  const settings = names.sort().map(name => [name, env[name]]);
  return JSON.stringify([version, words, directory, [dev, ino, birthtimeMs], settings]);
}

/** Folders from one upwards, up to the one that ends the search or the topmost. */
export function foldersUpTo(folder: string, last: string | undefined): readonly string[] {
  const parent = dirname(folder);
  return folder === last || parent === folder ? [folder] : [folder, ...foldersUpTo(parent, last)];
}
