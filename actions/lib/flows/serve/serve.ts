// mainline serve: an HTTP server and a follower around one routing table. Nothing else decides what serves.
import { errorMessage } from '#lib/errors.ts';
import { storeFolder } from '#lib/flows/host.ts';
import { buildTable } from '#lib/flows/serve/build-table.ts';
import { follow } from '#lib/flows/serve/follow.ts';
import { createModelCache } from '#lib/flows/serve/model-cache.ts';
import { openSource } from '#lib/flows/serve/open-source.ts';
import { snapshotReader } from '#lib/flows/serve/snapshot.ts';
import { createCurrentTable } from '#lib/serving/current-table.ts';
import { startServer } from '#lib/serving/server.ts';
import type { Commits, Problem, ServingTable, Shares } from '#lib/serving/table.ts';
import { openFolderStore } from '#lib/storage/folder.ts';

export interface ServeOptions {
  readonly directory: string;
  readonly environment: string;
  /** Path or address; the folder worked in without it. */
  readonly repository?: string | undefined;
  /** Folder of the artifact store; the repository's own without it. */
  readonly store?: string | undefined;
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  readonly pollMs: number;
  readonly version: string;
  readonly tell: (event: ServeEvent) => void;
  readonly signal: AbortSignal;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

export type ServeEvent =
  | { readonly kind: 'listening'; readonly url: string; readonly source: string; readonly store: string }
  | {
      readonly kind: 'serving';
      readonly model: string;
      readonly traffic: Shares;
      readonly mirror: Shares;
      readonly why: string;
      readonly commits: Commits;
    }
  | { readonly kind: 'gone'; readonly model: string }
  | { readonly kind: 'problem'; readonly model: string; readonly problem: Problem }
  | { readonly kind: 'unreachable'; readonly why: string }
  | { readonly kind: 'reachable' }
  | { readonly kind: 'failure'; readonly text: string };

/**
 * Serves until the signal; then takes no more requests and ends those under way.
 * @throws ConfigurationError when there is no repository, or the address cannot be had.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { environment, tell, signal, directory } = options;
  const { source, localFolder } = await openSource(options.repository ?? directory, directory);
  const store = options.store ?? (source.isRemote ? `${localFolder}/store` : storeFolder(source.repository));
  const tables = createCurrentTable(() => cache.sweep());
  const cache = createModelCache(openFolderStore(store), tables.reachable);
  const read = snapshotReader(source.repository, environment);
  const server = await startServer(
    { host: options.host, port: options.port },
    {
      ...{ tables, version: options.version, now: options.now, random: options.random },
      onBug: error =>
        tell({ kind: 'failure', text: `a bug: ${error instanceof Error ? error.stack : error}` }),
      onFailure: (model, version, error) =>
        tell({ kind: 'failure', text: `${model} ${version}: ${errorMessage(error)}` }),
      onRefusedConnection: error => tell({ kind: 'failure', text: errorMessage(error) }),
    },
  );
  const shown = options.host.includes(':') ? `[${options.host}]` : options.host;
  tell({ kind: 'listening', url: `http://${shown}:${server.port}`, source: source.name, store });
  await follow(source, {
    pollMs: options.pollMs,
    signal,
    take: async heads => {
      const previous = tables.current();
      cache.begin();
      try {
        const commits = { main: heads.main ?? '', state: heads.state ?? null };
        const next = await buildTable(await read(heads), { environment, commits, previous, cache });
        tables.swap(next);
        tellChanges(previous, next, tell);
        return [...next.models.values()].some(({ problem }) => problem !== null);
      } finally {
        cache.end();
      }
    },
    onTrouble: why => tell(why === undefined ? { kind: 'reachable' } : { kind: 'unreachable', why }),
  });
  await server.close();
  await cache.closeAll();
}

function tellChanges(previous: ServingTable, next: ServingTable, tell: ServeOptions['tell']): void {
  for (const { name: model, route, problem } of next.models.values()) {
    const before = previous.models.get(model);
    if (problem && JSON.stringify(problem) !== JSON.stringify(before?.problem)) {
      tell({ kind: 'problem', model, problem });
    }
    if (!route || problem) continue;
    const { traffic, mirror, why, commits } = route;
    const isSame =
      before?.route?.why === why &&
      JSON.stringify([before.route.traffic, before.route.mirror]) === JSON.stringify([traffic, mirror]);
    if (!isSame) tell({ kind: 'serving', model, traffic, mirror, why, commits });
  }
  for (const model of previous.models.keys()) {
    if (!next.models.has(model)) tell({ kind: 'gone', model });
  }
}
