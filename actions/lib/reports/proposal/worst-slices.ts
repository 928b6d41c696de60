// The parts of the rows that nobody declared and on which the model is worse: found by a search, and told with how far it looked.
import { count, formatInterval, formatNumber, formatP, groupDigits } from '#lib/evaluation/format.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import type { Block } from '#lib/reports/blocks.ts';
import { changeInterval, verdictSpan } from '#lib/reports/proposal/change.ts';

const RANKINGS = new Set(['roc_auc', 'pr_auc', 'ks', 'lift', 'roc_auc_macro']);
const ALIKE =
  ' Among rows that are alike in what matters any ranking does worse than among all: look at the loss too.';

/** One fold; says also that nothing was found. */
export function worstSlicesFold({ worstSlices, evaluation }: Evidence): readonly Block[] {
  const { slices, looked, smallest, metric, overall } = worstSlices;
  if (looked === 0) return [];
  const unit = evaluation.metrics.find(candidate => candidate.metric === metric)?.unit ?? '';
  const searched = `${groupDigits(String(looked))} parts of at least ${count(smallest, 'row')} were looked at, by the values of one and of two columns, and corrected for their number.`;
  if (slices.length === 0) {
    const text = `${searched} On none is the model worse by more than chance.`;
    return [
      {
        kind: 'details',
        summary: 'Search for the worst part: none found',
        blocks: [{ kind: 'paragraph', text }],
      },
    ];
  }
  const [worst] = slices;
  const isCompared = slices.some(({ change }) => change);
  return [
    {
      kind: 'details',
      summary: `Search for the worst part: ${worst?.words} (${metric} ${formatNumber(worst?.value ?? null, unit)})`,
      blocks: [
        {
          kind: 'paragraph',
          text: `${searched} On all rows ${metric} is ${formatNumber(overall, unit)}.${RANKINGS.has(metric) ? ALIKE : ''}`,
        },
        {
          kind: 'table',
          columns: [
            { header: 'Part' },
            { header: 'Rows', align: 'right' },
            { header: metric, align: 'right' },
            { header: '95 % interval', align: 'right' },
            { header: 'p, corrected', align: 'right' },
            ...(isCompared ? [{ header: 'Against the champion' }] : []),
          ],
          rows: slices.map(({ words, n, value, ci95, p, change }) => ({
            cells: [
              words,
              groupDigits(String(n)),
              formatNumber(value, unit),
              formatInterval(ci95, unit),
              formatP(p),
              ...(isCompared
                ? [change ? [verdictSpan(change), { text: ` ${changeInterval(change, unit)}` }] : '-']
                : []),
            ],
          })),
        },
      ],
    },
  ];
}
