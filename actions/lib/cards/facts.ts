// The facts of a card, from the evidence: identity, data, method, results.

import { count, formatInterval, formatNumber } from '#lib/evaluation/format.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block, Row } from '#lib/reports/blocks.ts';
import type { Inline } from '#lib/reports/inline.ts';

/** All generated parts; empty when nothing was evaluated. */
export function cardFacts(proposal: Proposal): readonly Block[] {
  const { evidence } = proposal;
  if (!evidence) return [];
  return [
    { kind: 'paragraph', text: `${proposal.model.metadata.description}.` },
    factTable(proposal, evidence),
    { kind: 'heading', level: 2, text: 'Results on the test rows' },
    resultTable(proposal, evidence),
    ...sliceTable(evidence),
    { kind: 'heading', level: 2, text: 'Features' },
    { kind: 'paragraph', text: proposal.crossValidation?.features.join(', ') ?? 'Those of the model file.' },
    { kind: 'heading', level: 2, text: 'What it has to keep' },
    { kind: 'list', items: gateLines(evidence) },
  ];
}

function factTable(proposal: Proposal, { inputs, evaluation, selection }: Evidence): Block {
  const { metadata, spec } = proposal.model;
  const candidate = proposal.crossValidation?.candidates.find(
    ({ algorithm }) => algorithm === selection?.selected,
  );
  const rows: readonly (readonly [string, Inline])[] = [
    ['Owners', metadata.owners.join(', ')],
    [
      'Task',
      spec.positive === undefined
        ? spec.task
        : `${spec.task}, positive = ${spec.positive}, threshold ${spec.threshold}`,
    ],
    [
      'Predicts',
      spec.evaluation.unit ? `${spec.evaluation.target} (${spec.evaluation.unit})` : spec.evaluation.target,
    ],
    ...(candidate
      ? ([
          [
            'Algorithm',
            `${candidate.algorithm}@${candidate.version}, ${parametersText(candidate.parameters)}`,
          ],
          ['Chosen', selection?.why ?? ''],
          ['Backup', selection?.backup ?? 'none keeps the gates'],
          ['Training rows', String(proposal.crossValidation?.rows ?? '')],
        ] as const)
      : []),
    ['Test rows', String(evaluation.n)],
    ...proposal.contracts.map(
      ({ data, contract }) =>
        [
          'Data',
          [
            { text: data.path, code: true },
            {
              text: `, ${count(data.rows, 'row')}, ${shorten(data.digest)}, under contract ${contract.id} ${contract.version}`,
            },
          ],
        ] as const,
    ),
    ['Model file', [{ text: inputs.artifact, code: true }]],
  ];
  return {
    kind: 'table',
    columns: [{ header: 'Fact' }, { header: 'Value' }],
    rows: rows.map(([name, value]) => ({ cells: [name, value] })),
  };
}

function resultTable({ model }: Proposal, { evaluation }: Evidence): Block {
  return {
    kind: 'table',
    columns: [
      { header: 'Metric' },
      { header: 'Value', align: 'right' },
      { header: '95 % interval', align: 'right' },
      { header: 'Trivial model', align: 'right' },
    ],
    rows: evaluation.metrics.map(
      ({ metric, value, ci95, trivial, unit }): Row => ({
        cells: [metric, formatNumber(value, unit), formatInterval(ci95, unit), formatNumber(trivial, unit)],
        emphasis: metric === model.spec.evaluation.primary,
      }),
    ),
  };
}

function sliceTable({ evaluation }: Evidence): readonly Block[] {
  const [first] = evaluation.slices;
  if (!first) return [];
  const unit = evaluation.metrics.find(({ metric }) => metric === first.metric)?.unit;
  return [
    {
      kind: 'table',
      columns: [
        { header: 'Slice' },
        { header: 'Rows', align: 'right' },
        { header: first.metric, align: 'right' },
        { header: '95 % interval', align: 'right' },
      ],
      rows: evaluation.slices.map(({ column, value, n, measured, ci95 }) => ({
        cells: [`${column} = ${value}`, String(n), formatNumber(measured, unit), formatInterval(ci95, unit)],
      })),
    },
  ];
}

/** Conditions only: outcomes against the champion change when main does, and the card must not. */
function gateLines({ verdict }: Evidence): readonly string[] {
  return verdict.gates.map(({ condition, severity }) =>
    severity === 'warn' ? `${condition} (warns only)` : condition,
  );
}

function parametersText(parameters: Readonly<Record<string, unknown>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(', ');
}

function shorten(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
