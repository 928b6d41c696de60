// A bucket in a folder: a disk of this machine or a share that is mounted. Laid out so that DVC finds it as it would have
// left it: objects read-only, nothing half-written under an object's name.
import { createHash, hash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  createReadStream,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import { hasCode } from '#lib/errors.ts';
import type { Bucket, BucketEntry, BucketOptions } from '#lib/storage/bucket.ts';
import { BucketFailure } from '#lib/storage/bucket-failure.ts';

export interface FolderBucketOptions {
  /** Absolute; made when the first object comes. */
  readonly folder: string;
  /** `shared = group`: folders belong to the group. */
  readonly shared?: boolean;
}

const READ_ONLY = 0o444;
const PLAIN = 0o666;
/** Below this, one read and one write cost less than a copy by the operating system and a second read for the hash. */
const SMALL_BYTES = 1024 * 1024;
const ABANDONED_MS = 24 * 60 * 60 * 1000;
const PARALLEL = 4;
const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS'];

export function openFolderBucket({ folder, shared = false }: FolderBucketOptions): Bucket {
  const temporaries = join(folder, 'tmp');
  const series = join(temporaries, `mainline-${randomBytes(8).toString('hex')}-`);
  const mustChmod = (process.umask() & READ_ONLY) !== 0;
  let count = 0;
  const pathOf = (name: string) => join(folder, checkName(name));
  const prepare = () => {
    if (count === 0) {
      makeFolder(temporaries, shared);
      removeAbandoned(temporaries);
    }
    return `${series}${(count++).toString(36)}`;
  };
  const publish = (temporary: string, path: string) => {
    if (mustChmod && isObject(path)) chmodSync(temporary, READ_ONLY);
    try {
      renameSync(temporary, path);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      makeFolder(dirname(path), shared);
      renameSync(temporary, path);
    }
  };
  const upload = async (file: string, name: string, options: BucketOptions) => {
    const temporary = prepare();
    try {
      const size = sizeOf(file);
      if (size < SMALL_BYTES) copySmall(file, temporary, options.expectedMd5);
      else await copyLarge(file, temporary, options);
      if (!isObject(name)) chmodSync(temporary, PLAIN & ~process.umask());
      publish(temporary, pathOf(name));
      options.onBytes?.(size < SMALL_BYTES ? size : 0);
    } catch (cause) {
      rmSync(temporary, { force: true });
      throw failure(cause, name, folder);
    }
  };
  return {
    url: folder,
    jobs: PARALLEL,
    canList: true,
    folder: { path: folder, shared },
    list: prefix => listNames(folder, prefix),
    find: async name => {
      try {
        const info = statSync(pathOf(name), { throwIfNoEntry: false });
        return info?.isFile() ? { name, size: info.size } : undefined;
      } catch (cause) {
        throw failure(cause, name, folder);
      }
    },
    download: async (name, file, { signal, onBytes } = {}) => {
      signal?.throwIfAborted();
      try {
        const mode = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
        const size = sizeOf(pathOf(name));
        if (size < SMALL_BYTES) copyFileSync(pathOf(name), file, mode);
        else await copyFile(pathOf(name), file, mode);
        onBytes?.(size);
      } catch (cause) {
        // Whoever only reads at the remote needs no room there.
        const isHere = NO_ROOM.some(code => hasCode(cause, code));
        throw isHere ? unwritable(dirname(file), cause) : failure(cause, name, folder);
      }
    },
    upload: (file, name, options = {}) => {
      options.signal?.throwIfAborted();
      return upload(file, name, options);
    },
    remove: async names => {
      for (const name of names) rmSync(pathOf(name), { force: true });
    },
    close: () => {},
  };
}

/** Objects are named by their bytes and never change; entries of the run-cache are plain files, as DVC leaves them. */
function isObject(name: string): boolean {
  return /[/\\][0-9a-f]{2}[/\\][0-9a-f]{30}(?:\.dir)?$/u.test(`/${name}`);
}

/** Names become paths: what is no plain name must not. */
function checkName(name: string): string {
  if (/^(?:[\w.-]+\/)*[\w.-]+$/u.test(name) && !/(?:^|\/)\.\.?(?:\/|$)/u.test(name)) return name;
  throw new BucketFailure('damaged', `${JSON.stringify(name)} is not the name of an object`);
}

/** A named pipe or a device would be read for ever. */
function sizeOf(path: string): number {
  const info = statSync(path);
  if (info.isFile()) return info.size;
  throw new BucketFailure('damaged', `${path} is no file`, {
    remedy: 'Remove it, then push from where the data is, or track it again: mainline dvc commit',
  });
}

function copySmall(file: string, temporary: string, expectedMd5: string | undefined): void {
  const bytes = readFileSync(file);
  if (expectedMd5 !== undefined && hash('md5', bytes) !== expectedMd5) throw damaged(file);
  writeFileSync(temporary, bytes, { flag: 'wx', mode: READ_ONLY });
}

/** Hashes while the operating system copies; large files are worth being on the disk before they have their name. */
async function copyLarge(
  file: string,
  temporary: string,
  { expectedMd5, signal, onBytes }: BucketOptions,
): Promise<void> {
  const copying = copyFile(file, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  // A failure of the hashing below must not leave this promise alone.
  copying.catch(() => {});
  const digest = createHash('md5');
  for await (const chunk of createReadStream(file, { highWaterMark: SMALL_BYTES, signal })) {
    digest.update(chunk);
    onBytes?.(chunk.length);
  }
  await copying;
  if (expectedMd5 !== undefined && digest.digest('hex') !== expectedMd5) throw damaged(file);
  chmodSync(temporary, READ_ONLY);
  const handle = openSync(temporary, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function damaged(file: string): BucketFailure {
  return new BucketFailure('damaged', `The bytes of ${file} are not what its name says`, {
    remedy: 'Remove it from the cache, then track the data again: mainline dvc commit',
  });
}

async function* listNames(folder: string, prefix: string): AsyncGenerator<readonly BucketEntry[]> {
  const cut = prefix.lastIndexOf('/') + 1;
  yield* walk(folder, prefix.slice(0, cut), prefix.slice(cut));
}

function* walk(folder: string, under: string, start: string): Generator<readonly BucketEntry[]> {
  const found = readFolder(join(folder, under)).filter(({ name }) => name.startsWith(start));
  const files = found.filter(entry => entry.isFile()).map(({ name }) => `${under}${name}`);
  if (files.length > 0) {
    yield files.flatMap(name => {
      const info = statSync(join(folder, name), { throwIfNoEntry: false });
      return info ? { name, size: info.size } : [];
    });
  }
  for (const entry of found) if (entry.isDirectory()) yield* walk(folder, `${under}${entry.name}/`, '');
}

function readFolder(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
    throw failure(error, path, path);
  }
}

function makeFolder(path: string, shared: boolean): void {
  const first = mkdirSync(path, { recursive: true });
  if (first === undefined || !shared) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) chmodSync(made, 0o2775);
}

/** What killed runs left; files of runs that still go are younger. */
function removeAbandoned(temporaries: string): void {
  for (const { name } of readFolder(temporaries)) {
    const path = join(temporaries, name);
    const info = name.startsWith('mainline-') ? statSync(path, { throwIfNoEntry: false }) : undefined;
    if (info && Date.now() - Math.max(info.mtimeMs, info.ctimeMs) > ABANDONED_MS)
      rmSync(path, { force: true, recursive: true });
  }
}

function failure(cause: unknown, name: string, folder: string): unknown {
  if (cause instanceof BucketFailure) return cause;
  if (hasCode(cause, 'ENOENT')) return new BucketFailure('missing', `${folder} has no ${name}`, { cause });
  if (hasCode(cause, 'EACCES') || hasCode(cause, 'EPERM') || hasCode(cause, 'EROFS')) {
    return new BucketFailure('denied', `${folder} does not let this user read or write ${name}`, {
      cause,
      remedy: 'Look at the permissions of the folder.',
    });
  }
  if (hasCode(cause, 'ENOSPC') || hasCode(cause, 'EDQUOT')) {
    return new BucketFailure('full', `There is no room left at ${folder}`, { cause });
  }
  if (hasCode(cause, 'EFBIG')) {
    return new BucketFailure('full', `Files of the size of ${name} may not be written (ulimit -f)`, {
      cause,
    });
  }
  if (hasCode(cause, 'EIO') || hasCode(cause, 'ENOTDIR') || hasCode(cause, 'ESTALE')) {
    return new BucketFailure('unavailable', `${folder} cannot be used for ${name}`, { cause });
  }
  return cause;
}
