// mainline serve: an HTTP server and a follower around one routing table. Nothing else decides what serves.
import { join } from 'node:path';
import { errorMessage, hasCode } from '#lib/errors.ts';
import { storeFolder } from '#lib/flows/host.ts';
import { buildTable, tellChanges } from '#lib/flows/serve/build-table.ts';
import type { Tell } from '#lib/flows/serve/events.ts';
import { follow } from '#lib/flows/serve/follow.ts';
import { createModelCache, type ModelCache } from '#lib/flows/serve/model-cache.ts';
import { openSource } from '#lib/flows/serve/open-source.ts';
import { addressError } from '#lib/flows/serve/problem.ts';
import { snapshotReader } from '#lib/flows/serve/snapshot.ts';
import type { Heads, Source } from '#lib/flows/serve/source.ts';
import { type CurrentTable, createCurrentTable } from '#lib/serving/current-table.ts';
import { type RunningServer, startServer } from '#lib/serving/server.ts';
import { openBranchStore } from '#lib/storage/branch.ts';
import { openFolderStore } from '#lib/storage/folder.ts';
import { openSeveralStores } from '#lib/storage/several.ts';

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
  readonly tell: Tell;
  readonly signal: AbortSignal;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

/**
 * Serves until the signal; then takes no more requests and ends those under way.
 * @throws ConfigurationError when there is no repository, or the address cannot be had.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { environment, tell, signal, directory, pollMs } = options;
  const { source, localFolder } = await openSource(options.repository ?? directory, directory);
  const store =
    options.store ?? (source.isRemote ? join(localFolder, 'store') : storeFolder(source.repository));
  const tables = createCurrentTable(() => cache.sweep());
  const stores = openSeveralStores([openFolderStore(store), openBranchStore(source.repository)]);
  const cache = createModelCache(stores, tables.reachable);
  const server = await listen(options, tables);
  tell({ kind: 'listening', url: urlOf(options.host, server.port), source: source.name, store });
  // The end does not wait for a look at a repository that may be slow.
  const closed = whenAborted(signal).then(() => {
    tell({ kind: 'ending' });
    return server.close();
  });
  await follow(source, {
    ...{ pollMs, signal },
    take: createTake({ source, environment, tables, cache, tell }),
    onTrouble: problem => tell(problem ? { kind: 'unreachable', problem } : { kind: 'reachable' }),
  });
  await closed;
  await cache.closeAll();
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

interface Followed {
  readonly source: Source;
  readonly environment: string;
  readonly tables: CurrentTable;
  readonly cache: ModelCache;
  readonly tell: Tell;
}

/** Reads the branches, builds the next table and swaps it in. */
function createTake({
  source,
  environment,
  tables,
  cache,
  tell,
}: Followed): (heads: Heads) => Promise<boolean> {
  const read = snapshotReader(source.repository, environment);
  let isFirst = true;
  return async ({ main = '', state = null }) => {
    const previous = tables.current();
    cache.begin();
    try {
      const commits = { main, state };
      const snapshot = await read({ main, state: state ?? undefined });
      const next = await buildTable(snapshot, { environment, commits, previous, cache });
      tables.swap(next);
      for (const event of tellChanges(previous, next)) tell(event);
      if (isFirst && next.models.size === 0) tell({ kind: 'nothing' });
      isFirst = false;
      return [...next.models.values()].some(({ problem }) => problem !== null);
    } finally {
      cache.end();
    }
  };
}

async function listen(
  { host, port, version, now, random, tell }: ServeOptions,
  tables: CurrentTable,
): Promise<RunningServer> {
  const fail = onceAMinute(now, text => tell({ kind: 'failure', text }));
  try {
    return await startServer(
      { host, port },
      {
        ...{ tables, version, now, random },
        onBug: error => fail(`a bug: ${error instanceof Error ? error.stack : errorMessage(error)}`),
        onFailure: (model, of, error) => fail(`${model} ${of}: ${errorMessage(error)}`),
        onRefusedConnection: error => fail(describeRefusal(error)),
      },
    );
  } catch (error) {
    throw addressError(error, { host, port });
  }
}

function describeRefusal(error: Error): string {
  if (!hasCode(error, 'EMFILE') && !hasCode(error, 'ENFILE')) return errorMessage(error);
  return 'connections are refused: too many files are open; raise the limit (ulimit -n)';
}

/** A stranger who makes the same thing fail a thousand times fills no disk. */
function onceAMinute(now: () => number, tell: (text: string) => void): (text: string) => void {
  const told = new Map<string, number>();
  return text => {
    const last = told.get(text);
    if (last !== undefined && now() - last < 60_000) return;
    if (told.size >= 100) told.clear();
    told.set(text, now());
    tell(text);
  };
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
