// How far the test rows can be trusted, in words: what makes a fair comparison unfair without anybody's bad will.
import { count } from '#lib/evaluation/format.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';

/** Rows on which the champion has learned what it is asked now. */
export function knownRows({ testRows }: Proposal): readonly Block[] {
  const overlap = testRows?.overlap;
  if (!overlap || overlap.rows === 0) return [];
  const share = Number((overlap.share * 100).toPrecision(2));
  return [
    {
      kind: 'notice',
      notice: 'warning',
      text: [
        { text: 'The champion knows some of the test rows', strong: true },
        {
          text: `: it was trained on ${count(overlap.rows, 'row')} of them (${share}\u00a0%), so the comparison favours it. Rows that move between training and test make every old model look better than it is.`,
        },
      ],
    },
  ];
}

/** From how many on it is worth a thought. */
const MANY = 20;

/** How often these rows have judged; empty for the first time. */
export function useSentence({ testRows }: Proposal): string {
  const use = testRows?.use;
  if (!use || use.models < 2) return '';
  const warning =
    use.models < MANY
      ? ''
      : ': the best of so many is best by luck too, so bring fresh test rows before long';
  return ` These rows have judged at least ${count(use.models, 'model')} so far${warning}.`;
}
