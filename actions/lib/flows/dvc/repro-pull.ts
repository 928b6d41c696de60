// What a run with --pull brings from remotes: objects that stages lack, and earlier runs on the same inputs, asked for by
// their key alone. Remotes are opened when the first thing is missing.
import { existsSync } from 'node:fs';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import { fetchObjects } from '#lib/dvc/remotes/fetch.ts';
import { findRemoteRuns } from '#lib/dvc/remotes/runs.ts';
import type { Wanted } from '#lib/dvc/remotes/wanted.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import type { IndexedOutput } from '#lib/dvc/repository/repository-index.ts';
import type { Content } from '#lib/dvc/run/content.ts';
import { findRuns, runKey } from '#lib/dvc/run/run-cache.ts';
import type { Pull } from '#lib/dvc/run/workshop.ts';
import { type OpenRemote, openRemote } from '#lib/flows/dvc/open-remote.ts';

export interface ReproPullOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly content: Content;
  /** Everything that is recorded in the repository. */
  readonly outputs: readonly IndexedOutput[];
  /** Told once that there is no remote to pull from. */
  readonly onNote: (text: string) => void;
}

export interface ReproPull extends Pull {
  close(): void;
}

export function createPull(repository: DvcRepository, options: ReproPullOptions): ReproPull {
  const { signal, content, outputs, env, onNote } = options;
  const { cache, config } = repository;
  const open = new Map<string | undefined, Promise<OpenRemote>>();
  let isTold = false;
  const remoteOf = (name: string | undefined): Promise<OpenRemote> | undefined => {
    if (name === undefined && config.defaultRemote === undefined) {
      if (!isTold) onNote('there is no default remote to pull from');
      isTold = true;
      return undefined;
    }
    const known = open.get(name) ?? openRemote(repository, { remote: name, env });
    open.set(name, known);
    return known;
  };
  const fetch: Pull['fetch'] = async wanted => {
    for (const [name, own] of Map.groupBy(wanted, one => one.remote)) {
      const remote = await remoteOf(name);
      if (!remote) return false;
      const objects = own.map(
        ({ md5, hash }): Wanted => ({ md5, hash: hash ?? 'md5', path: '', remote: name }),
      );
      const { missing, failed } = await fetchObjects(objects, { cache, bucket: remote.bucket, signal });
      if (missing.length + failed.length > 0) return false;
    }
    return true;
  };
  return {
    fetch,
    async fetchPath(absolute) {
      for (const { output, locked } of outputs) {
        const isMeant = isWithin(output.absolute, absolute) || isWithin(absolute, output.absolute);
        if (!isMeant || !locked || existsSync(output.absolute)) continue;
        if (content.has(locked) || (await fetch([{ ...locked, remote: output.remote }]))) {
          await content.restore(locked, output.absolute);
        }
      }
    },
    async findRuns(inputs) {
      const remote = await remoteOf(undefined);
      if (!remote) return [];
      const count = await findRemoteRuns(runKey(inputs), { cache, bucket: remote.bucket, signal });
      return count > 0 ? findRuns(cache.folder, inputs) : [];
    },
    close() {
      for (const remote of open.values())
        void remote.then(
          ({ bucket }) => bucket.close(),
          () => {},
        );
    },
  };
}
