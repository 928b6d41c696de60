// Evidence: what an evaluation found, bound to the digest of everything it depends on, so that it survives rebase and
// squash. Nothing measured in time is in it: the same inputs give the same bytes on every machine.
import { z } from 'zod';
import { adversarialSchema } from '#lib/behaviour/adversarial.ts';
import { confidenceSchema } from '#lib/behaviour/confidence.ts';
import { behaviourResultsSchema } from '#lib/behaviour/result.ts';
import { seasonsSchema } from '#lib/behaviour/seasons.ts';
import { stabilitySchema } from '#lib/behaviour/stability.ts';
import { digestValue } from '#lib/documents/canonical.ts';
import { comparisonSchema } from '#lib/evaluation/comparison.ts';
import { evaluationSchema } from '#lib/evaluation/evaluation.ts';
import { fairnessSchema } from '#lib/evaluation/fairness/assessment.ts';
import { leakageSchema } from '#lib/evaluation/leakage.ts';
import { sidesSchema } from '#lib/evaluation/sides.ts';
import { thresholdAssessmentSchema } from '#lib/evaluation/threshold/assessment.ts';
import { worstSlicesSchema } from '#lib/evaluation/worst-slices/worst-slices.ts';
import { modelExplanationSchema } from '#lib/explanation/findings.ts';
import { gatesOf } from '#lib/gates/profiles.ts';
import { verdictSchema } from '#lib/gates/verdict.ts';
import type { Model } from '#lib/registry/model.ts';
import { selectionSchema } from '#lib/training/selection.ts';

/** Rises when the same inputs would give other numbers. */
export const EVALUATOR_VERSION = 3;

const fileDigestSchema = z.strictObject({ path: z.string(), sha256: z.string() });

/** Everything the evidence depends on. */
export const evidenceInputsSchema = z.strictObject({
  evaluator: z.literal(EVALUATOR_VERSION),
  /** Digest of what model.yaml says about task, evaluation, algorithms and gates. */
  model: z.string(),
  artifact: z.string(),
  testRows: z.string(),
  trainingRows: z.string(),
  contracts: z.array(fileDigestSchema).readonly(),
  data: z.array(fileDigestSchema).readonly(),
  /** The champion's artifact, or null without one. */
  champion: z.string().nullable(),
  /** The pinned baseline's, or null when it could not be had; absent where none is pinned. */
  baseline: z.string().nullable().optional(),
  /** Behaviour tests, contexts, the card's own words, overrides that count: files that decided something. */
  others: z.array(fileDigestSchema).readonly(),
});

export const evidenceSchema = z.strictObject({
  apiVersion: z.literal('mainline.dev/v1alpha1'),
  kind: z.literal('Evidence'),
  model: z.string(),
  inputs: evidenceInputsSchema,
  /** Absent where the pipeline brings its own model. */
  selection: selectionSchema.nullable(),
  evaluation: evaluationSchema,
  /** Against the champion on the same rows; empty without one. */
  comparisons: z.array(comparisonSchema).readonly(),
  /** Rows that changed side against the champion; null without one. */
  sides: sidesSchema.nullable(),
  /** Parts of the rows that nobody declared, found by a search. */
  worstSlices: worstSlicesSchema,
  /** By column of groups; null where model.yaml names none. */
  fairness: fairnessSchema.nullable(),
  /** Null where the model has no behaviour.yaml. */
  behaviour: behaviourResultsSchema.nullable(),
  robustness: z.strictObject({
    stability: stabilitySchema,
    /** Null where the primary metric has no formula for some of the rows. */
    adversarial: adversarialSchema.nullable(),
    confidence: confidenceSchema,
  }),
  /** Null without data/contexts.yaml, or where model.yaml names no time. */
  seasons: seasonsSchema.nullable(),
  /** Null for several classes. */
  explanation: modelExplanationSchema.nullable(),
  /** What the declared rule would choose; null without evaluation.thresholdRule. */
  threshold: thresholdAssessmentSchema.nullable(),
  leakage: leakageSchema,
  verdict: verdictSchema,
});

export type EvidenceInputs = Readonly<z.output<typeof evidenceInputsSchema>>;
export type Evidence = Readonly<z.output<typeof evidenceSchema>>;

/** The key of an evidence: 64 hex digits, valid as a file name. */
export function evidenceKey(inputs: EvidenceInputs): string {
  return digestValue(inputs).slice('sha256:'.length);
}

/** The digest of the parts of model.yaml that decide a verdict; words for people do not count. */
export function digestJudgedParts({ spec }: Model): string {
  const { task, positive, classes, threshold, features, evaluation, algorithms, baseline } = spec;
  const gates = gatesOf(spec);
  return digestValue({
    task,
    positive,
    classes,
    threshold,
    features,
    evaluation,
    algorithms,
    baseline,
    gates,
  });
}
