// atMost and atLeast: a metric or a cost against a fixed bound. A metric's value is judged, its interval is shown.
import { costMetrics } from '#lib/evaluation/cost.ts';
import { formatInterval, formatNumber } from '#lib/evaluation/format.ts';
import type { Gate } from '#lib/gates/declared.ts';
import type { GateAnswer, GateContext } from '#lib/gates/gate.ts';

/** Judges a bound; an undefined or unmeasured value is "can't tell". */
export function judgeThreshold(gate: Gate, context: GateContext): GateAnswer {
  const isUpper = gate.atMost !== undefined;
  const bound = gate.atMost ?? gate.atLeast ?? Number.NaN;
  const found = findValue(gate.metric, context);
  if (found.value === null) {
    return { outcome: "can't tell", reason: `${gate.metric} is undefined here`, remedy: found.remedy };
  }
  const passed = isUpper ? found.value <= bound : found.value >= bound;
  const relation = passed ? 'within' : 'outside';
  const reason = found.isMeasured ? `${relation} the bound on this machine` : found.text;
  return passed ? { outcome: 'passed', reason } : { outcome: 'failed', reason, remedy: found.remedy };
}

interface Found {
  readonly value: number | null;
  readonly isMeasured: boolean;
  readonly text: string;
  readonly remedy: string;
}

function findValue(name: string, { evaluation, cost }: GateContext): Found {
  const costMetric = costMetrics.find(candidate => candidate.name === name);
  if (costMetric) {
    const value = cost[name as keyof typeof cost];
    const remedy =
      value === null
        ? 'Run with --force to measure it again.'
        : 'Train fewer or smaller trees, or raise the bound in review.';
    return { value, isMeasured: costMetric.isMeasured, text: formatNumber(value, costMetric.unit), remedy };
  }
  const metric = evaluation.metrics.find(candidate => candidate.metric === name);
  const value = metric?.value ?? null;
  const interval = metric?.ci95 ? ` (95\u00a0%: ${formatInterval(metric.ci95, metric.unit)})` : '';
  return {
    value,
    isMeasured: false,
    text: `${formatNumber(value, metric?.unit)}${interval}`,
    remedy: 'Improve the features, data or parameters; or move the bound in review, with a reason.',
  };
}
