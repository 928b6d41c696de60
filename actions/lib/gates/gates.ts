// The registry of gates and their order: standing gates first, then those of model.yaml as written.
import { costMetrics } from '#lib/evaluation/cost.ts';
import { unitText } from '#lib/evaluation/evaluation.ts';
import { formatDeclared, formatPercent } from '#lib/evaluation/format.ts';
import type { Metric } from '#lib/evaluation/metric.ts';
import type { Gate } from '#lib/gates/declared.ts';
import type { GateAnswer, GateContext, GateResult } from '#lib/gates/gate.ts';
import { judgeBetter, judgeNotWorse } from '#lib/gates/kinds/relative.ts';
import { judgeSlices } from '#lib/gates/kinds/slices.ts';
import { judgeBehaviour, judgeContract, judgeLeakage } from '#lib/gates/kinds/standing.ts';
import { judgeThreshold } from '#lib/gates/kinds/threshold.ts';
import { findMeasure } from '#lib/gates/measures.ts';

type Condition = 'atMost' | 'atLeast' | 'notWorseThan' | 'betterThan';

/** One line per kind of gate that model.yaml can ask for. */
const kinds: Readonly<Record<Condition, (gate: Gate, context: GateContext) => GateAnswer>> = {
  atMost: judgeThreshold,
  atLeast: judgeThreshold,
  notWorseThan: (gate, context) => (gate.slices ? judgeSlices : judgeNotWorse)(gate, context),
  betterThan: judgeBetter,
};

/** One line per gate that every model has. */
const standing: readonly {
  readonly id: string;
  readonly condition: string;
  readonly judge: (context: GateContext) => GateAnswer;
}[] = [
  { id: 'contract', condition: 'the data keeps its contract', judge: judgeContract },
  { id: 'leakage', condition: 'the test rows and the target stay hidden in training', judge: judgeLeakage },
  { id: 'behaviour', condition: 'the behaviour tests of the model hold', judge: judgeBehaviour },
];

/** Judges every gate of a model. */
export function judgeGates(gates: readonly Gate[], context: GateContext): readonly GateResult[] {
  const always = standing.map(({ id, condition, judge }) =>
    toResult({ id, condition, severity: 'block' }, judge(context)),
  );
  const declared = gates.map(gate => {
    const { condition, id } = conditionOf(gate);
    const head = { id, condition: sayCondition(gate, context.unitOf(gate.metric)), severity: gate.severity };
    return toResult(head, kinds[condition](gate, context));
  });
  return [...always, ...declared];
}

function toResult(head: Pick<GateResult, 'id' | 'condition' | 'severity'>, answer: GateAnswer): GateResult {
  const { outcome, reason, remedy = null, isBeyondOverride } = answer;
  return { ...head, outcome, reason, remedy, ...(isBeyondOverride ? { isBeyondOverride } : {}) };
}

/** The gate's kind, and its id as it is written in model.yaml: `rmse atMost 2.4`. */
export function conditionOf(gate: Gate): { readonly condition: Condition; readonly id: string } {
  const condition = (Object.keys(kinds) as Condition[]).find(kind => gate[kind] !== undefined) ?? 'atMost';
  const { relative, absolute } = gate.margin ?? {};
  const margin = relative === undefined ? '' : ` within ${Number((relative * 100).toPrecision(6))} %`;
  const within = `${margin}${absolute === undefined ? '' : ` within ${absolute}`}`;
  return { condition, id: `${gate.metric} ${condition} ${gate[condition]}${within}${whereOf(gate)}` };
}

function whereOf({ group, slices }: Gate): string {
  if (slices !== undefined) return ` on every ${slices.join(', ')}`;
  return group === undefined ? '' : ` by ${group}`;
}

/** The condition as a person would say it: `rmse at most 2.4 min`. */
export function sayCondition(gate: Gate, unit: string): string {
  return `${sayBare(gate, unit)}${whereOf(gate)}`;
}

function sayBare(gate: Gate, unit: string): string {
  const { metric, atMost, atLeast, notWorseThan, betterThan, margin } = gate;
  if (atMost !== undefined) return `${metric} at most ${formatDeclared(atMost, unit)}`;
  if (atLeast !== undefined) return `${metric} at least ${formatDeclared(atLeast, unit)}`;
  if (betterThan !== undefined) return `${metric} better than the ${nameOf(betterThan)}`;
  if (margin?.relative !== undefined)
    return `${metric} not worse than the ${notWorseThan} by more than ${formatPercent(margin.relative)}`;
  if (margin?.absolute !== undefined)
    return `${metric} not worse than the ${notWorseThan} by more than ${formatDeclared(margin.absolute, unit)}`;
  return `${metric} not worse than the ${notWorseThan}`;
}

function nameOf(reference: string): string {
  return reference === 'trivial' ? 'trivial model' : reference;
}

/** The unit of one of these metrics, of a measure or of a cost; the target's own where the metric shares it. */
export function unitOf(metrics: readonly Metric[], metric: string, targetUnit: string | undefined): string {
  const found = metrics.find(({ name }) => name === metric);
  if (found) return unitText(found, targetUnit);
  const measure = findMeasure(metric);
  if (measure) return measure.unit === 'target' ? (targetUnit ?? '') : measure.unit;
  return costMetrics.find(({ name }) => name === metric)?.unit ?? '';
}
