// GitObjects over isomorphic-git, for machines without git. One cache of parsed packs for all calls, since reading a pack
// index again for every blob costs more than the blob. Refs are moved under git's own lock file, which isomorphic-git
// does not heed: whoever has git on the same repository is never overwritten.
import fs from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import git, { type TreeEntry } from 'isomorphic-git';
import { compareText } from '#lib/documents/canonical.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';
import type { GitObjects } from '#lib/git/objects.ts';
import type { NewCommit, Signature, TreeFile } from '#lib/git/repository.ts';

type Files = ReadonlyMap<string, Uint8Array | string | null>;

/** Opens the objects of a git directory. */
export function openIsomorphicObjects(gitdir: string): GitObjects {
  const at = { fs, gitdir, cache: {} };

  const peel = async (oid: string): Promise<string> => {
    const { type, object } = await git.readObject({ ...at, oid, format: 'parsed' });
    if (type === 'commit') return oid;
    if (type === 'tag' && typeof object === 'object' && 'object' in object)
      return peel(String(object.object));
    throw new Error(`${oid} is a ${type}, not a commit`);
  };

  const resolve: GitObjects['resolve'] = async revision => {
    try {
      const isId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(revision);
      return await peel(isId ? revision : await git.resolveRef({ ...at, ref: revision }));
    } catch (error) {
      if (error instanceof git.Errors.NotFoundError) return undefined;
      throw error;
    }
  };

  const commitOf = async (revision: string): Promise<string> => {
    const commit = await resolve(revision);
    if (commit !== undefined) return commit;
    throw new ConfigurationError(`There is no commit ${revision}`, {
      at: { file: gitdir },
      remedy: 'Fetch it first.',
    });
  };

  const walk = async (tree: string, prefix: string): Promise<readonly TreeFile[]> => {
    const { tree: entries } = await git.readTree({ ...at, oid: tree });
    const found = await Promise.all(
      entries.map(async ({ mode, path, oid, type }) =>
        type === 'tree' ? walk(oid, `${prefix}${path}/`) : [{ path: `${prefix}${path}`, id: oid, mode }],
      ),
    );
    return found.flat();
  };

  const writeTree = async (tree: string | undefined, files: Files): Promise<string | undefined> => {
    const known: readonly TreeEntry[] =
      tree === undefined ? [] : (await git.readTree({ ...at, oid: tree })).tree;
    const entries = new Map(known.map(entry => [entry.path, entry]));
    const deeper = new Map<string, Map<string, Uint8Array | string | null>>();
    for (const [path, bytes] of files) {
      const [name = '', ...rest] = path.split('/');
      if (rest.length > 0) {
        deeper.set(name, (deeper.get(name) ?? new Map()).set(rest.join('/'), bytes));
      } else if (bytes === null) entries.delete(name);
      else {
        const blob = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
        const oid = await git.writeBlob({ ...at, blob });
        entries.set(name, { mode: '100644', path: name, oid, type: 'blob' });
      }
    }
    for (const [name, inside] of deeper) {
      const before = entries.get(name);
      const oid = await writeTree(before?.type === 'tree' ? before.oid : undefined, inside);
      if (oid === undefined) entries.delete(name);
      else entries.set(name, { mode: '040000', path: name, oid, type: 'tree' });
    }
    return entries.size === 0 ? undefined : git.writeTree({ ...at, tree: [...entries.values()] });
  };

  const commitTree: GitObjects['commitTree'] = (tree, parents, { message, author, committer = author }) =>
    git.writeCommit({
      ...at,
      commit: {
        tree,
        parent: [...parents],
        author: asPerson(author),
        committer: asPerson(committer),
        message,
      },
    });

  return {
    resolve,
    commitTree,
    refs: async prefix => {
      const folder = prefix.replace(/^refs\/|\/$/gu, '');
      const names = await git.listRefs({ ...at, filepath: `refs/${folder}` });
      const found = names.map(async name => {
        const ref = `refs/${folder}/${name}`;
        return { name: ref, commit: await git.resolveRef({ ...at, ref }) };
      });
      return (await Promise.all(found)).sort((a, b) => compareText(a.name, b.name));
    },
    listFiles: async (revision, folder) => {
      const { commit } = await git.readCommit({ ...at, oid: await commitOf(revision) });
      const files = await walk(commit.tree, '');
      const isBelow = (path: string): boolean => path === folder || path.startsWith(`${folder}/`);
      const wanted = folder === '' ? files : files.filter(({ path }) => isBelow(path));
      return wanted.toSorted((a, b) => compareText(a.path, b.path));
    },
    readBlobs: async ids => {
      const read = async (oid: string): Promise<readonly (readonly [string, Uint8Array])[]> => {
        try {
          return [[oid, (await git.readBlob({ ...at, oid })).blob]];
        } catch (error) {
          if (error instanceof git.Errors.NotFoundError || error instanceof git.Errors.ObjectTypeError)
            return [];
          throw error;
        }
      };
      return new Map((await Promise.all([...new Set(ids)].map(read))).flat());
    },
    readFile: async (revision, filepath) => {
      const oid = await resolve(revision);
      if (oid === undefined) return undefined;
      try {
        return (await git.readBlob({ ...at, oid, filepath })).blob;
      } catch (error) {
        if (error instanceof git.Errors.NotFoundError || error instanceof git.Errors.ObjectTypeError)
          return undefined;
        throw error;
      }
    },
    commitFiles: async (parent, files, note: NewCommit) => {
      const before =
        parent === undefined ? undefined : (await git.readCommit({ ...at, oid: parent })).commit.tree;
      const tree = (await writeTree(before, files)) ?? (await git.writeTree({ ...at, tree: [] }));
      return commitTree(tree, parent === undefined ? [] : [parent], note);
    },
    updateRef: (ref, next, previous) =>
      underLock(join(gitdir, ref), async () => {
        const found = await git.resolveRef({ ...at, ref }).catch(() => undefined);
        return found === previous ? next : undefined;
      }),
  };
}

/** Git's own protocol: make `<ref>.lock`, look again, write it whole, rename it into place. */
async function underLock(file: string, decide: () => Promise<string | undefined>): Promise<boolean> {
  const lock = `${file}.lock`;
  await mkdir(dirname(file), { recursive: true });
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(lock, 'wx');
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
  try {
    const next = await decide();
    if (next === undefined) return false;
    await handle.writeFile(`${next}\n`);
    await handle.sync();
    await rename(lock, file);
    return (await readFile(file, 'utf8')).trim() === next;
  } finally {
    await handle.close();
    await rm(lock, { force: true });
  }
}

function asPerson({ name, email, at }: Signature): {
  readonly name: string;
  readonly email: string;
  readonly timestamp: number;
  readonly timezoneOffset: number;
} {
  const [, sign, hours = '0', minutes = '0'] = /([+-])(\d\d):?(\d\d)$/u.exec(at) ?? [];
  const offset = Number(hours) * 60 + Number(minutes);
  return {
    ...{ name, email, timestamp: Math.floor(Date.parse(at) / 1000) },
    // Minutes that UTC is ahead, as JavaScript's own getTimezoneOffset has it.
    timezoneOffset: sign === '+' ? -offset : offset,
  };
}
