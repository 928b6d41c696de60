// The first lines: does it stand, by how much, what changed. A reader who stops here knows the answer.

import { count, formatDifference, formatInterval, formatNumber } from '#lib/evaluation/format.ts';
import { isBlocking } from '#lib/gates/verdict.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';
import type { Span } from '#lib/reports/inline.ts';

/** Title, verdict, the primary metric in one sentence, the reasons, what changed. */
export function headline(proposal: Proposal): readonly Block[] {
  const { verdict, model } = proposal;
  return [
    {
      kind: 'heading',
      level: 1,
      text: `${model.metadata.name}: ${verdict.slo_compliant ? 'the proposal stands' : 'the proposal does not stand'}`,
    },
    { kind: 'notice', notice: verdict.slo_compliant ? 'pass' : 'fail', text: verdictLine(proposal) },
    ...warnings(proposal),
    ...reasonsSection(proposal),
    ...changesSection(proposal),
  ];
}

/** The primary metric, against the champion and the trivial model, in one line. */
export function verdictLine(proposal: Proposal): readonly Span[] {
  const bit: Span = { text: `slo_compliant: ${proposal.verdict.slo_compliant}`, code: true };
  const { evidence } = proposal;
  const primary = evidence?.evaluation.metrics.find(
    ({ metric }) => metric === proposal.model.spec.evaluation.primary,
  );
  if (!evidence || !primary) return [{ text: 'Nothing was trained: the data breaks its contract. ' }, bit];
  const { unit, value, ci95, trivial } = primary;
  const interval = `(95\u00a0%: ${formatInterval(ci95, unit)})`;
  return [
    { text: `${primary.metric} ${formatNumber(value, unit)}`, strong: true },
    { text: ` ${interval} on ${count(evidence.evaluation.n, 'test row')}; ${againstChampion(proposal)}` },
    { text: `the trivial model reaches ${formatNumber(trivial, unit)}. ` },
    bit,
  ];
}

function againstChampion({ evidence, champion, model }: Proposal): string {
  const { primary } = model.spec.evaluation;
  if (champion.state === 'same') return `the same model as ${champion.name}; `;
  const comparison = evidence?.comparisons.find(({ metric }) => metric === primary);
  if (!comparison) return '';
  const unit = evidence?.evaluation.metrics.find(({ metric }) => metric === primary)?.unit;
  const relation = comparison.verdict === "can't tell" ? "can't tell from" : `${comparison.verdict} than`;
  const change = `${formatDifference(comparison.difference, unit)} (95\u00a0%: ${formatInterval(comparison.ci95, unit)})`;
  return `${relation} the champion of ${champion.name}: ${change}; `;
}

/** A proposal that changes what it is judged by says so before anything else. */
function warnings({ changes }: Proposal): readonly Block[] {
  const own = (changes ?? []).filter(change => / spec\.(gates|evaluation)/.test(change));
  if (own.length === 0) return [];
  return [
    {
      kind: 'notice',
      notice: 'warning',
      text: `This proposal changes its own gates or evaluation: ${own.join('; ')}.`,
    },
  ];
}

/** What blocks, each with its remedy. */
export function reasonsSection({ verdict }: Proposal): readonly Block[] {
  const blocking = verdict.gates.filter(gate => isBlocking(gate) && gate.remedy !== null);
  if (blocking.length === 0) return [];
  return [
    {
      kind: 'list',
      items: blocking.map(({ condition, outcome, reason, remedy }) => [
        { text: condition, strong: true },
        { text: ` ${outcome}: ${reason}. ${remedy ?? ''}` },
      ]),
    },
  ];
}

const SHOWN_CHANGES = 12;

/** What differs from the base, in words. */
export function changesSection({ base, changes: sentences, model }: Proposal): readonly Block[] {
  if (!base) return [];
  const place = `${base.name} (${base.commit.slice(0, 7)})`;
  if (sentences === null) {
    return [
      { kind: 'paragraph', text: `${place} has no ${model.metadata.name} yet: this is its first proposal.` },
    ];
  }
  if (sentences.length === 0)
    return [{ kind: 'paragraph', text: `Data, code and parameters are those of ${place}.` }];
  const more = sentences.length - SHOWN_CHANGES;
  return [
    { kind: 'heading', level: 2, text: `What changed against ${place}` },
    {
      kind: 'list',
      items: [...sentences.slice(0, SHOWN_CHANGES), ...(more > 0 ? [`and ${more} more`] : [])],
    },
  ];
}
