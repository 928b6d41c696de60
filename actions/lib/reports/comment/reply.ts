// What is said to somebody who asked about a proposal: one gate explained, or its model held against another one.
import type { GateExplanation } from '#lib/gates/explain.ts';
import type { Block } from '#lib/reports/blocks.ts';
import { asFound, type CommentInput, originOf } from '#lib/reports/comment/input.ts';
import { gateBlocks } from '#lib/reports/proposal/explained-gates.ts';
import { metricTable } from '#lib/reports/proposal/metrics.ts';

/** Gates of a proposal, explained. */
export function explainedBlocks(
  input: CommentInput,
  explained: readonly GateExplanation[],
): readonly Block[] {
  return gateBlocks(input.proposal.model.metadata.name, explained, originOf(input));
}

/** The metrics of both on the same rows; `revision` is what was asked for. */
export function comparedBlocks(input: CommentInput, revision: string): readonly Block[] {
  const { name } = input.proposal.model.metadata;
  const title: Block = {
    kind: 'heading',
    level: 3,
    text: [{ text: `${name} at ${input.head.slice(0, 7)} against ` }, { text: revision, code: true }],
  };
  const proposal = asFound(input);
  const { evidence } = proposal;
  if (!evidence || originOf(input) === 'claimed') {
    const why = input.verification?.why ?? 'nothing was trained';
    return [title, { kind: 'paragraph', text: `Nothing can be said: ${why}.` }];
  }
  if (evidence.comparisons.length === 0) {
    return [title, { kind: 'paragraph', text: 'The same model: the same bytes, threshold and features.' }];
  }
  const { primary } = proposal.model.spec.evaluation;
  const verdict = evidence.comparisons.find(({ metric }) => metric === primary)?.verdict ?? "can't tell";
  return [
    title,
    {
      kind: 'paragraph',
      text: [
        { text: `${primary}: ${verdict}`, strong: true },
        { text: ` on the same ${evidence.evaluation.n} test rows of main, both models run there.` },
      ],
    },
    metricTable(proposal, evidence, revision),
    {
      kind: 'paragraph',
      text: 'Gates judge against the champion, not against this: the verdict above stays as it is.',
    },
  ];
}
