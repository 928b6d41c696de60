// What a file of metrics or parameters holds at one revision, wherever that revision keeps it: in git, in the work tree, or
// as an object of the cache that dvc.lock names.
import { readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import { parseAny } from '#lib/dvc/pipeline/params-file.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import { indexedOutputs } from '#lib/dvc/repository/indexed-stage.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import type { Value } from '#lib/dvc/values/value.ts';
import { atRevision, ConfigurationError, hasCode } from '#lib/errors.ts';

/** DVC's name for what went wrong, and its text. */
export interface FileFailure {
  readonly type: string;
  readonly msg: string;
  /** Ours, with the place. */
  readonly cause?: ConfigurationError | undefined;
}

export type FileResult = { readonly data: Value } | { readonly error: FileFailure };

export interface Revision {
  readonly index: RepositoryIndex;
  readonly cache: ObjectCache;
}

/** A folder stands for the files in it. @param paths absolute */
export async function expandFolders(
  paths: readonly string[],
  revision: Revision,
): Promise<readonly string[]> {
  const found = await Promise.all(paths.map(path => expandFolder(path, revision)));
  return [...new Set(found.flat())];
}

async function expandFolder(path: string, { index, cache }: Revision): Promise<readonly string[]> {
  const entries = await index.source.list(path);
  if (entries) {
    const inner = await Promise.all(
      entries.map(({ name, isFolder }) =>
        isFolder ? expandFolder(join(path, name), { index, cache }) : [join(path, name)],
      ),
    );
    return inner.flat();
  }
  const locked = indexedOutputs(index).find(({ output }) => output.absolute === path)?.locked;
  if (!locked?.md5.endsWith('.dir')) return [path];
  const tree = cache.readTree(locked.md5, locked.hash);
  return tree ? tree.map(({ relpath }) => join(path, ...relpath.split('/'))) : [path];
}

/** What the files hold; those that cannot be read say why. */
export async function readFiles(
  paths: readonly string[],
  revision: Revision,
  select: (data: Value, path: string) => Value = data => data,
): Promise<ReadonlyMap<string, FileResult>> {
  await revision.index.source.prefetch?.(paths);
  const results = await Promise.all(
    paths.map(async path => [path, await readFile(path, revision, select)] as const),
  );
  return new Map(results);
}

async function readFile(
  path: string,
  revision: Revision,
  select: (data: Value, path: string) => Value,
): Promise<FileResult> {
  const { root } = revision.index.source;
  const name = relative(root, path).split(sep).join('/');
  let text: string | undefined;
  try {
    text = (await revision.index.source.readText(path)) ?? readCached(path, revision);
  } catch {
    return { error: { type: 'UnicodeDecodeError', msg: `'${name}' is not UTF-8 text` } };
  }
  if (text === undefined) {
    return {
      error: { type: 'FileNotFoundError', msg: `[Errno 2] No storage files available: '${name}'` },
    };
  }
  try {
    return { data: select((await parseAny(text, path)) || new Map(), path) };
  } catch (cause) {
    const kind = KINDS[extname(path).toLowerCase()] ?? 'YAML';
    const msg = `unable to read: '${name}', ${kind} file structure is corrupted`;
    return { error: { type: `${kind}FileCorruptedError`, msg, ...inRevision(cause, revision) } };
  }
}

function inRevision(cause: unknown, { index }: Revision): Pick<FileFailure, 'cause'> {
  if (!(cause instanceof ConfigurationError)) return {};
  const { name } = index.source;
  return { cause: name === 'workspace' ? cause : atRevision(cause, name) };
}

const KINDS: Readonly<Record<string, string>> = { '.json': 'JSON', '.toml': 'TOML', '.py': 'Python' };

/** The object that dvc.lock or a .dvc file records for a path, or for a folder around it. */
function readCached(path: string, { index, cache }: Revision): string | undefined {
  const owner = indexedOutputs(index).find(({ output }) => isWithin(output.absolute, path));
  if (!owner?.locked) return undefined;
  const { md5, hash } = owner.locked;
  const inside = relative(owner.output.absolute, path).split(sep).join('/');
  const object =
    inside === '' ? md5 : cache.readTree(md5, hash)?.find(({ relpath }) => relpath === inside)?.md5;
  if (object === undefined || object.endsWith('.dir')) return undefined;
  try {
    return readFileSync(cache.pathOf(object, hash), 'utf8');
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined;
    throw cause;
  }
}
