// The metric that decides, by the values of a column: an average hides where a model is worse.
import type { Slice } from '#lib/evaluation/evaluation.ts';
import { bareUnit, count, formatDifference, formatInterval, formatNumber } from '#lib/evaluation/format.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';
import type { Inline } from '#lib/reports/inline.ts';
import { changeInterval, verdictSpan } from '#lib/reports/proposal/change.ts';

/** Slices on which this is worse than the champion; without one, those that are worse than all rows together. */
export function weakSlices({ evaluation }: Evidence): readonly Slice[] {
  return evaluation.slices.filter(({ metric, ci95, change }) => {
    if (change) return change.verdict === 'worse';
    const overall = evaluation.metrics.find(candidate => candidate.metric === metric);
    if (!overall || overall.value === null || !ci95) return false;
    return overall.better === 'higher' ? ci95[1] < overall.value : ci95[0] > overall.value;
  });
}

const SHOWN_SLICES = 5;

/** Those slices, in words. */
export function weakness(evidence: Evidence): readonly Block[] {
  const weak = weakSlices(evidence);
  if (weak.length === 0) return [];
  const list = weak.slice(0, SHOWN_SLICES).map(slice => describeWeak(slice, evidence));
  const more = weak.length > SHOWN_SLICES ? `; and ${weak.length - SHOWN_SLICES} more` : '';
  const title = weak.some(({ change }) => change)
    ? 'Worse than the champion on a part of the rows'
    : 'Worse on a part of the rows than on all';
  return [
    {
      kind: 'notice',
      notice: 'warning',
      text: [{ text: title, strong: true }, { text: `: ${list.join('; ')}${more}.` }],
    },
  ];
}

function describeWeak(
  { column, value, metric, measured, ci95, change, n }: Slice,
  { evaluation: { metrics } }: Evidence,
): string {
  const unit = metrics.find(candidate => candidate.metric === metric)?.unit ?? '';
  const rows = count(n, 'row');
  const now = formatNumber(measured, unit);
  if (!change) {
    return `${column} = ${value}, ${metric} ${now} (95\u00a0%: ${formatInterval(ci95, unit)}, ${rows})`;
  }
  const before = formatNumber(change.reference, bareUnit(unit));
  return `${column} = ${value}, ${metric} ${before} → ${now} (${formatDifference(change.difference, bareUnit(unit))}, 95\u00a0%: ${changeInterval(change, unit)}, ${rows})`;
}

/** All slices, folded. */
export function slicesFold({ model }: Proposal, { evaluation }: Evidence): readonly Block[] {
  if (evaluation.slices.length === 0) return [];
  const { primary } = model.spec.evaluation;
  const isCompared = evaluation.slices.some(({ change }) => change);
  const unit = evaluation.metrics.find(({ metric }) => metric === primary)?.unit;
  return [
    {
      kind: 'details',
      summary: `${primary} by slice (${[...new Set(evaluation.slices.map(slice => slice.column))].join(', ')})`,
      blocks: [
        {
          kind: 'table',
          columns: [
            { header: 'Slice' },
            { header: 'Rows', align: 'right' },
            ...(isCompared ? [{ header: 'Champion', align: 'right' } as const] : []),
            { header: isCompared ? 'This' : primary, align: 'right' },
            ...(isCompared ? [{ header: 'Change', align: 'right' } as const] : []),
            { header: '95 % interval', align: 'right' },
            ...(isCompared ? [{ header: 'Verdict' } as const] : []),
          ],
          rows: evaluation.slices.map(slice => ({ cells: sliceCells(slice, unit ?? '', isCompared) })),
        },
      ],
    },
  ];
}

function sliceCells(
  { column, value, n, measured, ci95, change }: Slice,
  unit: string,
  isCompared: boolean,
): readonly Inline[] {
  const head = [`${column} = ${value}`, String(n)];
  const now = formatNumber(measured, unit);
  if (!isCompared) return [...head, now, formatInterval(ci95, unit)];
  if (!change) return [...head, '-', now, '-', '-', '-'];
  return [
    ...[...head, formatNumber(change.reference, unit), now],
    formatDifference(change.difference, bareUnit(unit)),
    changeInterval(change, unit),
    [verdictSpan(change)],
  ];
}
