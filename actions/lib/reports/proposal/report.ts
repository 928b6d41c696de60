// The report of one proposal, in the order in which a reviewer reads: verdict, gates, metrics, algorithms, data, next.
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';
import { algorithmsSection } from '#lib/reports/proposal/algorithms.ts';
import { dataSection } from '#lib/reports/proposal/data.ts';
import { gatesSection } from '#lib/reports/proposal/gates.ts';
import { headline } from '#lib/reports/proposal/headline.ts';
import { meanings, metricsSection } from '#lib/reports/proposal/metrics.ts';
import { nextSteps } from '#lib/reports/proposal/next-steps.ts';

/** The same blocks serve the pull request, the terminal and the page. */
export function reportProposal(proposal: Proposal): readonly Block[] {
  return [
    ...headline(proposal),
    ...gatesSection(proposal),
    ...metricsSection(proposal),
    ...algorithmsSection(proposal),
    ...dataSection(proposal),
    ...meanings(proposal),
    ...nextSteps(proposal),
    ...provenance(proposal),
  ];
}

function provenance({ evidence, evidenceKey, model }: Proposal): readonly Block[] {
  if (!evidence || !evidenceKey) return [];
  const { artifact, testRows } = evidence.inputs;
  return [
    {
      kind: 'paragraph',
      text: [
        {
          text: `Owners ${model.metadata.owners.join(', ')}. Model ${artifact.slice(7, 19)}, test rows ${testRows.slice(7, 19)}, evidence ${evidenceKey.slice(0, 12)}.`,
          muted: true,
        },
      ],
    },
  ];
}
