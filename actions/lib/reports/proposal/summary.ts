// The last lines on a terminal: one row per model, and where to read more.

import { formatInterval, formatNumber } from '#lib/evaluation/format.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';
import { meaningLines } from '#lib/reports/proposal/metrics.ts';

export interface SummaryEntry {
  readonly proposal: Proposal;
  /** Paths as a person would type them. */
  readonly html: string;
  readonly card: string | null;
}

/** A table of verdicts and the files written. */
export function summarizeProposals(entries: readonly SummaryEntry[]): readonly Block[] {
  return [
    { kind: 'heading', level: 1, text: 'Summary' },
    {
      kind: 'table',
      columns: [
        { header: 'Model' },
        { header: 'Verdict' },
        { header: 'Primary metric', align: 'right' },
        { header: 'Selected' },
        { header: 'p95', align: 'right' },
      ],
      rows: entries.map(({ proposal }) => ({
        cells: [
          proposal.model.metadata.name,
          [
            proposal.verdict.slo_compliant
              ? { text: 'stands', tone: 'pass' }
              : { text: 'does not stand', tone: 'fail' },
          ],
          primaryText(proposal),
          proposal.evidence?.selection?.selected ?? '-',
          latencyText(proposal),
        ],
      })),
    },
    { kind: 'list', items: meaningLines(entries.map(({ proposal }) => primaryOnly(proposal))) },
    {
      kind: 'list',
      items: entries.map(({ proposal, html, card }) => [
        { text: `${proposal.model.metadata.name}: report ` },
        { text: html, code: true },
        ...(card === null ? [] : [{ text: ', card ' }, { text: card, code: true }]),
      ]),
    },
  ];
}

/** The reports explain every metric; here only what the table shows. */
function primaryOnly(proposal: Proposal): Proposal {
  const { evidence, model } = proposal;
  if (!evidence) return proposal;
  const { primary } = model.spec.evaluation;
  const metrics = evidence.evaluation.metrics.filter(({ metric }) => metric === primary);
  return { ...proposal, evidence: { ...evidence, evaluation: { ...evidence.evaluation, metrics } } };
}

function latencyText({ evidence, costs }: Proposal): string {
  const latency = costs[evidence?.selection?.selected ?? 'model']?.latency_p95_ms;
  return latency === null || latency === undefined ? '-' : `${Number(latency.toPrecision(3))} ms`;
}

function primaryText({ evidence, model }: Proposal): string {
  const found = evidence?.evaluation.metrics.find(({ metric }) => metric === model.spec.evaluation.primary);
  if (!found) return '-';
  return `${found.metric} ${formatNumber(found.value, found.unit)} (${formatInterval(found.ci95, found.unit)})`;
}
