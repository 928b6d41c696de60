// atMost and atLeast: a metric, a cost or a measure against a fixed bound. The value is judged and its interval shown; for
// what the machine's noise moves, the interval is judged.
import { costMetrics, findCostRatio, ORDER_OF_MAGNITUDE, relativeCostMetrics } from '#lib/evaluation/cost.ts';
import { formatInterval, formatNumber } from '#lib/evaluation/format.ts';
import type { Gate } from '#lib/gates/declared.ts';
import type { GateAnswer, GateContext } from '#lib/gates/gate.ts';
import { judgeSlices } from '#lib/gates/kinds/slices.ts';
import type { Measured } from '#lib/gates/measure.ts';
import { findMeasure } from '#lib/gates/measures.ts';

/** Judges a bound; an undefined or unmeasured value is "can't tell". */
export function judgeThreshold(gate: Gate, context: GateContext): GateAnswer {
  if (gate.slices !== undefined) return judgeSlices(gate, context);
  const { found, remedy } = find(gate, context);
  if (found.value === null) {
    const {
      outcome,
      why,
      remedy: help,
    } = found.missing ?? {
      ...{ outcome: "can't tell" as const, why: `${gate.metric} is undefined here`, remedy: undefined },
    };
    return { outcome, reason: why, ...(outcome === 'not applicable' ? {} : { remedy: help ?? remedy }) };
  }
  const reason = found.isOfTheMoment ? '' : sayFound(found, context.unitOf(gate.metric));
  const known = found.isOfTheMoment && found.detail ? `${found.detail}: ` : '';
  const [byValue, byInterval] = [isWithin(found.value, gate), isIntervalWithin(found, gate)];
  if (found.judged === 'interval' ? byInterval : byValue) {
    return { outcome: 'passed', reason: reason || `${known}within the bound on this machine` };
  }
  if (found.judged === 'both' && byInterval) {
    return { outcome: "can't tell", reason, remedy: `Evaluate on more rows. ${remedy}` };
  }
  const isFar = found.isBeyondOverride === true ? { isBeyondOverride: true } : {};
  return {
    outcome: 'failed',
    reason: reason || `${known}outside the bound on this machine`,
    remedy,
    ...isFar,
  };
}

function isWithin(value: number, { atMost, atLeast }: Gate): boolean {
  return atMost === undefined ? value >= (atLeast ?? Number.NaN) : value <= atMost;
}

/** Whether any of the interval is within the bound. */
function isIntervalWithin({ value, ci95 }: Measured, gate: Gate): boolean {
  const [lower, upper] = ci95 ?? [value ?? Number.NaN, value ?? Number.NaN];
  return isWithin(gate.atMost === undefined ? upper : lower, gate);
}

function sayFound({ value, ci95, detail }: Measured, unit: string): string {
  const interval = ci95 ? ` (95\u00a0%: ${formatInterval(ci95, unit)})` : '';
  return `${formatNumber(value, unit)}${interval}${detail ? `: ${detail}` : ''}`;
}

interface Found {
  readonly found: Measured;
  readonly remedy: string;
}

function find(gate: Gate, { evaluation, cost, measured, references }: GateContext): Found {
  const name = gate.metric;
  const measure = findMeasure(name);
  if (measure) {
    const missing = { outcome: "can't tell", why: `${name} was not measured` } as const;
    return { found: measured(name, gate.group) ?? { value: null, missing }, remedy: measure.remedy };
  }
  const costMetric = costMetrics.find(candidate => candidate.name === name);
  if (costMetric) {
    const value = cost[name as 'memory_mb'];
    const remedy =
      value === null
        ? 'Run with --force to measure it again.'
        : 'Train fewer or smaller trees, or raise the bound in review.';
    return { found: { value, isOfTheMoment: costMetric.isMeasured }, remedy };
  }
  if (relativeCostMetrics.some(candidate => candidate.name === name))
    return findRelative(name, cost, references);
  const metric = evaluation.metrics.find(candidate => candidate.metric === name);
  return {
    found: { value: metric?.value ?? null, ci95: metric?.ci95 },
    remedy: 'Improve the features, data or parameters; or move the bound in review, with a reason.',
  };
}

/** Beside the champion in the same run. Waiting for a processor widens the interval, and only the whole interval fails. */
function findRelative(
  name: string,
  cost: GateContext['cost'],
  { champion }: GateContext['references'],
): Found {
  const remedy = 'Train fewer or smaller trees, or keep the model that runs.';
  const ratio = findCostRatio(cost, name);
  if (ratio) {
    const { value, ci95 } = ratio;
    const isBeyondOverride = (ci95?.[0] ?? value) >= ORDER_OF_MAGNITUDE;
    return { found: { value, ci95, judged: 'interval', isOfTheMoment: true, isBeyondOverride }, remedy };
  }
  const missing =
    champion.state === 'none'
      ? ({ outcome: 'not applicable', why: champion.why } as const)
      : ({ outcome: "can't tell", why: 'the champion could not be measured beside it' } as const);
  return { found: { value: null, missing }, remedy: 'Run with --force to measure it again.' };
}
