// A Store in a folder: the embedded default, for one machine or a shared disk. Files are written whole and never changed.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestBytes } from '#lib/documents/canonical.ts';
import { unreadable } from '#lib/documents/read.ts';
import { writeWhole } from '#lib/documents/write.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';
import type { Store } from '#lib/storage/store.ts';

const DIGEST = /^sha256:([0-9a-f]{2})[0-9a-f]{62}$/u;

/** Opens the store in a folder, which is made when something is first kept. */
export function openFolderStore(folder: string): Store {
  return {
    read: async digest => {
      const file = fileOf(folder, digest);
      const bytes = await readOptional(file);
      if (bytes === undefined || digestBytes(bytes) === digest) return bytes;
      throw new ConfigurationError(`The store holds other bytes than ${digest} says`, {
        at: { file },
        remedy: 'If main still has this model, run mainline release; else copy the file from another store.',
      });
    },
    write: async bytes => {
      const digest = digestBytes(bytes);
      await writeWhole(fileOf(folder, digest), bytes);
      return digest;
    },
  };
}

/** Two hex digits as a folder, so that no folder grows too large. */
function fileOf(folder: string, digest: string): string {
  const start = DIGEST.exec(digest)?.[1];
  if (start === undefined) throw new RangeError(`${digest} is not a digest`);
  return join(folder, 'sha256', start, digest.slice('sha256:'.length));
}

async function readOptional(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return undefined;
    throw unreadable(file, error);
  }
}
