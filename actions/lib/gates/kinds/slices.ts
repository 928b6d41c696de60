// A condition on every slice. Of many slices one is always unlucky: it fails where chance does not explain it, which is
// where the whole interval lies beyond the bound, or where the difference to the champion holds after correction.
import type { Slice } from '#lib/evaluation/evaluation.ts';
import { bareUnit, count, formatDifference, formatInterval, formatNumber } from '#lib/evaluation/format.ts';
import type { Gate } from '#lib/gates/declared.ts';
import type { GateAnswer, GateContext } from '#lib/gates/gate.ts';

/** Judges a gate with `slices`. */
export function judgeSlices(gate: Gate, context: GateContext): GateAnswer {
  const columns = gate.slices ?? [];
  const { metrics, slices } = context.evaluation;
  const metric = metrics.find(candidate => candidate.metric === gate.metric);
  const looked = slices.filter(slice => columns.includes(slice.column) && slice.metric === gate.metric);
  if (!metric || looked.length === 0) {
    return {
      outcome: "can't tell",
      reason: `no value of ${columns.join(', ')} has enough rows`,
      remedy: 'Evaluate on more rows, or on columns with fewer values.',
    };
  }
  const isRelative = gate.notWorseThan !== undefined;
  if (isRelative) {
    const { champion } = context.references;
    if (champion.state === 'none') return { outcome: 'not applicable', reason: champion.why };
    if (champion.state === 'same') return { outcome: 'passed', reason: 'the same bytes as the champion' };
    if (champion.state === 'unknown') {
      return {
        outcome: "can't tell",
        reason: champion.why,
        remedy: 'Bring the champion back: see the gate above.',
      };
    }
  }
  const isBroken = isRelative
    ? (slice: Slice) => isWorse(slice, gate, metric.better)
    : (slice: Slice) => isBeyond(slice, gate);
  const broken = looked.filter(isBroken);
  const unit = context.unitOf(gate.metric);
  if (broken.length === 0) return sayUnbroken(gate, { columns, looked, isRelative });
  return {
    outcome: 'failed',
    reason: broken.map(slice => describe(slice, unit, isRelative)).join('; '),
    remedy: 'Bring data or features that help on these rows, or keep the model that runs.',
  };
}

interface Unbroken {
  readonly columns: readonly string[];
  readonly looked: readonly Slice[];
  readonly isRelative: boolean;
}

/** A slice without an interval, such as an area where all rows have one answer, is no slice that holds. */
function sayUnbroken({ metric }: Gate, { columns, looked, isRelative }: Unbroken): GateAnswer {
  const known = looked.filter(({ ci95, change }) => (isRelative ? change : ci95) !== null);
  const blind = columns.filter(column => !known.some(slice => slice.column === column));
  if (blind.length > 0) {
    return {
      outcome: "can't tell",
      reason: `${metric} is known on no value of ${blind.join(', ')}`,
      remedy: 'Evaluate on more rows, or on columns with fewer values.',
    };
  }
  const unknown = looked.length - known.length;
  const rest = unknown > 0 ? `; ${metric} is undefined on ${count(unknown, 'other')}` : '';
  return {
    outcome: 'passed',
    reason: `on none of ${count(known.length, 'slice')} by more than chance${rest}`,
  };
}

function isBeyond({ ci95 }: Slice, { atMost, atLeast }: Gate): boolean {
  if (!ci95) return false;
  return atMost === undefined ? ci95[1] < (atLeast ?? Number.NEGATIVE_INFINITY) : ci95[0] > atMost;
}

function isWorse({ change }: Slice, { margin }: Gate, better: 'lower' | 'higher'): boolean {
  if (change?.verdict !== 'worse') return false;
  const allowed = margin?.absolute ?? Math.abs(change.reference) * (margin?.relative ?? 0);
  return better === 'higher' ? change.ci95[1] < -allowed : change.ci95[0] > allowed;
}

function describe(
  { column, value, n, measured, ci95, change }: Slice,
  unit: string,
  isRelative: boolean,
): string {
  const place = `${column} = ${value} (${count(n, 'row')})`;
  if (isRelative && change) {
    const ends = change.ci95.map(end => formatDifference(end, bareUnit(unit))).join(' to ');
    return `${place}: ${formatDifference(change.difference, unit)}, 95\u00a0%: ${ends}`;
  }
  return `${place}: ${formatNumber(measured, unit)}, 95\u00a0%: ${formatInterval(ci95, unit)}`;
}
