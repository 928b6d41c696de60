// When a run ends early by a broken contract: that is a verdict all the same.
import type { ContractResult } from '#lib/contracts/result.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';
import { conditionOf, sayCondition, unitOf } from '#lib/gates/gates.ts';
import { judgeContract } from '#lib/gates/kinds/standing.ts';
import { gatesOf } from '#lib/gates/profiles.ts';
import { reachVerdict, type Verdict } from '#lib/gates/verdict.ts';
import { declaredUnit, type Model } from '#lib/registry/model.ts';

/** The contract gate failed, and every declared gate has nothing to judge. */
export function stoppedVerdict(facts: {
  readonly model: Model;
  readonly contracts: readonly ContractResult[];
  readonly uncovered: readonly string[];
}): Verdict {
  const { outcome, reason, remedy = null } = judgeContract(facts);
  const contract = {
    id: 'contract',
    severity: 'block',
    condition: 'the data keeps its contract',
    outcome,
    reason,
    remedy,
  } as const;
  const others = gatesOf(facts.model.spec).map(gate => {
    const { task, evaluation } = facts.model.spec;
    const { id } = conditionOf(gate);
    const metrics = metricsOf(task, evaluation.business);
    return {
      id,
      severity: gate.severity,
      condition: sayCondition(gate, unitOf(metrics, gate.metric, declaredUnit(evaluation))),
      outcome: "can't tell",
      reason: 'nothing was trained, since the contract is broken',
      remedy: null,
    } as const;
  });
  return reachVerdict([contract, ...others]);
}
