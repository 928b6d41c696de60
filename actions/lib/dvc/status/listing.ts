// `dvc ls`: what lies in a repository, where tracked data stands among git's files whether it is checked out or not.
import { statSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import type { Source } from '#lib/dvc/repository/source.ts';
import { type DataNode, nodeAt } from '#lib/dvc/status/data-tree.ts';
import { ConfigurationError } from '#lib/errors.ts';

/** As `dvc ls --json` has it. */
export interface ListedEntry {
  /** True for tracked data and everything inside it. */
  readonly isout: boolean;
  readonly isdir: boolean;
  readonly isexec: boolean;
  /** Bytes; null where nobody knows them. */
  readonly size: number | null;
  /** As recorded, whatever the work tree holds. */
  readonly md5: string | null;
  readonly path: string;
}

export interface ListOptions {
  readonly source: Source;
  readonly data: DataNode;
  /** From the root, with forward slashes; '' is the root. */
  readonly path: string;
  /** Names entries from here (from the root) instead of from `path`. */
  readonly from?: string | undefined;
  readonly recursive: boolean;
  /** How deep `recursive` goes: 1 is the folder's own entries. */
  readonly level?: number | undefined;
  /** True names the folders that `recursive` goes into as well. */
  readonly withFolders?: boolean | undefined;
  /** Only data, without git's files. */
  readonly dvcOnly: boolean;
}

/** One name in a folder. */
export interface Listed extends Omit<ListedEntry, 'path'> {
  readonly name: string;
  readonly isTracked: boolean;
}

/** Sorted by path. @throws ConfigurationError when there is no such path, or a folder's files are not known. */
export async function listPath(options: ListOptions): Promise<readonly ListedEntry[]> {
  const { path, from = path, recursive } = options;
  const level = recursive ? options.level : undefined;
  const self = await findEntry(path, options);
  if (!self.isdir || level === 0) return [toEntry(self, posix.basename(path) || '.')];
  const found: ListedEntry[] = [];
  const walk = async (folder: string, depth: number): Promise<void> => {
    const prefix = posix.relative(from, folder);
    const showsFolders = !recursive || (level !== undefined && depth >= level);
    for (const entry of await listFolder(folder, options)) {
      const inner = posix.join(folder, entry.name);
      if (!entry.isdir || showsFolders || options.withFolders) {
        found.push(toEntry(entry, prefix === '' ? entry.name : `${prefix}/${entry.name}`));
      }
      if (entry.isdir && !showsFolders) await walk(inner, depth + 1);
    }
  };
  await walk(path, 1);
  return found.toSorted((a, b) => compareText(a.path, b.path));
}

function toEntry({ isout, isdir, isexec, size, md5 }: Listed, path: string): ListedEntry {
  return { isout, isdir, isexec, size, md5, path };
}

/** The entry of a path itself, which its folder has. */
async function findEntry(path: string, options: ListOptions): Promise<Listed> {
  if (path === '')
    return { name: '', isout: false, isdir: true, isexec: false, size: null, md5: null, isTracked: false };
  const folder = posix.dirname(path) === '.' ? '' : posix.dirname(path);
  const entries = await listFolder(folder, { ...options, dvcOnly: false });
  const found = entries.find(({ name }) => name === posix.basename(path));
  if (found) return found;
  throw new ConfigurationError(`There is no ${path} in ${options.source.name}`, {
    remedy: `See what there is: mainline dvc ls . ${folder}`.trim(),
  });
}

/** Git's files and tracked data of one folder together; repositories inside this one are left out. */
export async function listFolder(
  folder: string,
  { source, data, dvcOnly }: Pick<ListOptions, 'source' | 'data' | 'dvcOnly'>,
): Promise<readonly Listed[]> {
  const absolute = join(source.root, ...folder.split('/'));
  const files = (await source.list(absolute)) ?? [];
  const node = nodeAt(data, folder);
  const tracked = node?.children();
  if (node && !tracked) throw unlisted(folder, source);
  const named = new Map((dvcOnly ? [] : files).map(file => [file.name, file]));
  const names = [...new Set([...named.keys(), ...(tracked ?? new Map()).keys()])].sort(compareText);
  const listed = await Promise.all(
    names.map(async (name): Promise<readonly Listed[]> => {
      const [file, inner] = [named.get(name), tracked?.get(name)];
      if (file?.isFolder && (await source.list(join(absolute, name, '.dvc')))) return [];
      const isFolder = file ? file.isFolder : isFolderNode(inner);
      const size = file ? sizeOf(join(absolute, name), file, source) : recordedSize(inner);
      return [
        {
          name,
          isout: inner !== undefined && isTracked(data, posix.join(folder, name)),
          isdir: isFolder,
          isexec: file !== undefined && !file.isFolder && file.isExecutable,
          size: size ?? null,
          md5: inner?.entry?.md5 ?? null,
          isTracked: inner !== undefined,
        },
      ];
    }),
  );
  return listed.flat();
}

function isFolderNode(node: DataNode | undefined): boolean {
  return node !== undefined && (!node.entry || node.entry.isFolder);
}

/** DVC counts what was never recorded as nothing. */
function recordedSize(node: DataNode | undefined): number | undefined {
  return node?.entry && node.entry.md5 === undefined ? 0 : node?.entry?.size;
}

/** A folder takes what the file system says, as DVC shows it. */
function sizeOf(
  path: string,
  { isFolder, size }: { readonly isFolder: boolean; readonly size: number },
  { name }: Source,
): number | undefined {
  if (!isFolder) return size;
  return name === 'workspace' ? statSync(path, { throwIfNoEntry: false })?.size : 0;
}

/** True at and below an output. */
function isTracked(data: DataNode, path: string): boolean {
  const parts = path.split('/');
  return parts.some((_, index) => nodeAt(data, parts.slice(0, index + 1).join('/'))?.entry !== undefined);
}

function unlisted(folder: string, { name }: Source): ConfigurationError {
  const error = new ConfigurationError(
    `What ${folder.split('/').join(sep)} holds in ${name} is not in the cache`,
    {
      remedy: `Fetch it first: mainline dvc fetch ${folder}`,
    },
  );
  return Object.assign(error, { exitCode: 255 });
}
