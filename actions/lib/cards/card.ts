// The model card: facts generated between markers, owners' words kept everywhere else. Only what the inputs decide is
// in it (no timings, no comparison with whatever main holds today), so that proposing again changes no byte.

import { cardFacts } from '#lib/cards/facts.ts';
import { BEGIN_LINE, END_LINE, OWNERS_PARTS } from '#lib/cards/parts.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';

const BEGIN =
  '<!-- mainline:begin facts - written by "mainline propose"; what stands between these lines is replaced -->';
const END = '<!-- mainline:end facts -->';
/**
 * The card with its facts brought up to date.
 * @param existing the present text, or undefined to begin a card with the parts its owners have to write.
 */
export function updateCard(existing: string | undefined, proposal: Proposal): string {
  const facts = `${BEGIN}\n\n${renderMarkdown(cardFacts(proposal)).trim()}\n\n${END}`;
  if (existing === undefined) return beginCard(proposal, facts);
  const begin = BEGIN_LINE.exec(existing);
  const end = END_LINE.exec(existing);
  if (!begin || !end || end.index < begin.index) return `${existing.trimEnd()}\n\n${facts}\n`;
  return existing.slice(0, begin.index) + facts + existing.slice(end.index + end[0].length);
}

function beginCard({ model }: Proposal, facts: string): string {
  const parts = OWNERS_PARTS.map(([title, question]) => `## ${title}\n\n_${question}_\n`);
  return [`# Model card: ${model.metadata.name}\n`, `${facts}\n`, ...parts].join('\n');
}
