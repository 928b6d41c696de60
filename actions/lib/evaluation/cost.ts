// What a model costs to run and to make. Measured on this machine, so never written into committed files.
import { z } from 'zod';

export interface CostMetric {
  readonly name: string;
  readonly unit: 'ms' | 's' | 'MB';
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

/** Measured on one machine for one model file; null = not measured. */
export const costSchema = z.strictObject({
  latency_p50_ms: z.number().nullable(),
  latency_p95_ms: z.number().nullable(),
  latency_p99_ms: z.number().nullable(),
  model_size_mb: z.number(),
  memory_mb: z.number().nullable(),
  training_time_s: z.number().nullable(),
});

export type Cost = Readonly<z.output<typeof costSchema>>;
