// A condition on every slice. Of many slices one is always unlucky: it fails where chance does not explain it, which is
// where the whole interval lies beyond the bound, or where the difference to the champion holds after correction. A value
// beyond a bound that chance could explain is "can't tell"; slices with too few rows are counted and said.
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
  const left = leftOut(looked, columns, context.evaluation.n);
  const say = (slices: readonly Slice[]): string =>
    slices.map(slice => describe(slice, unit, isRelative)).join('; ') + left;
  const remedy = 'Bring data or features that help on these rows, or keep the model that runs.';
  if (broken.length > 0) return { outcome: 'failed', reason: say(broken), remedy };
  const near = isRelative ? [] : looked.filter(({ measured }) => isOutside(measured, gate));
  if (near.length > 0) {
    return {
      outcome: "can't tell",
      reason: `it could be chance: ${say(near)}`,
      remedy: `Evaluate on more rows. ${remedy}`,
    };
  }
  return sayUnbroken(gate, { columns, looked, isRelative, left });
}

function isOutside(measured: number | null, { atMost, atLeast }: Gate): boolean {
  if (measured === null) return false;
  return atMost === undefined ? measured < (atLeast ?? Number.NEGATIVE_INFINITY) : measured > atMost;
}

/** Rows of slices that are too small to be looked at. */
function leftOut(looked: readonly Slice[], columns: readonly string[], n: number): string {
  const parts = columns.flatMap(column => {
    const seen = looked.filter(slice => slice.column === column).reduce((sum, slice) => sum + slice.n, 0);
    return seen < n ? [`${count(n - seen, 'row')} in smaller slices of ${column}`] : [];
  });
  return parts.length === 0 ? '' : `; not looked at: ${parts.join(', ')}`;
}

interface Unbroken {
  readonly columns: readonly string[];
  readonly looked: readonly Slice[];
  readonly isRelative: boolean;
  /** What was not looked at, in words. */
  readonly left: string;
}

/** A slice without an interval, such as an area where all rows have one answer, is no slice that holds. */
function sayUnbroken({ metric }: Gate, { columns, looked, isRelative, left }: Unbroken): GateAnswer {
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
  const kept = isRelative ? 'no slice is worse by more than chance' : 'every slice keeps it';
  return { outcome: 'passed', reason: `${kept}, of ${count(known.length, 'slice')}${rest}${left}` };
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
