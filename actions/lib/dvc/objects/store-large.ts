// Takes one large file into the cache while its parts are read, hashed and written at the same time: this thread hashes,
// which takes longest, and the system moves the other parts meanwhile.
import { createHash } from 'node:crypto';
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import { objectPath } from '#lib/dvc/objects/object-path.ts';
import { assertSame, type Expected, type Store } from '#lib/dvc/objects/store.ts';
import { createNames, makeFolder, temporaryFolder } from '#lib/dvc/objects/temporary.ts';
import { unreadable } from '#lib/dvc/scan/looks.ts';

/** From here on it pays. */
export const LARGE_BYTES = 32 * 1024 * 1024;
const PART_BYTES = 1024 * 1024;

export interface LargeFile extends Expected {
  readonly path: string;
  /** Told the bytes of each part; what it throws ends the work. */
  readonly onPart: (bytes: number) => void;
}

/** @returns the MD5. @throws ConfigurationError when the file changes meanwhile or the disk is full */
export async function storeLargeFile(
  store: Store,
  { path, onPart, ...expected }: LargeFile,
): Promise<string> {
  const name = createNames(temporaryFolder(store.folder))();
  const source = await open(path, 'r').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    makeFolder(dirname(name), store.shared);
    const target = await open(name, 'wx', 0o444);
    const md5 = await pump(source, target, onPart).finally(() => target.close());
    assertSame(path, await source.stat(), expected);
    chmodSync(name, 0o444);
    const place = objectPath(store.folder, md5);
    makeFolder(dirname(place), store.shared);
    renameSync(name, place);
    return md5;
  } catch (cause) {
    rmSync(name, { force: true });
    throw unwritable(path, cause);
  } finally {
    await source.close();
  }
}

/** While a part is hashed here, it is written and the next one is read. */
async function pump(source: FileHandle, target: FileHandle, onPart: LargeFile['onPart']): Promise<string> {
  const digest = createHash('md5');
  let [part, spare] = [Buffer.allocUnsafeSlow(PART_BYTES), Buffer.allocUnsafeSlow(PART_BYTES)];
  let { bytesRead } = await source.read(part, 0, PART_BYTES);
  while (bytesRead > 0) {
    const bytes = part.subarray(0, bytesRead);
    const moved = Promise.all([source.read(spare, 0, PART_BYTES), writeAll(target, bytes)]);
    digest.update(bytes);
    const [next] = await moved;
    onPart(bytesRead);
    bytesRead = next.bytesRead;
    [part, spare] = [spare, part];
  }
  return digest.digest('hex');
}

async function writeAll(target: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await target.write(bytes, written)).bytesWritten;
  }
}
