// Verification: what code of the default branch found out again about a proposal, and where the proposal said otherwise.
// A number is either derived here or it is a claim; a report says which.
import { z } from 'zod';
import { verdictSchema } from '#lib/gates/verdict.ts';
import { evidenceSchema } from '#lib/registry/evidence.ts';

/** One thing that a proposal claims and that was not found so. */
export const differenceSchema = z.strictObject({
  what: z.string(),
  claimed: z.string(),
  found: z.string(),
});

export const verificationSchema = z.strictObject({
  apiVersion: z.literal('mainline.dev/v1alpha1'),
  kind: z.literal('Verification'),
  model: z.string(),
  /** Commit of the default branch whose code, gates and test rows judged. */
  base: z.string(),
  /** Commit of the proposal, as the forge's event names it. */
  head: z.string(),
  /** `claimed`: nothing could be derived again, and every number is the proposal's own. */
  state: z.enum(['rederived', 'claimed']),
  /** Why nothing could be derived again; empty otherwise. */
  why: z.string(),
  /** The default branch has no model of this name that could be read: nothing there can judge it. */
  isNew: z.boolean(),
  /** The model file that was judged, as DVC names it; null without one. */
  md5: z.string().nullable(),
  evidence: evidenceSchema.nullable(),
  /** By the gates of the default branch. */
  verdict: verdictSchema.nullable(),
  differences: z.array(differenceSchema).readonly(),
  /** What the proposal changes of its own gates, test rows or evaluation, in words. */
  ownJudging: z.array(z.string()).readonly(),
});

export type Difference = Readonly<z.output<typeof differenceSchema>>;
export type Verification = Readonly<z.output<typeof verificationSchema>>;
