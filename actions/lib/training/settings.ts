// params.yaml of a pipeline whose steps use this library: how rows are split and how each algorithm is trained.
import { z } from 'zod';

export const splitSettingsSchema = z.strictObject({
  key: z
    .union([z.literal('all'), z.array(z.string()).min(1)])
    .describe('The columns that name a row, or all where only its whole content does.'),
  testShare: z.number().gt(0).lt(1).default(0.2).describe('Share of rows kept for the test.'),
});

export const trainSettingsSchema = z.strictObject({
  seed: z.int().min(0).default(1),
  folds: z
    .int()
    .min(2)
    .max(20)
    .default(5)
    .describe('Folds of the cross-validation inside the training rows.'),
  features: z
    .array(z.string())
    .min(1)
    .optional()
    .describe('Columns the model sees; all columns of the contract but the target when left out.'),
  algorithms: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .default({})
    .describe('Parameters by algorithm; defaults where left out.'),
});

export const pipelineSettingsSchema = z.strictObject({
  split: splitSettingsSchema,
  train: trainSettingsSchema,
});

export type SplitSettings = Readonly<z.output<typeof splitSettingsSchema>>;
export type TrainSettings = Readonly<z.output<typeof trainSettingsSchema>>;
