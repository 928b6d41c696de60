// Writes what a proposal leaves behind: evidence by the digest of its inputs, the card, the report in two forms.
import { join } from 'node:path';
import { updateCard } from '#lib/cards/card.ts';
import { cardPath } from '#lib/cards/parts.ts';
import { formatJson } from '#lib/documents/canonical.ts';
import { writeWhole } from '#lib/documents/write.ts';
import { readOptional } from '#lib/flows/judging/side-files.ts';
import type { Workspace } from '#lib/flows/workspace.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import { renderHtml } from '#lib/reports/html.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';
import { reportProposal } from '#lib/reports/proposal/report.ts';

export interface WrittenProposal {
  /** Absolute paths. */
  readonly proposal: string;
  readonly markdown: string;
  readonly html: string;
  /** Null when nothing was evaluated. */
  readonly evidence: string | null;
  readonly card: string | null;
}

/** Writes all files of one proposal; the card only changes when its facts do. */
export async function writeProposal(workspace: Workspace, proposal: Proposal): Promise<WrittenProposal> {
  const name = proposal.model.metadata.name;
  const { evidence, evidenceKey } = proposal;
  const written: WrittenProposal = {
    proposal: join(workspace.proposals, `${name}.json`),
    markdown: join(workspace.reports, `${name}.md`),
    html: join(workspace.reports, `${name}.html`),
    evidence: evidenceKey && join(workspace.evidence, `${evidenceKey}.json`),
    card: evidence && join(workspace.root, cardPath(name)),
  };
  const blocks = reportProposal(proposal);
  await writeWhole(written.proposal, formatJson(proposal));
  await writeWhole(written.markdown, renderMarkdown(blocks));
  await writeWhole(written.html, renderHtml(blocks, { title: `Proposal: ${name}`, language: 'en' }));
  if (written.evidence) await writeWhole(written.evidence, formatJson(evidence));
  if (written.card) await writeWhole(written.card, updateCard(await readOptional(written.card), proposal));
  return written;
}
