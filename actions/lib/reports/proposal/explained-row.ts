// One answer explained: reasons a person can read, then what every column moved.
import { count, formatDifference, formatNumber } from '#lib/evaluation/format.ts';
import type { Attribution, Explanation } from '#lib/explanation/explain-rows.ts';
import type { Reason } from '#lib/explanation/reasons.ts';
import type { Block } from '#lib/reports/blocks.ts';

export interface ShownRow {
  readonly model: string;
  readonly key: string;
  readonly truth: number;
  readonly explanation: Explanation;
  readonly reasons: readonly Reason[];
  readonly unit: string | null;
}

const METHODS: Readonly<Record<Explanation['method'], string>> = {
  trees: 'exactly, from the trees of the model file',
  'trees-path-dependent': 'exactly, from the trees of the model file and how training rows fall through them',
  'weighted-sum': 'exactly, from the weights of the model file',
  sampling: 'by sampling, since the file is of a kind that cannot be read inside',
};

const SHOWN = 15;

/** The answer, its reasons and the table behind them. */
export function explainedRowBlocks({
  model,
  key,
  truth,
  explanation,
  reasons,
  unit,
}: ShownRow): readonly Block[] {
  const { answer, base, reached, scale, method, attributions } = explanation;
  const shown = scale === 'target' ? (unit ?? '') : 'fraction';
  const logOdds = scale === 'log-odds' ? ' log-odds' : '';
  const moved = attributions.filter(({ attribution }) => attribution !== 0);
  return [
    { kind: 'heading', level: 3, text: `${model}: row ${key}` },
    {
      kind: 'paragraph',
      text: `The model answers ${formatNumber(answer, unit ?? 'fraction')}; it was ${formatNumber(truth, unit ?? 'count')}.`,
    },
    { kind: 'list', items: reasons.map(({ words }) => words) },
    {
      kind: 'paragraph',
      text: `A usual row is answered with ${formatNumber(base, shown)}${logOdds}; with what its columns move, this one with ${formatNumber(reached, shown)}. Found ${METHODS[method]}.`,
    },
    {
      kind: 'table',
      columns: [{ header: 'Column' }, { header: 'Value' }, { header: 'Moves', align: 'right' }],
      rows: moved.slice(0, SHOWN).map(one => ({
        cells: [one.column, sayValue(one), formatDifference(one.attribution, shown)],
      })),
    },
    ...(moved.length > SHOWN
      ? [
          {
            kind: 'paragraph',
            text: `${count(moved.length - SHOWN, 'column')} more move it less: --json has them all.`,
          } as const,
        ]
      : []),
  ];
}

function sayValue({ value }: Attribution): string {
  return value === null ? '-' : String(value);
}
