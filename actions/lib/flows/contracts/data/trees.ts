// The trees that a run looks in, each opened once: the work tree or a commit with what DVC tracks in it, a folder that the
// command line names, object stores.
import { createHash } from 'node:crypto';
import { join, relative, sep } from 'node:path';
import { openBucketTree, splitAddress } from '#lib/flows/contracts/data/bucket-tree.ts';
import { openCommitTree } from '#lib/flows/contracts/data/commit-tree.ts';
import { openDiskTree } from '#lib/flows/contracts/data/disk-tree.ts';
import { cacheFolderOf, openDvcTree } from '#lib/flows/contracts/data/dvc-tree.ts';
import type { Place } from '#lib/flows/contracts/data/place.ts';
import { type FileTree, joinTrees } from '#lib/flows/contracts/data/tree.ts';
import { type ContractPlace, dvcRootOf, type NamedCommit } from '#lib/flows/contracts/sources.ts';

export interface TreesOptions {
  readonly place: ContractPlace;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
  /** Absolute; where downloads are kept. */
  readonly objects: string;
  /** Absolute; removed in the end. */
  readonly temporary: string;
  readonly onDownload?: ((file: { readonly path: string; readonly bytes: number }) => void) | undefined;
}

export interface Trees {
  /** Of the repository, as a contract of it sees it. @param at the work tree without it */
  readonly repository: (contract: string, at?: NamedCommit) => Promise<FileTree>;
  /** Of an address, with the path to look for there. */
  readonly bucket: (place: Place) => Promise<{ readonly tree: FileTree; readonly pattern: string }>;
  readonly close: () => void;
}

export function openTrees(options: TreesOptions): Trees {
  const { place, objects, temporary, env, signal, onDownload } = options;
  const opened = new Map<string, Promise<FileTree>>();
  const closing: (() => void)[] = [];
  const once = (key: readonly unknown[], open: () => Promise<FileTree>): Promise<FileTree> => {
    const name = JSON.stringify(key);
    const known = opened.get(name) ?? open();
    opened.set(name, known);
    return known;
  };
  return {
    repository: (contract, at) => {
      const dvcRoot = dvcRootOf(place, contract);
      return once([dvcRoot, at?.commit], () => openRepository(options, dvcRoot, at));
    },
    bucket: async ({ pattern = '', options: server }) => {
      const { url, path } = splitAddress(pattern);
      const tree = await once([url, server], async () => {
        const shared = { env, signal, onDownload, temporary: join(temporary, hashOf(url)) };
        const bucket = await openBucketTree({ ...shared, url, options: server, objects });
        closing.push(bucket.close);
        return bucket;
      });
      return { tree, pattern: path };
    },
    close: () => {
      for (const close of closing) close();
    },
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

async function openRepository(
  { place, env, now, signal, temporary }: TreesOptions,
  dvcRoot: string | undefined,
  at: NamedCommit | undefined,
): Promise<FileTree> {
  const { root, git } = place;
  const prefix = dvcRoot === undefined ? '' : relative(root, dvcRoot).split(sep).join('/');
  const dvcOptions = { env, now, signal, prefix, revision: at?.commit };
  const openDvc = async (): Promise<FileTree | undefined> =>
    dvcRoot === undefined ? undefined : openDvcTree({ ...dvcOptions, root: dvcRoot });
  if (at && git) {
    const commit = openCommitTree({ git, commit: at.commit, name: at.name, folder: temporary });
    const tracked = await openDvc();
    return tracked ? joinTrees(at.name, [commit, tracked]) : commit;
  }
  if (dvcRoot === undefined) return openDiskTree(root);
  const disk = openDiskTree(root, { linkedFolder: () => cacheFolderOf({ ...dvcOptions, root: dvcRoot }) });
  const tracked = await openDvc();
  return tracked ? joinTrees('the work tree', [disk, tracked]) : disk;
}
