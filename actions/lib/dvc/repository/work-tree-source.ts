// The work tree as a source. The walk for DVC's files is the one thing every verb does: it stays out of data, of what git
// and .dvcignore leave out, and of repositories inside this one.
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import { type FindOptions, isDvcFile, type Source, type SourceEntry } from '#lib/dvc/repository/source.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

/** True for a path that is left out; absolute. */
export type Ignores = (path: string, isFolder: boolean) => boolean;

/** Folders that hold what is never DVC's own. */
const CLOSED = new Set(['.git', '.hg', '.dvc']);

export interface WorkTreeSourceOptions {
  readonly root: string;
  /** By .dvcignore. */
  readonly isDvcIgnored: Ignores;
  readonly isGitIgnored: Ignores;
  readonly onLook?: OnLook | undefined;
}

/** Told of each text that is read or not there, and of each folder that is looked through. */
export type OnLook = (path: string, kind: 'text' | 'folder') => void;

export function createWorkTreeSource(options: WorkTreeSourceOptions): Source {
  return {
    root: options.root,
    name: 'workspace',
    readText: async path => {
      options.onLook?.(path, 'text');
      return readTextIfFile(path);
    },
    findDvcFiles: async (find = {}) => {
      const found: string[] = [];
      await walk(options.root, { ...options, find, found });
      return found.sort(compareText);
    },
    list: async folder => listFolder(folder, options),
  };
}

/** @throws ConfigurationError for bytes that are no UTF-8, or a file that may not be read. */
export function readTextIfFile(path: string): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (['ENOENT', 'EISDIR', 'ENOTDIR'].some(code => hasCode(error, code))) return undefined;
    if (!hasCode(error, 'EACCES')) throw error;
    throw new ConfigurationError(`${path} may not be read`, {
      at: { file: path },
      remedy: 'Give yourself permission to read it.',
      cause: error,
    });
  }
  return decodeText(bytes, path);
}

/** @throws ConfigurationError naming the file. */
export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ConfigurationError(`${file} is not UTF-8 text`, {
      at: { file },
      remedy: 'Save it as UTF-8.',
      cause,
    });
  }
}

interface Walk extends WorkTreeSourceOptions {
  readonly find: FindOptions;
  readonly found: string[];
}

async function walk(folder: string, task: Walk): Promise<void> {
  task.onLook?.(folder, 'folder');
  const entries = readFolder(folder);
  const outputs = new Set<string>();
  const files = entries.filter(entry => isDvcFile(entry.name) && isFile(entry, folder));
  for (const { name } of files.sort((a, b) => compareText(a.name, b.name))) {
    const file = join(folder, name);
    if (task.isDvcIgnored(file, false) || task.isGitIgnored(file, false)) continue;
    task.found.push(file);
    for (const output of (await task.find.outputsOf?.(file)) ?? []) outputs.add(output);
  }
  for (const entry of entries) {
    if (!entry.isDirectory() || CLOSED.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (outputs.has(path) || task.isDvcIgnored(path, true) || task.isGitIgnored(path, true)) continue;
    task.onLook?.(join(path, '.dvc'), 'text');
    if (!isFolder(join(path, '.dvc'))) await walk(path, withOutputs(task, outputs));
  }
}

/** Outputs may lie deeper than the file that names them. */
function withOutputs(task: Walk, outputs: ReadonlySet<string>): Walk {
  if (outputs.size === 0) return task;
  const { isDvcIgnored } = task;
  return {
    ...task,
    isDvcIgnored: (path, isFolder) => (isFolder && outputs.has(path)) || isDvcIgnored(path, isFolder),
  };
}

function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EACCES')) return [];
    throw error;
  }
}

function isFile(entry: Dirent, folder: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return statSync(join(folder, entry.name), { throwIfNoEntry: false })?.isFile() ?? false;
}

function listFolder(folder: string, options: WorkTreeSourceOptions): readonly SourceEntry[] | undefined {
  if (!isFolder(folder)) return undefined;
  return readFolder(folder)
    .flatMap(({ name }) => {
      const path = join(folder, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (!stat || (stat.isDirectory() && CLOSED.has(name))) return [];
      const isInner = stat.isDirectory();
      if (options.isDvcIgnored(path, isInner)) return [];
      return [
        {
          name,
          isFolder: isInner,
          isExecutable: isOwnerExecutable(stat.mode),
          size: isInner ? 0 : stat.size,
        },
      ];
    })
    .sort((a, b) => compareText(a.name, b.name));
}

const OWNER_EXECUTES = 0o100;

function isOwnerExecutable(mode: number): boolean {
  return (mode & OWNER_EXECUTES) !== 0;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
