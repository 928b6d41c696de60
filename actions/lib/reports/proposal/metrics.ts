// The metrics of the selected algorithm on the test rows, beside the champion and the trivial model; the curve; slices.
import type { Comparison } from '#lib/evaluation/comparison.ts';
import { costMetrics } from '#lib/evaluation/cost.ts';
import type { MetricValue } from '#lib/evaluation/evaluation.ts';
import { bareUnit, count, formatDifference, formatInterval, formatNumber } from '#lib/evaluation/format.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';
import { gatesOf } from '#lib/gates/profiles.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block, Table } from '#lib/reports/blocks.ts';
import type { Inline } from '#lib/reports/inline.ts';
import { behaviourSection } from '#lib/reports/proposal/behaviour.ts';
import { changeInterval, verdictSpan } from '#lib/reports/proposal/change.ts';
import { confusionFold } from '#lib/reports/proposal/confusion.ts';
import { explanationFolds } from '#lib/reports/proposal/explanation.ts';
import { fairnessFolds } from '#lib/reports/proposal/fairness.ts';
import { sidesFold } from '#lib/reports/proposal/sides.ts';
import { slicesFold, weakness } from '#lib/reports/proposal/slices.ts';
import { useSentence } from '#lib/reports/proposal/test-rows.ts';
import { thresholdBlocks } from '#lib/reports/proposal/threshold.ts';
import { worstSlicesFold } from '#lib/reports/proposal/worst-slices.ts';

