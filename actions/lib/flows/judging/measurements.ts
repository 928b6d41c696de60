// Costs measured on this machine, kept by the digest of the model file, and of both files where two were measured beside
// each other: what did not change is not measured again.
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { formatJson } from '#lib/documents/canonical.ts';
import { writeWhole } from '#lib/documents/write.ts';
import {
  type OwnCost,
  ownCostSchema,
  type RelativeCosts,
  relativeCostsSchema,
} from '#lib/evaluation/cost.ts';
import { compareLatency, compareThroughput, sameCosts } from '#lib/evaluation/relative-cost.ts';
import { type ModelFile, measureBeside, measureServing } from '#lib/onnx/measure.ts';

const keptSchema = ownCostSchema
  .partial()
  .extend({ beside: z.record(z.string(), relativeCostsSchema).optional() });
type Kept = z.output<typeof keptSchema>;

const storeSchema = z.record(z.string(), keptSchema);

/** What the training step writes where MAINLINE_MEASUREMENTS points: seconds by digest of the model file. */
export const trainingTimesSchema = z.record(z.string(), z.number());

/** A model file with what it is known by. */
export interface MeasuredFile extends ModelFile {
  /** `sha256:` and 64 hex digits. */
  readonly sha256: string;
}

export interface Measurements {
  /** Measures unless this very file was measured before. */
  cost(model: MeasuredFile): Promise<OwnCost>;
  /**
   * Measures the model and the reference in turn unless these two files were before; the same file costs the same.
   * @throws ConfigurationError when one of them does not answer, or both not in time.
   */
  beside(model: MeasuredFile, reference: MeasuredFile): Promise<RelativeCosts>;
  /** Takes over the training times a step has written. */
  addTrainingTimes(file: string): Promise<void>;
  save(): Promise<void>;
}

/** Opens the store; one that cannot be read is begun anew, since everything in it can be measured again. */
export async function openMeasurements(file: string, { force = false } = {}): Promise<Measurements> {
  const store = await readStore(file);
  /** Forced, a file is measured once in a run all the same. */
  const fresh = new Set<string>();
  const cost: Measurements['cost'] = async model => {
    const { beside, ...known } = store[model.sha256] ?? {};
    const isKept = !force || fresh.has(model.sha256);
    const isWhole = typeof known.latency_p95_ms === 'number' && known.throughput_rows_s !== undefined;
    const serving = isKept && isWhole ? {} : await measureFresh(model);
    fresh.add(model.sha256);
    const size = (await stat(model.path)).size / 1e6;
    const found = ownCostSchema.parse({ training_time_s: null, ...known, ...serving, model_size_mb: size });
    store[model.sha256] = { ...found, ...(beside ? { beside } : {}) };
    return found;
  };
  return {
    cost,
    beside: async (model, reference) => {
      if (model.sha256 === reference.sha256) return sameCosts;
      const kept = store[model.sha256]?.beside?.[reference.sha256];
      if (kept && !force) return kept;
      const [ours, theirs] = [await cost(model), await cost(reference)];
      const relative = { ...(await compareFresh(model, reference)), ...compareMemory(ours, theirs) };
      const entry = store[model.sha256];
      store[model.sha256] = { ...entry, beside: { ...entry?.beside, [reference.sha256]: relative } };
      return relative;
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

async function measureFresh(model: ModelFile): Promise<Partial<OwnCost>> {
  const { p50Ms, p95Ms, p99Ms, rowsPerSecond, memoryMb } = await measureServing(model);
  return {
    latency_p50_ms: p50Ms,
    latency_p95_ms: p95Ms,
    latency_p99_ms: p99Ms,
    throughput_rows_s: rowsPerSecond,
    memory_mb: memoryMb,
  };
}

async function compareFresh(model: ModelFile, reference: ModelFile) {
  const { single, batch } = await measureBeside(model, reference);
  return { ...compareLatency(single), throughput_regression: batch && compareThroughput(batch) };
}

/** Each in a process of its own, once: so there is no interval. */
function compareMemory(
  { memory_mb: ours }: OwnCost,
  { memory_mb: theirs }: OwnCost,
): Pick<RelativeCosts, 'memory_regression'> {
  const value =
    ours !== null && theirs !== null && theirs > 0 ? Number((ours / theirs).toPrecision(4)) : null;
  return { memory_regression: value === null ? null : { value, ci95: null } };
}

async function readStore(file: string): Promise<Record<string, Kept>> {
  const parsed = storeSchema.safeParse(await readJson(file));
  return parsed.data ?? {};
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}
