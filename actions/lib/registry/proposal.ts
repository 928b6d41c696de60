// Proposal: everything one run of propose found out about one model; what reports and cards are written from.
import { z } from 'zod';
import { contractChangeSchema } from '#lib/contracts/compare/contract-change.ts';
import { contractResultSchema } from '#lib/contracts/result.ts';
import { costSchema } from '#lib/evaluation/cost.ts';
import { testRowsSchema } from '#lib/evaluation/test-rows.ts';
import { verdictSchema } from '#lib/gates/verdict.ts';
import { evidenceSchema } from '#lib/registry/evidence.ts';
import { modelSchema } from '#lib/registry/model.ts';
import { crossValidationSchema } from '#lib/training/selection.ts';

/** How a stage of the pipeline ended in this run. */
export const stageRunSchema = z.strictObject({
  name: z.string(),
  status: z.enum(['unchanged', 'restored', 'ran']),
  reasons: z.array(z.string()).readonly(),
  seconds: z.number().nullable(),
});

/** What was compared with, and why there may be nothing. */
export const championSchema = z.strictObject({
  state: z.enum(['none', 'unknown', 'same', 'known']),
  /** Such as `main (3f2a9c1)`. */
  name: z.string(),
  why: z.string(),
  sha256: z.string().nullable(),
});

export const proposalSchema = z.strictObject({
  apiVersion: z.literal('mainline.dev/v1alpha1'),
  kind: z.literal('Proposal'),
  model: modelSchema,
  /** Where the champion was looked for; null outside git. */
  base: z.strictObject({ name: z.string(), commit: z.string() }).nullable(),
  champion: championSchema,
  /** What differs from the base, in words; null when the base does not have the model. */
  changes: z.array(z.string()).readonly().nullable(),
  contracts: z.array(contractResultSchema).readonly(),
  /** What the contracts' checks did since the base, where that was cheap to know. */
  contractChanges: z.array(contractChangeSchema).readonly().optional(),
  /** Dataset files that no contract covers. */
  uncovered: z.array(z.string()).readonly(),
  stages: z.array(stageRunSchema).readonly(),
  crossValidation: crossValidationSchema.nullable(),
  /** By algorithm, or by "model" where the pipeline brings its own. */
  costs: z.record(z.string(), costSchema),
  /** Null when a broken contract stopped the run before training. */
  evidence: evidenceSchema.nullable(),
  evidenceKey: z.string().nullable(),
  /** Null when nothing was evaluated. */
  testRows: testRowsSchema.nullable(),
  verdict: verdictSchema,
});

export type StageRun = Readonly<z.output<typeof stageRunSchema>>;
export type Champion = Readonly<z.output<typeof championSchema>>;
export type Proposal = Readonly<z.output<typeof proposalSchema>>;
