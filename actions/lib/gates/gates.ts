// The registry of gates and their order: standing gates first, then those of model.yaml as written.
import type { GateAnswer, GateContext, GateResult } from '#lib/gates/gate.ts';
import { judgeBetter, judgeNotWorse } from '#lib/gates/kinds/relative.ts';
import { judgeContract, judgeLeakage } from '#lib/gates/kinds/standing.ts';
import { judgeThreshold } from '#lib/gates/kinds/threshold.ts';
import type { Gate } from '#lib/registry/model.ts';

type Condition = 'atMost' | 'atLeast' | 'notWorseThan' | 'betterThan';

/** One line per kind of gate that model.yaml can ask for. */
const kinds: Readonly<Record<Condition, (gate: Gate, context: GateContext) => GateAnswer>> = {
  atMost: judgeThreshold,
  atLeast: judgeThreshold,
  notWorseThan: judgeNotWorse,
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
];

/** Judges every gate of a model. */
export function judgeGates(gates: readonly Gate[], context: GateContext): readonly GateResult[] {
  const always = standing.map(({ id, condition, judge }) =>
    toResult({ id, condition, severity: 'block' }, judge(context)),
  );
  const declared = gates.map(gate => {
    const { condition, text } = conditionOf(gate);
    return toResult({ id: text, condition: text, severity: gate.severity }, kinds[condition](gate, context));
  });
  return [...always, ...declared];
}

function toResult(head: Pick<GateResult, 'id' | 'condition' | 'severity'>, answer: GateAnswer): GateResult {
  return { ...head, outcome: answer.outcome, reason: answer.reason, remedy: answer.remedy ?? null };
}

/** The gate's kind and its wording, which is also its id: `rmse atMost 2.4`. */
export function conditionOf(gate: Gate): { readonly condition: Condition; readonly text: string } {
  const condition = (Object.keys(kinds) as Condition[]).find(kind => gate[kind] !== undefined) ?? 'atMost';
  const margin =
    gate.margin?.relative !== undefined
      ? ` within ${Number((gate.margin.relative * 100).toPrecision(6))} %`
      : '';
  const absolute = gate.margin?.absolute !== undefined ? ` within ${gate.margin.absolute}` : '';
  return { condition, text: `${gate.metric} ${condition} ${gate[condition]}${margin}${absolute}` };
}