/** Metric table, reliability figure and slices. */
export function metricsSection(proposal: Proposal): readonly Block[] {
  const { evidence } = proposal;
  if (!evidence) return [];
  const { evaluation } = evidence;
  const seen = evidence.selection
    ? 'seen by no algorithm in training and by the selected one only'
    : 'which the pipeline keeps out of its training, as far as the leakage gate can see';
  const positives = evaluation.positives === null ? '' : `, ${evaluation.positives} of them positive`;
  return [
    { kind: 'heading', level: 2, text: 'On the test rows' },
    {
      kind: 'paragraph',
      text: `${count(evaluation.n, 'row')}${positives}, ${seen}.${useSentence(proposal)}`,
    },
    ...metricTables(proposal, evidence),
    ...weakness(evidence),
    ...belowTrivial(evidence),
    reliability(proposal, evidence),
    ...ownIntervals(evidence),
    ...confusionFold(proposal, evidence),
    ...sidesFold(proposal, evidence),
    ...slicesFold(proposal, evidence),
    ...worstSlicesFold(evidence),
    ...fairnessFolds(proposal, evidence),
    ...thresholdBlocks(proposal, evidence),
    ...behaviourSection(evidence),
    ...explanationFolds(proposal, evidence),
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

/** The metrics that decide, and those that changed by more than chance; the others are folded. */
function metricTables(proposal: Proposal, evidence: Evidence): readonly Block[] {
  const { spec } = proposal.model;
  const gated = new Set([spec.evaluation.primary, ...gatesOf(spec).map(({ metric }) => metric)]);
  const told = new Set(
    evidence.comparisons
      .filter(({ verdict }) => verdict === 'better' || verdict === 'worse')
      .map(({ metric }) => metric),
  );
  const all = evidence.evaluation.metrics;
  const shown = all.filter(({ metric }) => gated.has(metric) || told.has(metric));
  const others = all.filter(metric => !shown.includes(metric));
  const corrected = correction(proposal, evidence);
  if (others.length < FEWEST_FOLDED) return [metricTable(proposal, evidence), ...corrected];
  const tableOf = (metrics: readonly MetricValue[]) =>
    metricTable(proposal, { ...evidence, evaluation: { ...evidence.evaluation, metrics } });
  const summary = `${count(others.length, 'metric')} more: ${others.map(({ metric }) => metric).join(', ')}`;
  return [tableOf(shown), ...corrected, { kind: 'details', summary, blocks: [tableOf(others)] }];
}

/** A reader who sees an interval without zero beside "can't tell" is told why. */
function correction({ model }: Proposal, { comparisons }: Evidence): readonly Block[] {
  const { primary } = model.spec.evaluation;
  const isCorrected = comparisons.some(
    ({ metric, verdict, ci95: [lower, upper] }) =>
      metric !== primary && verdict === "can't tell" && (lower > 0 || upper < 0),
  );
  if (!isCorrected) return [];
  const text = `Of ${count(comparisons.length - 1, 'metric')} some move by chance: the verdicts beside ${primary} are corrected for their number, so one can say "can't tell" though its own interval leaves zero out.`;
  return [{ kind: 'paragraph', text: [{ text, muted: true }] }];
}

/** Fewer than this are not worth a fold. */
const FEWEST_FOLDED = 4;

/** With a champion, or whatever else it was compared with: old, new, change; without one: the value and its interval. */
export function metricTable(
  { model }: Proposal,
  { evaluation, comparisons }: Evidence,
  reference = 'Champion',
): Block {
  const isPrimary = (metric: MetricValue) => metric.metric === model.spec.evaluation.primary;
  if (comparisons.length === 0) return aloneTable(evaluation.metrics, isPrimary);
  const right = 'right' as const;
  return {
    kind: 'table',
    columns: [
      { header: 'Metric' },
      { header: reference, align: right },
      { header: 'This', align: right },
      { header: 'Change', align: right },
      { header: '95 % interval', align: right },
      { header: 'Verdict' },
      { header: 'Trivial', align: right },
    ],
    rows: evaluation.metrics.map(metric => ({
      cells: comparedCells(
        metric,
        comparisons.find(candidate => candidate.metric === metric.metric),
      ),
      emphasis: isPrimary(metric),
    })),
  };
}

function comparedCells(metric: MetricValue, comparison: Comparison | undefined): readonly Inline[] {
  const { metric: name, value, unit, trivial } = metric;
  const change: readonly Inline[] = comparison
    ? [
        formatDifference(comparison.difference, bareUnit(unit)),
        changeInterval(comparison, unit),
        [verdictSpan(comparison)],
      ]
    : ['-', '-', '-'];
  return [
    name,
    comparison ? formatNumber(comparison.reference, unit) : '-',
    formatNumber(value, unit),
    ...change,
    formatNumber(trivial, unit),
  ];
}

function aloneTable(metrics: readonly MetricValue[], isPrimary: (metric: MetricValue) => boolean): Table {
  const right = 'right' as const;
  return {
    kind: 'table',
    columns: [
      { header: 'Metric' },
      { header: 'This', align: right },
      { header: '95 % interval', align: right },
      { header: 'Trivial', align: right },
      { header: 'Better' },
    ],
    rows: metrics.map(metric => ({
      cells: [
        metric.metric,
        formatNumber(metric.value, metric.unit),
        formatInterval(metric.ci95, metric.unit),
        formatNumber(metric.trivial, metric.unit),
        metric.better,
      ],
      emphasis: isPrimary(metric),
    })),
  };
}

/** Beside a champion the table holds the intervals of the changes; those of the values are here. */
function ownIntervals({ evaluation, comparisons }: Evidence): readonly Block[] {
  if (comparisons.length === 0) return [];
  const table = aloneTable(evaluation.metrics, () => false);
  return [{ kind: 'details', summary: 'Each metric with its own interval', blocks: [table] }];
}

function reliability({ model }: Proposal, { evaluation }: Evidence): Block {
  const { task, evaluation: asked } = model.spec;
  const isAmount = task === 'regression';
  const axis = isAmount ? { unit: asked.unit, decimals: 1 } : { decimals: 3 };
  return {
    kind: 'figure',
    alt: `${captionOf(model.spec)}, in ten bins of equal count`,
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

function captionOf({ task, evaluation, positive }: Proposal['model']['spec']): string {
  if (task === 'regression') return `Predicted and actual ${evaluation.target}`;
  const what = task === 'binary-classification' ? positive : 'the answer';
  return `Stated probability of ${what} and the share that happened`;
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
    return metricsOf(model.spec.task, model.spec.evaluation.business).filter(({ name }) => names.has(name));
  });
  const costs = shown.length > 0 ? costMetrics.filter(({ name }) => name === 'latency_p95_ms') : [];
  return [...new Set([...shown, ...costs])].map(({ name, meaning }) => [
    { text: name, strong: true },
    { text: `: ${meaning}` },
  ]);
}
