// The extension point for gates: what a gate is asked, what it may look at, what it answers.
import { z } from 'zod';
import type { ContractResult } from '#lib/contracts/result.ts';
import type { Comparison, Margin } from '#lib/evaluation/comparison.ts';
import type { Cost } from '#lib/evaluation/cost.ts';
import type { Evaluation } from '#lib/evaluation/evaluation.ts';
import type { Leakage } from '#lib/evaluation/leakage.ts';
import type { Measured } from '#lib/gates/measure.ts';

/** "not applicable" is only said where there is nothing to compare with yet; no data is never a pass. */
export const outcomeSchema = z.enum(['passed', 'failed', "can't tell", 'not applicable']);

export const gateResultSchema = z.strictObject({
  /** Stable within a model: `rmse atMost 2.4`. */
  id: z.string(),
  severity: z.enum(['block', 'warn']),
  outcome: outcomeSchema,
  /** What was asked, in words. */
  condition: z.string(),
  /** What was found, in words; without values that depend on the machine. */
  reason: z.string(),
  /** What to do when it did not pass. */
  remedy: z.string().nullable(),
  /** So far off that no override lets it through. */
  isBeyondOverride: z.boolean().optional(),
  /** A person let it through, on the record. */
  override: z
    .strictObject({ by: z.string(), reason: z.string(), expires: z.string(), path: z.string() })
    .optional(),
});

export type Outcome = z.output<typeof outcomeSchema>;
export type GateResult = Readonly<z.output<typeof gateResultSchema>>;

/** Who a model is measured against; `unknown` = there is one, but its predictions could not be had. */
export type Reference =
  | { readonly state: 'none'; readonly why: string }
  | { readonly state: 'unknown'; readonly why: string }
  | { readonly state: 'same'; readonly name: string }
  | { readonly state: 'known'; readonly name: string };

export interface GateContext {
  readonly evaluation: Evaluation;
  readonly cost: Cost;
  readonly contracts: readonly ContractResult[];
  /** Dataset files without a contract. */
  readonly uncovered: readonly string[];
  readonly leakage: Leakage;
  readonly references: { readonly champion: Reference; readonly baseline: Reference };
  /** What was found of a measure, in a group where one is asked for; undefined where nobody looked. */
  readonly measured: (name: string, group?: string) => Measured | undefined;
  /** How the unit of a metric or cost is written; empty where it has none. */
  readonly unitOf: (metric: string) => string;
  /** Compares on one metric on the same rows; undefined when the metric is undefined there. */
  readonly compareWith: (
    reference: 'champion' | 'baseline' | 'trivial',
    metric: string,
    margin?: Margin,
  ) => Comparison | undefined;
}

export type GateAnswer = Pick<GateResult, 'outcome' | 'reason'> & {
  readonly remedy?: string;
  readonly isBeyondOverride?: boolean;
};
