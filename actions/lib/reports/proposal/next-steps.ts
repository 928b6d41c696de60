// What to do now, as commands a person can run.
import { isBlocking } from '#lib/gates/verdict.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';
import type { Inline, Span } from '#lib/reports/inline.ts';
import { weakSlices } from '#lib/reports/proposal/slices.ts';

/** The section "Next". */
export function nextSteps(proposal: Proposal): readonly Block[] {
  return [
    { kind: 'heading', level: 2, text: 'Next' },
    { kind: 'list', items: stepsFor(proposal), ordered: true },
  ];
}

function stepsFor(proposal: Proposal): readonly Inline[] {
  const name = proposal.model.metadata.name;
  if (!proposal.verdict.slo_compliant) {
    const remedies = proposal.verdict.gates.filter(isBlocking).flatMap(({ remedy }) => remedy ?? []);
    return [
      ...new Set(remedies),
      [{ text: 'Run ' }, { text: `npx --no mainline propose ${name}`, code: true }, { text: ' again.' }],
    ];
  }
  if (proposal.champion.state === 'same' && proposal.changes?.length === 0) {
    return [
      'Nothing to review: this is the model that main has.',
      [
        { text: 'To propose another, change ' },
        { text: `${proposal.model.spec.pipeline}/params.yaml`, code: true },
        { text: ', the features or the data, and run ' },
        { text: `npx --no mainline propose ${name}`, code: true },
        { text: '.' },
      ],
    ];
  }
  return [
    [
      { text: 'Read the card ' },
      { text: `model-cards/${name}.md`, code: true },
      { text: ' and complete the parts that only its owners can write.' },
    ],
    [
      { text: 'Commit ' },
      { text: `${proposal.model.spec.pipeline}/dvc.lock`, code: true },
      { text: ', the metrics beside it and the card, and open a pull request; the owners review it there.' },
    ],
  ];
}

/** The one thing to do now, and the command that shows or repeats it. */
export function nextSentence(
  { model, verdict, champion, changes, evidence }: Proposal,
  canBeJudged: boolean,
): Inline {
  const name = model.metadata.name;
  const command: Span = { text: `npx --no mainline propose ${name}`, code: true };
  const card: Span = { text: `model-cards/${name}.md`, code: true };
  const next: Span = { text: 'Next', strong: true };
  if (!verdict.slo_compliant)
    return [next, { text: ': mend what is named above, run ' }, command, { text: ' and push again.' }];
  if (!canBeJudged) {
    const text = ': nothing here was found out by main, so its owners read gates, test rows and code; ';
    return [next, { text }, command, { text: ' gives these numbers again.' }];
  }
  if (champion.state === 'same' && changes?.length === 0) {
    const text = ': nothing to review, this is the model that main has; ';
    return [next, { text }, command, { text: ' shows it.' }];
  }
  const isWeak = evidence !== null && weakSlices(evidence).length > 0;
  const ask = isWeak ? 'say whether it may be worse there, read' : 'read';
  return [
    ...[next, { text: `: its owners ${ask} what changed and ` }, card, { text: ', then approve; ' }, command],
    {
      text: ' shows it all. Merged, it is a version that serves nothing before its promotion is approved too.',
    },
  ];
}
