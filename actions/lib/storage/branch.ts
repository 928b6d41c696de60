// A Store on a branch of the repository: what was released travels with git, and nobody needs another account. For
// models of a few dozen megabytes; larger ones belong into an object store or a registry.
import { digestBytes } from '#lib/documents/canonical.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { NewCommit, Repository } from '#lib/git/repository.ts';
import type { Store } from '#lib/storage/store.ts';

export const STORE_REF = 'refs/heads/mainline/store';

/** Forges refuse files of 100 MB. */
const MAX_BYTES = 95_000_000;
const ATTEMPTS = 20;
const DIGEST = /^sha256:([0-9a-f]{2})[0-9a-f]{62}$/u;

/** Opens the store on the branch `mainline/store`; the branch is made when something is first kept. */
export function openBranchStore(repository: Repository): Store {
  return {
    read: async digest => {
      const head = await repository.resolve(STORE_REF);
      const bytes = head === undefined ? undefined : await repository.readFile(head, pathOf(digest));
      if (bytes === undefined || digestBytes(bytes) === digest) return bytes;
      throw new ConfigurationError(`The branch mainline/store holds other bytes than ${digest} says`, {
        at: { file: pathOf(digest) },
        remedy: 'Somebody has edited it: restore the branch, and protect it as mainline/state.',
      });
    },
    write: async bytes => {
      const digest = digestBytes(bytes);
      if (bytes.length > MAX_BYTES) throw tooLarge(bytes.length);
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const head = await repository.resolve(STORE_REF);
        const kept = head === undefined ? undefined : await repository.readFile(head, pathOf(digest));
        if (kept && digestBytes(kept) === digest) return digest;
        const files = new Map([[pathOf(digest), bytes]]);
        const commit = await repository.commitFiles(head, files, noteOf(digest));
        if (await repository.updateRef(STORE_REF, commit, head)) return digest;
      }
      throw new ConfigurationError('The branch mainline/store moves faster than this can write to it', {
        remedy: 'Run it again; nothing was lost.',
      });
    },
  };
}

function pathOf(digest: string): string {
  const start = DIGEST.exec(digest)?.[1];
  if (start === undefined) throw new RangeError(`${digest} is not a digest`);
  return `sha256/${start}/${digest.slice('sha256:'.length)}`;
}

/** The same bytes give the same commit on the same parent. */
function noteOf(digest: string): NewCommit {
  return {
    message: `keep ${digest}`,
    author: { name: 'mainline', email: 'mainline@localhost', at: '2000-01-01T00:00:00Z' },
  };
}

function tooLarge(bytes: number): ConfigurationError {
  return new ConfigurationError(`The model has ${bytes} bytes, and a branch takes ${MAX_BYTES} of one file`, {
    remedy: 'Make the model smaller, or keep bytes in another store.',
  });
}
