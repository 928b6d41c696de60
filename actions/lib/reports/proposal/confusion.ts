// How often each answer met each truth, and the rule behind the answer.
import { groupDigits } from '#lib/evaluation/format.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';

const MOST_CLASSES = 20;

/** Folded; none for amounts. */
export function confusionFold(
  { model }: Proposal,
  { evaluation: { confusion } }: Evidence,
): readonly Block[] {
  if (!confusion || confusion.labels.length > MOST_CLASSES) return [];
  const { labels, cells } = confusion;
  const rule =
    model.spec.task === 'binary-classification'
      ? `at the threshold ${model.spec.threshold}`
      : 'the most probable class is the answer';
  return [
    {
      kind: 'details',
      summary: `Answers beside the truth (${rule})`,
      blocks: [
        {
          kind: 'table',
          columns: [
            { header: 'Truth' },
            ...labels.map(label => ({ header: `answered ${label}`, align: 'right' as const })),
          ],
          rows: cells.map((row, truth) => ({
            cells: [labels[truth] ?? '', ...row.map(n => groupDigits(String(n)))],
          })),
        },
      ],
    },
  ];
}
