// What a test of behaviour found: enough for a gate, a report and a person who has to find out why.
import { z } from 'zod';

/** One answer, as numbers and words. */
const answerSchema = z.strictObject({
  /** The amount, or the probability of the positive, the declared or the answered class; null where it is no number. */
  score: z.number().nullable(),
  /** positive, negative or the class; null for amounts. */
  answer: z.string().nullable(),
});

export const behaviourExampleSchema = z.strictObject({
  /** The key of the test row, or typical. Plain text of the proposal, as all texts here. */
  row: z.string(),
  /** Such as `state "CA" instead of "NY"`. */
  changed: z.string(),
  before: answerSchema,
  after: answerSchema,
  /** Such as `expected positive`, or what the model said instead of an answer; null where before and after say it. */
  problem: z.string().nullable(),
});

export const behaviourResultSchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['invariance', 'direction', 'minimum', 'edge']),
  severity: z.enum(['block', 'warn']),
  why: z.string().nullable(),
  /** can't tell: no row could be changed. */
  status: z.enum(['passed', 'failed', "can't tell"]),
  /** Rows; a row holds when it holds under all its changes. */
  n: z.number(),
  held: z.number(),
  /** held / n; null without rows. */
  share: z.number().nullable(),
  /** Wilson, over the rows; null for rows that a person chose, which are no sample of anything. */
  ci95: z.tuple([z.number(), z.number()]).nullable(),
  /** The declared share. */
  required: z.number(),
  sentence: z.string(),
  /** The worst failures first, at most 5. */
  examples: z.array(behaviourExampleSchema).readonly(),
});

export const behaviourResultsSchema = z.strictObject({
  results: z.array(behaviourResultSchema).readonly(),
  /** Answers that were asked for. */
  scored: z.number(),
  /** True unless a test with severity block failed. */
  passed: z.boolean(),
});

export type BehaviourExample = Readonly<z.output<typeof behaviourExampleSchema>>;
export type BehaviourResult = Readonly<z.output<typeof behaviourResultSchema>>;
export type BehaviourResults = Readonly<z.output<typeof behaviourResultsSchema>>;
