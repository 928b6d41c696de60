// What the explanation of a model consists of in the evidence: what it relies on, how single columns move it, and reasons for a
// few rows, as a person who asks would get them.
import { z } from 'zod';
import { dependenceSchema } from '#lib/explanation/dependence.ts';
import { explanationSchema } from '#lib/explanation/explain-rows.ts';
import { importanceStabilitySchema } from '#lib/explanation/importance-stability.ts';
import { importancesSchema } from '#lib/explanation/permutation.ts';
import { reasonSchema } from '#lib/explanation/reasons.ts';

const exampleSchema = z.strictObject({
  /** Why this row was chosen, such as `the highest answer`. */
  why: z.string(),
  /** The key of the row. */
  row: z.string(),
  answer: z.number(),
  truth: z.number(),
  method: explanationSchema.shape.method,
  reasons: z.array(reasonSchema).readonly(),
});

export const modelExplanationSchema = z.strictObject({
  importance: importancesSchema,
  /** Against the champion's importances on the same rows; null without one that could be asked. */
  stability: importanceStabilitySchema.nullable(),
  /** Of the columns that matter most. */
  dependence: z.array(dependenceSchema).readonly(),
  examples: z.array(exampleSchema).readonly(),
});

export type ModelExplanation = Readonly<z.output<typeof modelExplanationSchema>>;
export type ExplainedExample = ModelExplanation['examples'][number];
