// Models in memory by the digest of their bytes: loaded once, shared by every table that names them, and closed when no
// table reaches them and the last reading of the repository did not ask for them.
import { ConfigurationError } from '#lib/errors.ts';
import { inspectModel } from '#lib/onnx/inspect.ts';
import { openScorer } from '#lib/onnx/session.ts';
import type { VersionRecord } from '#lib/registry/version-record.ts';
import { batchScores } from '#lib/serving/batch.ts';
import { describeSignature, widthOf } from '#lib/serving/signature.ts';
import type { LoadedModel } from '#lib/serving/table.ts';
import type { Store } from '#lib/storage/store.ts';
import type { Table } from '#lib/tables/table.ts';

/** A released version's bytes are bounded by its own record. */
const MOST_BYTES = 2_000_000_000;

export interface ModelCache {
  /** A reading begins: what it does not ask for may go at its end. */
  begin(): void;
  /**
   * The model of a record.
   * @throws ConfigurationError when its bytes are missing, are others, or are no model that can be served
   */
  load(record: VersionRecord): Promise<LoadedModel>;
  /** A reading has ended. */
  end(): void;
  /** Closes what nothing needs any more; between readings only. */
  sweep(): void;
  closeAll(): Promise<void>;
}

interface Entry {
  /** Nothing where the bytes are missing. */
  readonly model: Promise<LoadedModel | undefined>;
  loaded: LoadedModel | undefined;
}

/** @param reachable models that tables still reach */
export function createModelCache(store: Store, reachable: () => ReadonlySet<LoadedModel>): ModelCache {
  const entries = new Map<string, Entry>();
  let asked = new Set<string>();
  let isReading = false;

  const start = (key: string, record: VersionRecord): Entry => {
    const entry: Entry = { model: openModel(record, store), loaded: undefined };
    entries.set(key, entry);
    entry.model.then(
      model => {
        entry.loaded = model;
        // What is missing may come.
        if (!model) entries.delete(key);
      },
      () => entries.delete(key),
    );
    return entry;
  };

  const sweep = (): void => {
    if (isReading) return;
    const alive = reachable();
    for (const [key, { loaded }] of [...entries]) {
      if (!loaded || asked.has(key) || alive.has(loaded)) continue;
      entries.delete(key);
      void loaded.close();
    }
  };

  return {
    begin: () => {
      isReading = true;
      asked = new Set();
    },
    load: async record => {
      const key = keyOf(record);
      asked.add(key);
      return (await (entries.get(key) ?? start(key, record)).model) ?? missing(record);
    },
    end: () => {
      isReading = false;
      sweep();
    },
    sweep,
    closeAll: async () => {
      await Promise.all([...entries.values()].map(({ loaded }) => loaded?.close()));
      entries.clear();
    },
  };
}

/** The same bytes answer under another name, or with other features or classes, as another model. */
function keyOf({ spec: { artifact, task, features, classes } }: VersionRecord): string {
  return JSON.stringify([artifact.sha256, task, features ?? null, classes ?? null]);
}

/** Two models may wait for the same bytes: each is told of by its own name. */
function missing({ metadata: { model, version }, spec }: VersionRecord): never {
  throw new ConfigurationError(
    `The bytes of ${model} ${version} (${spec.artifact.sha256}) are not in the store`,
    {
      remedy:
        'Release the version again, or copy the file from a store that has it; it is looked for all the time.',
    },
  );
}

async function openModel({ metadata, spec }: VersionRecord, store: Store): Promise<LoadedModel | undefined> {
  const { sha256, bytes: size } = spec.artifact;
  const bytes = await store.read(sha256);
  if (!bytes) return undefined;
  const maxBytes = Math.min(size, MOST_BYTES);
  inspectModel(bytes, { file: `${metadata.model} ${metadata.version}`, maxBytes });
  const { features, classes, task } = spec;
  const scorer = await openScorer(bytes, features === undefined ? {} : { features });
  try {
    const signature = describeSignature(scorer.interface, { features, task, classes });
    const score = classes ? (rows: Table) => scorer.scoreClasses(rows, classes.length) : scorer.score;
    return { digest: sha256, signature, score: batchScores(score, widthOf(signature)), close: scorer.close };
  } catch (error) {
    await scorer.close();
    throw error;
  }
}
