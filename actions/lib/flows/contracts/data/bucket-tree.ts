// Files in an object store: listed there, each downloaded once and kept under its address and ETag. Where a store has no
// ETags nothing is kept, since the same name may hold other bytes tomorrow.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import { runPool } from '#lib/dvc/remotes/pool.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { BroughtFile, FileTree, FoundFile } from '#lib/flows/contracts/data/tree.ts';
import type { BucketEntry } from '#lib/storage/bucket.ts';
import { chooseBucket } from '#lib/storage/buckets.ts';

export interface BucketTreeOptions {
  /** `s3://bucket/folder`: what is listed begins with it. */
  readonly url: string;
  /** Of the server, as DVC's configuration names them. */
  readonly options: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; where downloads are kept. */
  readonly objects: string;
  /** Absolute; where they are put that cannot be kept. Whoever opens the tree removes it. */
  readonly temporary: string;
  readonly signal?: AbortSignal | undefined;
  /** Told of each download that is done. */
  readonly onDownload?: ((file: { readonly path: string; readonly bytes: number }) => void) | undefined;
}

/** The tree's paths are below the address. @throws BucketFailure, ConfigurationError for options of the server */
export async function openBucketTree(
  tree: BucketTreeOptions,
): Promise<FileTree & { readonly close: () => void }> {
  const { url, options, env, signal } = tree;
  const bucket = await chooseBucket({ url, options, env });
  const entries = new WeakMap<FoundFile, BucketEntry>();
  const download = async (entry: BucketEntry): Promise<BroughtFile> => {
    const { name, etag, size } = entry;
    const key = createHash('sha256')
      .update(JSON.stringify([url, options, name, etag, size]))
      .digest('hex');
    const folder = etag === undefined ? tree.temporary : tree.objects;
    const file = join(folder, key);
    if (existsSync(file)) return { file };
    mkdirSync(folder, { recursive: true });
    const part = join(folder, `part-${randomBytes(6).toString('hex')}`);
    try {
      await bucket.download(name, part, { signal });
      renameSync(part, file);
    } finally {
      rmSync(part, { force: true });
    }
    tree.onDownload?.({ path: `${bucket.url}/${name}`, bytes: size });
    return { file };
  };
  const bringAll = async (files: readonly FoundFile[]): Promise<readonly BroughtFile[]> => {
    const brought = new Map<FoundFile, BroughtFile>();
    await runPool(files, { jobs: bucket.jobs, signal }, async file => {
      const entry = entries.get(file);
      if (entry) brought.set(file, await download(entry));
    });
    return files.flatMap(file => brought.get(file) ?? []);
  };
  const own: FileTree & { readonly close: () => void } = {
    name: bucket.url,
    find: async path => {
      const found: BucketEntry[] = [];
      for await (const page of bucket.list(path, { signal })) {
        const isBelow = ({ name }: BucketEntry) =>
          path === '' || name === path || name.startsWith(`${path}/`);
        found.push(...page.filter(entry => isBelow(entry) && isPlainName(entry.name)));
      }
      return found
        .toSorted((a, b) => compareText(a.name, b.name))
        .map(entry => {
          const file: FoundFile = { tree: own, path: entry.name, bring: () => download(entry) };
          entries.set(file, entry);
          return file;
        });
    },
    bringAll,
    close: () => bucket.close(),
  };
  return own;
}

/** Some tools write an empty object for a folder. */
function isPlainName(name: string): boolean {
  return name !== '' && !name.endsWith('/') && !name.split('/').some(part => part.startsWith('.'));
}

/** A bucket's address, and what follows it. */
export function splitAddress(address: string): { readonly url: string; readonly path: string } {
  const [, bucket, rest = ''] = /^([a-z0-9+.-]+:\/\/[^/]+)\/?(.*)$/isu.exec(address) ?? [];
  if (bucket === undefined) {
    throw new ConfigurationError(`${address} is no address of an object store`, {
      remedy: 'Write it as s3://bucket/path.',
    });
  }
  return { url: bucket, path: rest.replace(/\/+$/u, '') };
}
