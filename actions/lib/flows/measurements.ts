// Costs measured on this machine, kept by the digest of the model file: what did not change is not measured again.
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { formatJson } from '#lib/documents/canonical.ts';
import { writeWhole } from '#lib/documents/write.ts';
import { type Cost, costSchema } from '#lib/evaluation/cost.ts';
import { measureServing } from '#lib/onnx/measure.ts';
import type { Table } from '#lib/tables/table.ts';

const storeSchema = z.record(z.string(), costSchema.partial());

/** What the training step writes where MAINLINE_MEASUREMENTS points: seconds by digest of the model file. */
export const trainingTimesSchema = z.record(z.string(), z.number());

export interface Measurements {
  /** Measures unless this very file was measured before. */
  cost(model: { readonly path: string; readonly sha256: string }, rows: Table): Promise<Cost>;
  /** Takes over the training times a step has written. */
  addTrainingTimes(file: string): Promise<void>;
  save(): Promise<void>;
}

/** Opens the store; one that cannot be read is begun anew, since everything in it can be measured again. */
export async function openMeasurements(file: string, { force = false } = {}): Promise<Measurements> {
  const store = await readStore(file);
  return {
    cost: async ({ path, sha256 }, rows) => {
      const known = store[sha256] ?? {};
      const isKnown = !force && typeof known.latency_p95_ms === 'number';
      const serving = isKnown ? {} : await measureFresh(path, rows);
      const size = (await stat(path)).size / 1e6;
      const cost = costSchema.parse({ training_time_s: null, ...known, ...serving, model_size_mb: size });
      store[sha256] = cost;
      return cost;
    },
    addTrainingTimes: async times => {
      const found = trainingTimesSchema.safeParse(await readJson(times));
      for (const [sha256, seconds] of Object.entries(found.data ?? {})) {
        store[sha256] = { ...store[sha256], training_time_s: seconds };
      }
    },
    save: async () => {
      await writeWhole(file, formatJson(store));
    },
  };
}

async function measureFresh(path: string, rows: Table): Promise<Partial<Cost>> {
  const { p50Ms, p95Ms, p99Ms, memoryMb } = await measureServing(path, rows);
  return { latency_p50_ms: p50Ms, latency_p95_ms: p95Ms, latency_p99_ms: p99Ms, memory_mb: memoryMb };
}

async function readStore(file: string): Promise<Record<string, Partial<Cost>>> {
  const parsed = storeSchema.safeParse(await readJson(file));
  return parsed.success ? (parsed.data as Record<string, Partial<Cost>>) : {};
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}
