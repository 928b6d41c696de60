// The metric that decides, by the values of a column: an average hides where a model is worse.
import type { Slice } from '#lib/evaluation/evaluation.ts';
import { count, formatInterval, formatNumber } from '#lib/evaluation/format.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';

/** Slices whose whole interval lies on the worse side of the value on all rows. */
export function weakSlices({ evaluation }: Evidence): readonly Slice[] {
  return evaluation.slices.filter(({ metric, ci95 }) => {
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
  const { metrics } = evidence.evaluation;
  const list = weak.slice(0, SHOWN_SLICES).map(({ column, value, metric, measured, ci95, n }) => {
    const unit = metrics.find(candidate => candidate.metric === metric)?.unit;
    const interval = `95\u00a0%: ${formatInterval(ci95, unit)}, ${count(n, 'row')}`;
    return `${column} = ${value}, ${metric} ${formatNumber(measured, unit)} (${interval})`;
  });
  const more = weak.length > SHOWN_SLICES ? `; and ${weak.length - SHOWN_SLICES} more` : '';
  return [
    {
      kind: 'notice',
      notice: 'warning',
      text: [
        { text: 'Worse on a part of the rows than on all', strong: true },
        { text: `: ${list.join('; ')}${more}.` },
      ],
    },
  ];
}

/** All slices, folded. */
export function slicesFold({ model }: Proposal, { evaluation }: Evidence): readonly Block[] {
  if (evaluation.slices.length === 0) return [];
  const { primary } = model.spec.evaluation;
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
            { header: primary, align: 'right' },
            { header: '95 % interval', align: 'right' },
          ],
          rows: evaluation.slices.map(({ column, value, n, measured, ci95 }) => ({
            cells: [
              `${column} = ${value}`,
              String(n),
              formatNumber(measured, unit),
              formatInterval(ci95, unit),
            ],
          })),
        },
      ],
    },
  ];
}
