// What the model relies on and why it answers single rows as it does: folded, since it is read by those who ask.
import { count, formatNumber } from '#lib/evaluation/format.ts';
import type { Dependence } from '#lib/explanation/dependence.ts';
import type { ExplainedExample, ModelExplanation } from '#lib/explanation/findings.ts';
import type { ImportanceStability } from '#lib/explanation/importance-stability.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block, Figure } from '#lib/reports/blocks.ts';

/** Importance with its stability, curves, and reasons for a few rows. */
export function explanationFolds({ model }: Proposal, { explanation }: Evidence): readonly Block[] {
  if (!explanation && model.spec.task !== 'multiclass-classification') return [];
  if (!explanation) {
    const text = 'Models of several classes are not explained: no single number says what a column moves.';
    return [{ kind: 'paragraph', text: [{ text, muted: true }] }];
  }
  const { importance, stability, dependence, examples } = explanation;
  const leading = importance.columns.slice(0, 3).map(({ column }) => column);
  const unit = model.spec.evaluation.unit;
  return [
    {
      kind: 'details',
      summary: `What it relies on: ${leading.join(', ')}`,
      blocks: [
        {
          kind: 'paragraph',
          text: `By how much ${sayLoss(importance.loss, unit)} rises when the values of a column change hands between ${count(importance.n, 'test row')}. Columns that say the same share their importance.`,
        },
        importanceFigure(explanation, unit),
        ...(stability ? [{ kind: 'paragraph', text: sayStability(stability) } as const] : []),
        ...dependence.map(one => dependenceFigure(one, unit)),
      ],
    },
    {
      kind: 'details',
      summary: `Why it answers so: ${count(examples.length, 'test row')}`,
      blocks: examples.flatMap(example => explainedRow(example, unit)),
    },
  ];
}

function sayLoss(loss: string, unit: string | undefined): string {
  if (loss === 'log_loss') return 'the log loss';
  return unit ? `the mean absolute error (${unit})` : 'the mean absolute error';
}

const SHOWN = 10;

function importanceFigure({ importance }: ModelExplanation, unit: string | undefined): Figure {
  const isLoss = importance.loss === 'log_loss';
  return {
    kind: 'figure',
    alt: 'Importance of each column with its 95\u00a0% interval',
    chart: {
      kind: 'intervals',
      confidence: 95,
      axis: { label: 'importance', decimals: isLoss ? 4 : 3, ...(unit && !isLoss ? { unit } : {}) },
      rows: importance.columns.slice(0, SHOWN).map(({ column, importance: value, ci95 }, index) => ({
        ...{ label: column, value, emphasis: index === 0 },
        ...(ci95 ? { interval: ci95 } : {}),
      })),
    },
  };
}

function sayStability({ rankCorrelation, meanChange, limit, columns }: ImportanceStability): string {
  const order =
    rankCorrelation === null ? '' : `rank correlation ${formatNumber(rankCorrelation, 'fraction')}, `;
  const moved = columns
    .slice(0, 3)
    .filter(({ change }) => change > 0)
    .map(({ column, share, reference }) => `${column} ${percent(reference)} to ${percent(share)}`);
  const most = moved.length > 0 ? ` Most: ${moved.join(', ')}.` : '';
  return `Against the champion: ${order}mean change of a share ${formatNumber(meanChange, 'fraction')} (above ${limit} is worth a look).${most}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)}\u00a0%`;
}

/** Numbers as curves; categories as points with the spread of the rows. */
function dependenceFigure({ column, kind, points, n }: Dependence, unit: string | undefined): Figure {
  const y = { label: 'answer', decimals: unit ? 2 : 3, ...(unit ? { unit } : {}) };
  const alt = `Mean answer when ${column} is set to one value in ${count(n, 'training row')}, and the tenth and ninetieth of a hundred`;
  const known = points.flatMap(({ value, ...rest }) =>
    typeof value === 'number' ? [{ ...rest, value }] : [],
  );
  if (kind === 'number' && known.length > 1) {
    const curve = (label: string, of: (point: (typeof known)[number]) => number) => ({
      label,
      points: known.map(point => [point.value, of(point)] as const),
    });
    return {
      kind: 'figure',
      alt,
      chart: {
        kind: 'line',
        ...{ x: { label: column, decimals: 2 }, y },
        series: [
          curve('mean', ({ mean }) => mean),
          curve('a tenth is below', ({ low }) => low),
          curve('a tenth is above', ({ high }) => high),
        ],
      },
    };
  }
  const rows = points.slice(0, SHOWN).map(({ value, mean, low, high }) => ({
    label: value === null ? '(missing)' : String(value),
    ...{ value: mean, interval: [low, high] as const },
  }));
  return { kind: 'figure', alt, chart: { kind: 'intervals', confidence: 80, axis: y, rows } };
}

function explainedRow(
  { why, row, answer, truth, reasons }: ExplainedExample,
  unit: string | undefined,
): readonly Block[] {
  const shown = unit ?? 'fraction';
  return [
    {
      kind: 'paragraph',
      text: [
        { text: `${why.slice(0, 1).toUpperCase()}${why.slice(1)}`, strong: true },
        { text: ` (row ` },
        { text: row, code: true },
        { text: `): ${formatNumber(answer, shown)}, and it was ${formatNumber(truth, unit ?? 'count')}.` },
      ],
    },
    { kind: 'list', items: reasons.map(({ words }) => words) },
  ];
}
