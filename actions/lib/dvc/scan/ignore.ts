// What .dvcignore leaves out. DVC reads the files of all folders as one list of patterns below the root: those of a
// deeper folder come later, rewritten so that they only hold below it, and the last pattern that fits decides.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { compilePatterns, type FindPattern, type Pattern } from '#lib/dvc/scan/ignore-pattern.ts';
import { hasCode } from '#lib/errors.ts';

const IGNORE_FILE = '.dvcignore';
const ALWAYS = ['.hg/', '.git/', '.git', '.dvc/'];

export interface IgnoreMatch {
  readonly isIgnored: boolean;
  /** The pattern that decided, as DVC shows it, such as `.dvcignore:3:*.log`; undefined when none fits. */
  readonly origin: string | undefined;
}

export interface Ignore {
  /** For the entries of a folder (absolute): true for what is left out. Whether an entry is a repository of its own is not looked at. */
  in(folder: string): (name: string, isFolder: boolean) => boolean;
  /**
   * For any absolute path; what lies outside of the root is never ignored, a repository inside of it always.
   * @param isFolder looked up only where it matters, unless it is given
   */
  explain(path: string, isFolder?: boolean): IgnoreMatch;
}

/** What holds in one folder. */
interface Level {
  readonly patterns: readonly Pattern[];
  readonly find: FindPattern;
}

const NO_MATCH: IgnoreMatch = { isIgnored: false, origin: undefined };

/**
 * Files of patterns are read when the first path below their folder is asked for, and then kept.
 * @param read gives the text of a file by its absolute path: the work tree's, unless a commit is looked at
 */
export function createIgnore(root: string, read: ReadText = readText): Ignore {
  const levels = new Map<string, Level>();
  const top = createLevel(ALWAYS.map(pattern => ({ pattern, origin: `:${pattern}` })));
  const levelOf = (folder: string): Level => {
    const known = levels.get(folder);
    if (known) return known;
    const level = deepen(folder === root ? top : levelOf(dirname(folder)), folder, { root, read });
    levels.set(folder, level);
    return level;
  };
  const isBelow = (path: string): boolean => path.startsWith(root + sep);
  return {
    in: folder => {
      if (folder !== root && !isBelow(folder)) return () => false;
      const level = levelOf(folder);
      if (level === top) return isAlwaysLeftOut;
      if (folder === root) return (name, isFolder) => level.find(name, isFolder)?.isIgnored === true;
      const relpath = toRelpath(root, folder);
      if (explainBy(level, relpath, true).isIgnored) return () => true;
      return (name, isFolder) => level.find(`${relpath}/${name}`, isFolder)?.isIgnored === true;
    },
    explain: (path, isFolder) => {
      if (!isBelow(path)) return NO_MATCH;
      const inner = findRepository(root, isFolder === false ? dirname(path) : path);
      if (inner !== undefined) return { isIgnored: true, origin: `in sub_repo:${basename(inner)}` };
      const level = levelOf(dirname(path));
      const relpath = toRelpath(root, path);
      if (level === top && !/\.(?:git|hg|dvc)/.test(relpath)) return NO_MATCH;
      return explainBy(level, relpath, isFolder ?? isFolderAt(path));
    },
  };
}

/** Spares asking the matcher for each of a hundred thousand files. */
function isAlwaysLeftOut(name: string, isFolder: boolean): boolean {
  return name === '.git' || (isFolder && (name === '.hg' || name === '.dvc'));
}

function createLevel(patterns: readonly Pattern[]): Level {
  return { patterns, find: compilePatterns(patterns) };
}

/** What is inside of a folder that is left out is left out too, whatever other patterns say of it. */
function explainBy({ find }: Level, relpath: string, isFolder: boolean): IgnoreMatch {
  for (let slash = relpath.indexOf('/'); slash > 0; slash = relpath.indexOf('/', slash + 1)) {
    const above = find(relpath.slice(0, slash), true);
    if (above?.isIgnored) return above;
  }
  return find(relpath, isFolder) ?? NO_MATCH;
}

type ReadText = (file: string) => string | undefined;

interface Patterns {
  readonly root: string;
  readonly read: ReadText;
}

/** A folder's own file adds to what holds above it, unless that file is ignored itself. */
function deepen(above: Level, folder: string, { root, read }: Patterns): Level {
  const file = join(folder, IGNORE_FILE);
  const name = toRelpath(root, file);
  const text = read(file);
  if (text === undefined || explainBy(above, name, false).isIgnored) return above;
  const below = folder === root ? '' : toRelpath(root, folder);
  const own = text.split(/\r\n|[\n\r]/).flatMap((line, index): readonly Pattern[] => {
    const pattern = line.trim();
    if (pattern === '' || pattern.startsWith('#')) return [];
    const at = { file, line: index + 1, column: 1 };
    return [{ pattern: rebase(pattern, below), origin: `${name}:${index + 1}:${pattern}`, at }];
  });
  return own.length === 0 ? above : createLevel([...above.patterns, ...own]);
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (hasCode(cause, 'ENOENT') || hasCode(cause, 'ENOTDIR') || hasCode(cause, 'EISDIR')) return undefined;
    throw cause;
  }
}

/** The pattern of a folder's file as one that says the same below the root. A slash before its end ties it to its folder. */
function rebase(pattern: string, folder: string): string {
  if (folder === '') return pattern;
  const isNegative = pattern.startsWith('!');
  const plain = isNegative ? pattern.slice(1) : pattern;
  const isTied = plain.slice(0, -1).includes('/') && !plain.startsWith('**/');
  const bare = (isTied ? plain.replace(/^\//, '') : plain.replace(/^\*\*\//, '')).replace(/^\\/, '');
  return `${isNegative ? '!/' : ''}${folder}${isTied ? '/' : '/**/'}${bare}`;
}

/** The topmost folder below the root, on the way to this one, that has a `.dvc` of its own. */
function findRepository(root: string, folder: string): string | undefined {
  if (folder === root) return undefined;
  return findRepository(root, dirname(folder)) ?? (existsSync(join(folder, '.dvc')) ? folder : undefined);
}

function isFolderAt(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function toRelpath(root: string, path: string): string {
  const relpath = path.startsWith(root + sep) ? path.slice(root.length + 1) : relative(root, path);
  return sep === '/' ? relpath : relpath.replaceAll(sep, '/');
}
