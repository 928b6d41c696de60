// What a model costs to run and to make. Measured on this machine, so never written into committed files.
import { z } from 'zod';

export interface CostMetric {
  readonly name: string;
  readonly unit: 'ms' | 's' | 'MB' | 'rows/s';
  readonly meaning: string;
  /** False when it is a property of the bytes: the same on every machine. */
  readonly isMeasured: boolean;
}

/** The costs a gate can bound, in report order. */
export const costMetrics: readonly CostMetric[] = [
  {
    name: 'latency_p50_ms',
    unit: 'ms',
    isMeasured: true,
    meaning: 'Half of the single answers are faster than this.',
  },
  {
    name: 'latency_p95_ms',
    unit: 'ms',
    isMeasured: true,
    meaning: '95 of 100 single answers are faster than this.',
  },
  {
    name: 'latency_p99_ms',
    unit: 'ms',
    isMeasured: true,
    meaning: '99 of 100 single answers are faster than this.',
  },
  {
    name: 'throughput_rows_s',
    unit: 'rows/s',
    isMeasured: true,
    meaning: 'Rows answered in a second when they come in batches of 256.',
  },
  { name: 'model_size_mb', unit: 'MB', isMeasured: false, meaning: 'Size of the model file.' },
  {
    name: 'memory_mb',
    unit: 'MB',
    isMeasured: true,
    meaning: 'Resident memory of a process that serves only this model.',
  },
  {
    name: 'training_time_s',
    unit: 's',
    isMeasured: true,
    meaning: 'Time to fit the model on all training rows, one thread.',
  },
];

/** A cost beside that of a reference model, both measured in the same run on the same machine. */
export interface RelativeCostMetric {
  readonly name:
    | 'latency_regression'
    | 'latency_p50_regression'
    | 'throughput_regression'
    | 'memory_regression';
  /** How many times what the reference takes: 1 is the same, above it the new model costs more. */
  readonly unit: 'times';
  readonly meaning: string;
}

/** The relative costs a gate can bound, in report order. */
export const relativeCostMetrics: readonly RelativeCostMetric[] = [
  {
    name: 'latency_regression',
    unit: 'times',
    meaning:
      'How many times as long as the reference model the slow answers take (95th percentile over rows).',
  },
  {
    name: 'latency_p50_regression',
    unit: 'times',
    meaning: 'How many times as long as the reference model a usual answer takes.',
  },
  {
    name: 'throughput_regression',
    unit: 'times',
    meaning: 'How many times as long as the reference model batches of 256 rows take.',
  },
  {
    name: 'memory_regression',
    unit: 'times',
    meaning: 'How many times the memory of a process that serves only the reference model.',
  },
];

/** A relative cost from here on is an order of magnitude, which an override alone never lets through. */
export const ORDER_OF_MAGNITUDE = 10;

const ratioSchema = z.strictObject({
  /** In times of the reference. */
  value: z.number(),
  /** Of the noise within the run; null where each model was measured once. */
  ci95: z.tuple([z.number(), z.number()]).readonly().nullable(),
});

/** All relative costs of one model; null = not measured. */
export const relativeCostsSchema = z.strictObject({
  latency_regression: ratioSchema.nullable(),
  latency_p50_regression: ratioSchema.nullable(),
  throughput_regression: ratioSchema.nullable(),
  memory_regression: ratioSchema.nullable(),
});

/** One relative cost with its interval. */
export type CostRatio = Readonly<z.output<typeof ratioSchema>>;
export type RelativeCosts = Readonly<z.output<typeof relativeCostsSchema>>;

/** What one model file costs by itself, measured on one machine; null = not measured. */
export const ownCostSchema = z.strictObject({
  latency_p50_ms: z.number().nullable(),
  latency_p95_ms: z.number().nullable(),
  latency_p99_ms: z.number().nullable(),
  throughput_rows_s: z.number().nullable(),
  model_size_mb: z.number(),
  memory_mb: z.number().nullable(),
  training_time_s: z.number().nullable(),
});

export type OwnCost = Readonly<z.output<typeof ownCostSchema>>;

export const costSchema = ownCostSchema.extend({
  /** Beside the champion, else the pinned baseline; null where there is none, or it cannot answer these rows. */
  relative: relativeCostsSchema
    .extend({
      /** Name of the reference, such as `main (3f2a9c1)`. */
      to: z.string(),
    })
    .nullable(),
});

/** The cost of one model of a proposal; `relative` is measured for the judged one only. */
export type Cost = Readonly<z.output<typeof costSchema>>;

/** A relative cost by the name of its metric; null where it was not measured. */
export function findCostRatio({ relative }: Pick<Cost, 'relative'>, name: string): CostRatio | null {
  const metric = relativeCostMetrics.find(candidate => candidate.name === name);
  return (metric && relative?.[metric.name]) ?? null;
}
