// The metrics of the selected algorithm on the test rows, beside the champion and the trivial model; the curve; slices.
import { costMetrics } from '#lib/evaluation/cost.ts';
import { bareUnit, count, formatDifference, formatInterval, formatNumber } from '#lib/evaluation/format.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block, Column, Row } from '#lib/reports/blocks.ts';
import type { Inline } from '#lib/reports/inline.ts';

/** Metric table, reliability figure and slices. */
export function metricsSection(proposal: Proposal): readonly Block[] {
  const { evidence } = proposal;
  if (!evidence) return [];
  const { evaluation } = evidence;
  const positives = evaluation.positives === null ? '' : `, ${evaluation.positives} of them positive`;
  return [
    { kind: 'heading', level: 2, text: 'On the test rows' },
    {
      kind: 'paragraph',
      text: `${count(evaluation.n, 'row')}${positives}, seen by no algorithm in training and by the selected one only.`,
    },
    metricTable(proposal, evidence),
    ...belowTrivial(evidence),
    reliability(proposal, evidence),
    ...slices(proposal, evidence),
  ];
}

/** Where always giving one answer does better, that is said in words: with a rare class it does for accuracy. */
function belowTrivial({ evaluation }: Evidence): readonly Block[] {
  const worse = evaluation.metrics.filter(
    ({ value, trivial, better }) =>
      value !== null && trivial !== null && (better === 'higher' ? value < trivial : value > trivial),
  );
  if (worse.length === 0) return [];
  const list = worse.map(
    ({ metric, value, trivial, unit }) =>
      `${metric} (${formatNumber(value, unit)} against ${formatNumber(trivial, unit)})`,
  );
  return [
    {
      kind: 'paragraph',
      text: `The trivial model, which always gives the same answer, does better on ${list.join(', ')}.`,
    },
  ];
}

function metricTable({ model }: Proposal, { evaluation, comparisons }: Evidence): Block {
  const isCompared = comparisons.length > 0;
  const right = 'right' as const;
  const columns: readonly Column[] = [
    { header: 'Metric' },
    { header: 'This', align: right },
    { header: '95 % interval', align: right },
    ...(isCompared
      ? [
          { header: 'Champion', align: right },
          { header: 'Change (95 %)', align: right },
          { header: 'Verdict' },
        ]
      : []),
    { header: 'Trivial', align: right },
    ...(isCompared ? [] : [{ header: 'Better' }]),
  ];
  const rows = evaluation.metrics.map((metric): Row => {
    const comparison = comparisons.find(candidate => candidate.metric === metric.metric);
    const compared = comparison
      ? [
          formatNumber(comparison.reference, metric.unit),
          `${formatDifference(comparison.difference, bareUnit(metric.unit))} (${formatInterval(comparison.ci95, metric.unit)})`,
          comparison.verdict,
        ]
      : ['-', '-', '-'];
    return {
      cells: [
        metric.metric,
        formatNumber(metric.value, metric.unit),
        formatInterval(metric.ci95, metric.unit),
        ...(isCompared ? compared : []),
        formatNumber(metric.trivial, metric.unit),
        ...(isCompared ? [] : [metric.better]),
      ],
      emphasis: metric.metric === model.spec.evaluation.primary,
    };
  });
  return { kind: 'table', columns, rows };
}

function reliability({ model }: Proposal, { evaluation }: Evidence): Block {
  const { task, evaluation: asked } = model.spec;
  const isAmount = task === 'regression';
  const axis = isAmount ? { unit: asked.unit, decimals: 1 } : { decimals: 3 };
  return {
    kind: 'figure',
    alt: isAmount
      ? `Predicted and actual ${asked.target}, in ten bins of equal count`
      : `Stated probability of ${model.spec.positive} and the share that happened, in ten bins of equal count`,
    chart: {
      kind: 'scatter-binned',
      x: { label: 'predicted', ...axis },
      y: { label: isAmount ? 'actual' : 'happened', ...axis },
      bins: evaluation.reliability.map(({ n, predicted, observed, ci95 }) => ({
        x: predicted,
        y: observed,
        count: n,
        interval: ci95,
      })),
    },
  };
}

function slices({ model }: Proposal, { evaluation }: Evidence): readonly Block[] {
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

/** One plain line per metric, folded: `rmse: typical size of the error ...` */
export function meanings(proposal: Proposal): readonly Block[] {
  const items = meaningLines([proposal]);
  if (items.length === 0) return [];
  return [{ kind: 'details', summary: 'What the metrics mean', blocks: [{ kind: 'list', items }] }];
}

/** One plain line for each metric of these proposals, and for the latency beside each algorithm. */
export function meaningLines(proposals: readonly Proposal[]): readonly Inline[] {
  const shown = proposals.flatMap(({ model, evidence }) => {
    const names = new Set(evidence?.evaluation.metrics.map(({ metric }) => metric));
    return metricsOf(model.spec.task).filter(({ name }) => names.has(name));
  });
  const costs = shown.length > 0 ? costMetrics.filter(({ name }) => name === 'latency_p95_ms') : [];
  return [...new Set([...shown, ...costs])].map(({ name, meaning }) => [
    { text: name, strong: true },
    { text: `: ${meaning}` },
  ]);
}
