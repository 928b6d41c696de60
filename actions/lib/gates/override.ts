// Overrides: a person lets a proposal through a gate that did not pass. It is a file in review like any other, with a reason,
// a name and a last day; it takes nothing from the verdict's record, and some gates cannot be overridden at all.
import { z } from 'zod';
import type { GateResult } from '#lib/gates/gate.ts';
import { findMeasure } from '#lib/gates/measures.ts';

const dateSchema = z.iso.date('write a date such as 2026-12-31');

export const overrideSchema = z.strictObject({
  apiVersion: z.literal('mainline.dev/v1alpha1'),
  kind: z.literal('GateOverride'),
  metadata: z.strictObject({ model: z.string() }),
  spec: z.strictObject({
    gate: z.string().min(1).describe('As reports name it: rmse atMost 2.4.'),
    reason: z.string().min(10).max(500).describe('Why the model may stand all the same.'),
    by: z
      .string()
      .regex(/^@[\w.-]+$/, 'write the @name of one person')
      .describe('Who answers for it.'),
    expires: dateSchema.describe('The last day on which it counts.'),
  }),
});

/** The longest an override may look ahead. */
export const LONGEST_DAYS = 92;

/** An override with where it was found. */
export interface Override {
  readonly path: string;
  readonly gate: string;
  readonly reason: string;
  readonly by: string;
  /** Such as 2026-12-31. */
  readonly expires: string;
}

/** Standing gates and fairness are for nobody to override; approval is no gate of this kind. */
const NEVER = ['contract', 'leakage'];

/** Why a gate cannot be overridden; undefined where it can. */
export function whyNotOverridable(gate: string): string | undefined {
  const [metric = ''] = gate.split(' ', 1);
  if (NEVER.includes(metric)) return `the gate "${metric}" cannot be overridden`;
  if (findMeasure(metric)?.mayBeOverridden === false) return 'fairness cannot be overridden';
  return undefined;
}

/**
 * Marks gates that did not pass and that an override of the day lets through.
 * @param today such as 2026-11-21
 */
export function applyOverrides(
  gates: readonly GateResult[],
  overrides: readonly Override[],
  today: string,
): readonly GateResult[] {
  return gates.map(gate => {
    const own = overrides.filter(override => override.gate === gate.id);
    if (gate.outcome !== 'failed' && gate.outcome !== "can't tell") {
      const [idle] = own;
      return idle ? { ...gate, reason: `${gate.reason}; delete ${idle.path}: it needs no override` } : gate;
    }
    const valid = own.find(({ expires }) => expires >= today);
    const [late] = own;
    if (!valid && late) return { ...gate, reason: `${gate.reason}; its override ended on ${late.expires}` };
    const barred = gate.isBeyondOverride === true || whyNotOverridable(gate.id) !== undefined;
    if (!valid || barred) return gate;
    const { by, reason, expires, path } = valid;
    return { ...gate, override: { by, reason, expires, path } };
  });
}
