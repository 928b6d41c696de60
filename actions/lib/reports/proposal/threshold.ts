// The declared threshold beside what its rule would choose on the test rows: shown, so that a person moves it in review, and never
// applied, since a threshold chosen on the test rows would make their metrics too good.
import { formatDifference, formatInterval, formatNumber } from '#lib/evaluation/format.ts';
import type { ThresholdAssessment } from '#lib/evaluation/threshold/assessment.ts';
import type { ThresholdPoint } from '#lib/evaluation/threshold/points.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';

/** A warning where the declared threshold is behind by more than chance; the points folded. */
export function thresholdBlocks(proposal: Proposal, { threshold, evaluation }: Evidence): readonly Block[] {
  if (!threshold) return [];
  const { declared, chosen, metric, isWorse } = threshold;
  const unit = evaluation.metrics.find(candidate => candidate.metric === metric)?.unit ?? 'fraction';
  const warning: Block = {
    kind: 'notice',
    notice: 'warning',
    text: [
      { text: `The threshold ${declared.threshold} is behind its rule`, strong: true },
      {
        text: `: ${sayBehind(threshold, unit)}. Move spec.threshold in review, on fresh rows if there are any.`,
      },
    ],
  };
  const summary = `Threshold ${declared.threshold}; ${sayRule(proposal)} would choose ${chosen ? chosen.threshold : 'none'} here`;
  return [
    ...(isWorse ? [warning] : []),
    {
      kind: 'details',
      summary,
      blocks: [{ kind: 'paragraph', text: sayChoice(threshold, unit) }, pointTable(threshold, unit)],
    },
  ];
}

function sayRule({ model }: Proposal): string {
  const rule = model.spec.evaluation.thresholdRule ?? {};
  const [[key, value] = ['', '']] = Object.entries(rule).filter(([, asked]) => asked !== undefined);
  const words = key.replace(/[A-Z]/gu, letter => ` ${letter.toLowerCase()}`);
  return `the rule "${words} ${value}"`;
}

function sayBehind({ behind, metric, limit }: ThresholdAssessment, unit: string): string {
  if (!behind) return '';
  const interval = `(95\u00a0%: ${formatInterval(behind.ci95, unit)})`;
  if (limit !== null) return `${metric} misses ${limit} by ${formatNumber(behind.value, unit)} ${interval}`;
  const gain = formatDifference(behind.value, unit);
  return `on rows that had no part in the choice, choosing again gains ${gain} of ${metric} ${interval}`;
}

function sayChoice(threshold: ThresholdAssessment, unit: string): string {
  const { chosen, ci95, reason, isWorse } = threshold;
  if (!chosen) return `No threshold is chosen: ${reason}.`;
  const where = ci95 ? ` (when rows are drawn again: ${formatInterval(ci95, 'fraction')})` : '';
  const same = isWorse ? '' : ' That the declared one is worse could be chance.';
  const behind = sayBehind(threshold, unit);
  return `The rule would choose ${chosen.threshold}${where}${behind === '' ? '' : `; ${behind}`}.${same}`;
}

function pointTable({ points, metric, declared, chosen }: ThresholdAssessment, unit: string): Block {
  const right = 'right' as const;
  const share = (value: number | null): string => formatNumber(value, 'fraction');
  const mark = ({ threshold }: ThresholdPoint): string =>
    threshold === declared.threshold ? 'declared' : threshold === chosen?.threshold ? 'chosen' : '';
  return {
    kind: 'table',
    columns: [
      ...['Threshold', 'Flagged', 'Precision', 'Recall', 'False positives', metric].map(header => ({
        ...{ header, align: right },
      })),
      { header: '' },
    ],
    rows: points.map(point => ({
      cells: [
        String(point.threshold),
        share(point.flagged),
        share(point.precision),
        share(point.recall),
        share(point.falsePositiveRate),
        formatNumber(point.objective, unit),
        mark(point),
      ],
      emphasis: point.threshold === declared.threshold,
    })),
  };
}
