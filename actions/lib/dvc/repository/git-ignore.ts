// What git ignores, without asking git: DVC does not look for its files in ignored folders, where data lies, and starting
// git would take longer than the whole walk.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** True when git leaves a path out; absolute paths inside the work tree. */
export type IsIgnored = (path: string, isFolder: boolean) => boolean;

/** Makes names equal that git takes for one. */
type Fold = (name: string) => string;

const toLowerCase: Fold = name => name.toLowerCase();
const asIs: Fold = name => name;

interface Rules {
  readonly folder: string;
  readonly fold: Fold;
  /** Names right in the folder: the lines `/name` that DVC writes, one for each output. */
  readonly names: ReadonlySet<string>;
  /** All other lines. */
  readonly rules: Ignore | undefined;
}

/**
 * Reads `.gitignore` files as it comes by them, and `.git/info/exclude`.
 * @param gitRoot the top of the work tree; without one nothing is ignored.
 */
export function createGitIgnore(gitRoot: string | undefined): IsIgnored {
  if (gitRoot === undefined) return () => false;
  const folders = new Map<string, readonly Rules[]>();
  let fold: Fold | undefined;
  const ignored = new Map<string, boolean>();
  /** Nearest folder first: its rules win. */
  const rulesOf = (folder: string): readonly Rules[] => {
    const known = folders.get(folder);
    if (known) return known;
    fold ??= ignoresCase(gitRoot) ? toLowerCase : asIs;
    const outer = folder === gitRoot ? exclude(gitRoot, fold) : rulesOf(dirname(folder));
    const own = readRules(join(folder, '.gitignore'), { folder, fold });
    const all = own ? [own, ...outer] : outer;
    folders.set(folder, all);
    return all;
  };
  const isIgnored: IsIgnored = (path, isFolder) => {
    if (path === gitRoot || !path.startsWith(gitRoot + sep)) return false;
    const folder = dirname(path);
    if (isFolder) {
      const known = ignored.get(path);
      if (known !== undefined) return known;
    }
    const result = isIgnored(folder, true) || decide(path, { isFolder, rules: rulesOf(folder) });
    if (isFolder) ignored.set(path, result);
    return result;
  };
  return isIgnored;
}

function decide(
  path: string,
  { isFolder, rules }: { readonly isFolder: boolean; readonly rules: readonly Rules[] },
): boolean {
  for (const { folder, fold, names, rules: own } of rules) {
    const name = relative(folder, path).split(sep).join('/');
    if (names.has(fold(name))) return true;
    if (own === undefined) continue;
    const result = own.test(isFolder ? `${name}/` : name);
    if (result.ignored || result.unignored) return result.ignored;
  }
  return false;
}

function exclude(gitRoot: string, fold: Fold): readonly Rules[] {
  const rules = readRules(join(gitRoot, '.git', 'info', 'exclude'), { folder: gitRoot, fold });
  return rules ? [rules] : [];
}

/** Files of git's own that decide what it ignores, or where it keeps these. @param gitRoot the top of the work tree */
export function gitFiles(gitRoot: string): readonly string[] {
  const git = join(gitRoot, '.git');
  const isLinked = statSync(git).isFile();
  const config = configOf(git);
  const links = isLinked ? [git, join(gitFolder(git), 'commondir')] : [];
  return [config, join(git, 'info', 'exclude'), ...links];
}

/** What git holds; not there before the first file is added. @param gitRoot the top of the work tree */
export function gitIndexFile(gitRoot: string): string {
  const git = join(gitRoot, '.git');
  return join(statSync(git).isFile() ? gitFolder(git) : git, 'index');
}

/** `core.ignorecase` of the repository itself, where `git init` writes it on file systems that are so. */
function ignoresCase(gitRoot: string): boolean {
  let text: string;
  try {
    text = readFileSync(configOf(join(gitRoot, '.git')), 'utf8');
  } catch {
    return false;
  }
  let section = '';
  for (const line of text.split(/\r?\n/u)) {
    section = /^\s*\[\s*([^\]]*?)\s*\]/u.exec(line)?.[1]?.toLowerCase() ?? section;
    const setting = /^\s*(?:\[[^\]]*\])?\s*ignorecase\s*(?:=\s*([^\s#;]*)|$)/iu.exec(line);
    if (section === 'core' && setting) return /^(?:true|yes|on|1|)$/iu.test(setting[1] ?? '');
  }
  return false;
}

/** Where the file of a linked work tree leads. */
function gitFolder(git: string): string {
  return resolve(dirname(git), readFileSync(git, 'utf8').replace(/^gitdir:\s*|\s+$/gu, ''));
}

/** A linked work tree has a file that leads to its repository. */
function configOf(git: string): string {
  if (statSync(git).isDirectory()) return join(git, 'config');
  const folder = gitFolder(git);
  const common = join(folder, 'commondir');
  return join(existsSync(common) ? resolve(folder, readFileSync(common, 'utf8').trim()) : folder, 'config');
}

function readRules(
  file: string,
  { folder, fold }: { readonly folder: string; readonly fold: Fold },
): Rules | undefined {
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, 'utf8').split(/\r?\n/u);
  // What an exception takes back depends on the order of all lines.
  const isPlain = (line: string) => PLAIN_LINE.test(line) && !hasExceptions;
  const hasExceptions = lines.some(line => line.startsWith('!'));
  const names = new Set(lines.filter(isPlain).map(line => fold(line.slice(1))));
  const others = lines.filter(line => line !== '' && !line.startsWith('#') && !isPlain(line));
  const rules =
    others.length > 0
      ? ignore({ allowRelativePaths: false, ignorecase: fold !== asIs }).add(others)
      : undefined;
  return { folder, fold, names, rules };
}

const PLAIN_LINE = /^\/[\w-][\w.-]*$/;

/** The folder that holds `.git`, from a folder upwards; undefined outside of git. */
export function findGitRoot(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : findGitRoot(parent);
}
