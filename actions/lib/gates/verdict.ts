// Verdict: one bit, with its reasons. Only blocking gates decide it; "can't tell" does not pass.
import { z } from 'zod';
import { type GateResult, gateResultSchema } from '#lib/gates/gate.ts';

export const verdictSchema = z.strictObject({
  slo_compliant: z.boolean(),
  gates: z.array(gateResultSchema).readonly(),
  /** One sentence per blocking gate that did not pass. */
  reasons: z.array(z.string()).readonly(),
});

export type Verdict = Readonly<z.output<typeof verdictSchema>>;

/** True where a gate keeps the proposal from standing. */
export function isBlocking(result: GateResult): boolean {
  const hasPassed = result.outcome === 'passed' || result.outcome === 'not applicable';
  return result.severity === 'block' && !hasPassed && result.override === undefined;
}

/** Sums the gates up. */
export function reachVerdict(gates: readonly GateResult[]): Verdict {
  const blocking = gates.filter(isBlocking);
  return {
    slo_compliant: blocking.length === 0,
    gates,
    reasons: blocking.map(({ condition, outcome, reason }) => `${condition}: ${outcome}, ${reason}`),
  };
}
