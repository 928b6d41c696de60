// notWorseThan and betterThan: against another model on the same rows, with a paired interval.
import type { Comparison } from '#lib/evaluation/comparison.ts';
import { bareUnit, count, formatDifference, formatNumber } from '#lib/evaluation/format.ts';
import type { Gate } from '#lib/gates/declared.ts';
import type { GateAnswer, GateContext } from '#lib/gates/gate.ts';

/** notWorseThan: the interval of the difference lies nowhere beyond the margin. */
export function judgeNotWorse(gate: Gate, context: GateContext): GateAnswer {
  return judgeAgainst(gate, context, ['better', 'not worse']);
}

/** betterThan: the whole interval of the difference is on the good side. */
export function judgeBetter(gate: Gate, context: GateContext): GateAnswer {
  return judgeAgainst(gate, context, ['better']);
}

function judgeAgainst(
  gate: Gate,
  context: GateContext,
  passing: readonly Comparison['verdict'][],
): GateAnswer {
  const name = gate.notWorseThan ?? gate.betterThan ?? 'champion';
  const reference = name === 'trivial' ? ({ state: 'known', name } as const) : context.references[name];
  if (reference.state === 'none') return { outcome: 'not applicable', reason: reference.why };
  if (reference.state === 'unknown') {
    return {
      outcome: "can't tell",
      reason: reference.why,
      remedy: `Run mainline propose once on its commit, or declare the model deterministic so that it can be built again.`,
    };
  }
  const value = context.evaluation.metrics.find(({ metric }) => metric === gate.metric)?.value;
  if (reference.state === 'same' && value !== undefined && value !== null) {
    return gate.betterThan === undefined
      ? { outcome: 'passed', reason: `the same bytes as the ${name}` }
      : { outcome: 'failed', reason: `the same bytes as the ${name}`, remedy: 'Propose a change.' };
  }
  const comparison = context.compareWith(name, gate.metric, gate.margin);
  if (!comparison)
    return {
      outcome: "can't tell",
      reason: `${gate.metric} is undefined on these rows, or too few of them decide it`,
      remedy: 'Evaluate on more rows.',
    };
  const reason = describe(comparison, context.unitOf(gate.metric));
  if (passing.includes(comparison.verdict)) return { outcome: 'passed', reason };
  const isUnclear = comparison.verdict === "can't tell";
  const remedy = isUnclear
    ? `${moreRows(comparison)}, or improve the model.`
    : 'Improve the model, or keep the one that runs.';
  return { outcome: isUnclear ? "can't tell" : 'failed', reason, remedy };
}

/** How many rows would tell holds for a difference that stays as it is, which it need not. */
function moreRows({ rowsToTell }: Comparison): string {
  return rowsToTell === null
    ? 'Evaluate on more rows'
    : `Evaluate on more rows (about ${count(rowsToTell, 'row')} would tell, if the difference stays)`;
}

function describe({ verdict, difference, ci95, reference, n }: Comparison, unit: string): string {
  const interval = ci95.map(end => formatDifference(end, bareUnit(unit))).join(' to ');
  const change = `${formatDifference(difference, unit)} (95\u00a0%: ${interval})`;
  const head = verdict === "can't tell" ? '' : `${verdict}: `;
  return `${head}${change} against ${formatNumber(reference, unit)} on the same ${count(n, 'row')}`;
}
