// Outputs that DVC keeps are ignored by git: an entry in the .gitignore beside each, written and removed exactly as DVC
// does, so that both tools leave the same bytes.
import {
  appendFileSync,
  existsSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import { createGitIgnore } from '#lib/dvc/repository/git-ignore.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

/** What happened to a .gitignore: its absolute path when it was written and git should be told. */
export type GitignoreChange = string | undefined;

export interface Gitignore {
  /** Adds an entry for an output (absolute) unless git ignores it already. */
  readonly add: (path: string) => GitignoreChange;
  /** Whether git leaves an output (absolute) out, for whatever reason. */
  readonly has: (path: string) => boolean;
  /** Takes the entry out; a file that is then empty goes as well. */
  readonly remove: (path: string) => GitignoreChange;
}

/** @param gitRoot the top of git's work tree; without git nothing is written. */
export function openGitignore(gitRoot: string | undefined): Gitignore {
  if (gitRoot === undefined) return { add: () => undefined, has: () => true, remove: () => undefined };
  let isIgnored = createGitIgnore(gitRoot);
  // An entry means its own path only: what was read before still holds for all others.
  const added = new Set<string>();
  const has = (path: string): boolean => added.has(path) || isIgnored(path, isFolder(path));
  return {
    has,
    add: path => {
      const file = gitignoreOf(path, gitRoot);
      if (has(path)) return undefined;
      addEntry(file, escapeEntry(entryOf(path)));
      added.add(path);
      return file;
    },
    remove: path => {
      const change = removeEntry(gitignoreOf(path, gitRoot), entryOf(path));
      isIgnored = createGitIgnore(gitRoot);
      added.clear();
      return change;
    },
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The slash ties the entry to this folder. */
function entryOf(path: string): string {
  return `/${basename(path)}`;
}

/** Characters that mean something else in a pattern. */
function escapeEntry(entry: string): string {
  return entry.replace(/[\\[\]!*#?]/gu, '\\$&');
}

function gitignoreOf(path: string, gitRoot: string): string {
  const file = join(dirname(path), '.gitignore');
  if (!realPathOf(file).startsWith(realpathSync(gitRoot) + sep)) {
    throw new ConfigurationError(`${path} is outside of the git repository ${gitRoot}`, {
      at: { file: path },
      remedy: 'Track files inside the repository.',
    });
  }
  return file;
}

/** Of a file that need not exist; its folder may lead elsewhere through a link. */
function realPathOf(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    return dirname(file) === file ? file : join(realPathOf(dirname(file)), basename(file));
  }
}

function addEntry(file: string, entry: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const start = text === '' || text.endsWith('\n') ? '' : '\n';
  if (start === '' && splitLines(text).includes(`${entry}\n`)) return;
  try {
    appendFileSync(file, `${start}${entry}\n`);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

/** DVC looks for the entry as it was before escaping, so that an escaped one stays; so do we. */
function removeEntry(file: string, entry: string): GitignoreChange {
  if (!existsSync(file)) return undefined;
  const lines = splitLines(readFileSync(file, 'utf8'));
  const kept = lines.filter(line => line.trim() !== entry.trim());
  if (kept.length === 0) {
    rmSync(file);
    return undefined;
  }
  write(file, kept.join(''));
  return file;
}

/** Lines with their ends, which become plain newlines as when Python reads a text. */
function splitLines(text: string): readonly string[] {
  return text.replaceAll(/\r\n?/gu, '\n').match(/[^\n]*\n|[^\n]+$/gu) ?? [];
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}
