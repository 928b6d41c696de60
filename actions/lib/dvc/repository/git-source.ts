// A commit as a source, read as data: one listing of the tree, and texts in as few batches as the caller lets us.
import { join, relative, sep } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import { type FindOptions, isDvcFile, type Source, type SourceEntry } from '#lib/dvc/repository/source.ts';
import { decodeText, type Ignores } from '#lib/dvc/repository/work-tree-source.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { Git } from '#lib/git/git.ts';

export interface GitSourceOptions {
  /** Absolute; DVC's root in the work tree, where paths are as if the commit were checked out. */
  readonly root: string;
  /** As the user named it. */
  readonly revision: string;
  readonly git: Git;
  /** Both absolute; DVC's root may be a folder of git's. */
  readonly gitRoot: string;
  /** Made from the commit's .dvcignore files. */
  readonly createIgnore: (read: (path: string) => string | undefined) => Ignores;
}

interface Blob {
  readonly id: string;
  readonly mode: string;
}

const MODE = { executable: '100755', link: '120000', submodule: '160000' } as const;
/** Read with the listing: what nearly every question about a commit needs. */
const ALWAYS_READ = /(?:^|\/)(?:dvc\.lock|params\.yaml|\.dvcignore)$/;

/** @throws ConfigurationError when git knows no such revision. */
export async function createGitSource(options: GitSourceOptions): Promise<Source> {
  const { root, revision, git, gitRoot } = options;
  const commit = await git.resolve(revision);
  if (commit === undefined) {
    throw new ConfigurationError(`git knows no revision ${revision}`, {
      remedy: 'Name a branch, a tag or a commit; in a shallow clone fetch more history first.',
    });
  }
  const prefix = relative(gitRoot, root).split(sep).join('/');
  const tree = new Map<string, Blob>();
  for (const { path, id, mode } of await git.listFiles(commit, prefix)) {
    if (prefix === '' || path.startsWith(`${prefix}/`)) tree.set(join(gitRoot, path), { id, mode });
  }
  const texts = await openTexts(tree, git);
  const isIgnored = options.createIgnore(path => texts.peek(path));
  const folders = groupByFolder(tree);
  return {
    root,
    name: revision,
    readText: path => texts.read(path),
    prefetch: paths => texts.prefetch(paths),
    findDvcFiles: find => findDvcFiles([...tree.keys()], { root, isIgnored, folders, ...find }),
    list: async folder => {
      const names = folders.get(folder);
      if (!names) return undefined;
      await texts.prefetch([...names.keys()].map(name => join(folder, name)));
      return [...names]
        .map(([name, isFolder]): SourceEntry => {
          const blob = tree.get(join(folder, name));
          const isExecutable = blob?.mode === MODE.executable;
          return { name, isFolder, isExecutable, size: blob ? texts.size(blob.id) : 0 };
        })
        .filter(({ name, isFolder }) => !isIgnored(join(folder, name), isFolder))
        .sort((a, b) => compareText(a.name, b.name));
    },
  };
}

interface Texts {
  readonly prefetch: (paths: readonly string[]) => Promise<void>;
  readonly read: (path: string) => Promise<string | undefined>;
  /** Only what has been read already. */
  readonly peek: (path: string) => string | undefined;
  readonly size: (id: string) => number;
}

async function openTexts(tree: ReadonlyMap<string, Blob>, git: Git): Promise<Texts> {
  const blobs = new Map<string, Uint8Array>();
  const prefetch = async (paths: readonly string[]): Promise<void> => {
    const wanted = paths.flatMap(path => {
      const blob = tree.get(path);
      return blob && blob.mode !== MODE.submodule && !blobs.has(blob.id) ? [blob.id] : [];
    });
    if (wanted.length === 0) return;
    for (const [id, bytes] of await git.readBlobs([...new Set(wanted)])) blobs.set(id, bytes);
  };
  await prefetch([...tree.keys()].filter(path => ALWAYS_READ.test(path) || isDvcFile(nameOf(path))));
  const peek = (path: string): string | undefined => {
    const blob = tree.get(path);
    const bytes = blob && blob.mode !== MODE.link ? blobs.get(blob.id) : undefined;
    return bytes && decodeText(bytes, path);
  };
  const read = async (path: string): Promise<string | undefined> => {
    await prefetch([path]);
    return peek(path);
  };
  return { prefetch, peek, read, size: id => blobs.get(id)?.length ?? 0 };
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf(sep) + 1);

/** Of every folder its names, true for folders. */
function groupByFolder(tree: ReadonlyMap<string, Blob>): ReadonlyMap<string, ReadonlyMap<string, boolean>> {
  const folders = new Map<string, Map<string, boolean>>();
  for (const path of tree.keys()) {
    let [inner, isFolder] = [path, false];
    for (let at = inner.lastIndexOf(sep); at > 0; at = inner.lastIndexOf(sep)) {
      const folder = inner.slice(0, at);
      const names = folders.get(folder);
      if (names?.has(inner.slice(at + 1))) break;
      folders.set(folder, (names ?? new Map()).set(inner.slice(at + 1), isFolder));
      [inner, isFolder] = [folder, true];
    }
  }
  return folders;
}

interface Find extends FindOptions {
  readonly root: string;
  readonly isIgnored: Ignores;
  readonly folders: ReadonlyMap<string, ReadonlyMap<string, boolean>>;
}

async function findDvcFiles(paths: readonly string[], find: Find): Promise<readonly string[]> {
  const outputs = new Set<string>();
  const found: string[] = [];
  const byDepth = paths
    .filter(path => isDvcFile(nameOf(path)))
    .sort((a, b) => a.split(sep).length - b.split(sep).length || compareText(a, b));
  for (const file of byDepth) {
    const isLeftOut = foldersOf(file, find.root).some(
      folder => outputs.has(folder) || find.folders.get(folder)?.get('.dvc') || find.isIgnored(folder, true),
    );
    if (isLeftOut || find.isIgnored(file, false)) continue;
    found.push(file);
    for (const output of (await find.outputsOf?.(file)) ?? []) outputs.add(output);
  }
  return found.sort(compareText);
}

/** The folders between the root and a file, the root left out. */
function foldersOf(file: string, root: string): readonly string[] {
  const parts = file.slice(root.length + 1).split(sep);
  return parts.slice(0, -1).map((_, index) => join(root, ...parts.slice(0, index + 1)));
}
