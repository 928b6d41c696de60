// Every algorithm side by side: cross-validated metric, speed, size, and why the selected one was selected.
import { count, formatInterval, formatNumber } from '#lib/evaluation/format.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block, Row } from '#lib/reports/blocks.ts';
import { costTable, showCost } from '#lib/reports/proposal/cost.ts';
import { type CrossValidation, KEEPS, type Selection } from '#lib/training/selection.ts';

/** The comparison inside the training rows; for a model a team brings itself, its cost alone. */
export function algorithmsSection(proposal: Proposal): readonly Block[] {
  const { crossValidation, evidence, costs } = proposal;
  const heading = { kind: 'heading', level: 2, text: 'Algorithms' } as const;
  if (!evidence) return [];
  if (!crossValidation || !evidence.selection) {
    return [{ ...heading, text: 'Cost' }, costTable(costs)];
  }
  const { selection } = evidence;
  return [
    heading,
    {
      kind: 'paragraph',
      text: [
        { text: selection.selected, strong: true },
        {
          text: ` was selected: ${selection.why}. ${backupSentence(selection)} Judged by ${crossValidation.folds}-fold cross-validation inside ${count(crossValidation.rows, 'training row')}; nothing measured in time takes part. The test rows give other numbers: they are other rows.`,
        },
      ],
    },
    algorithmTable(proposal, crossValidation, selection),
    ...rejections(selection),
    intervalsFigure(crossValidation, selection),
    ...importance(crossValidation, selection),
    {
      kind: 'details',
      summary: 'Latency, memory and size of each, measured on this machine',
      blocks: [costTable(costs)],
    },
  ];
}

function backupSentence({ backup }: Selection): string {
  return backup
    ? `${backup} is kept as backup.`
    : 'No other algorithm keeps the gates, so there is no backup.';
}

function algorithmTable({ costs }: Proposal, validation: CrossValidation, selection: Selection): Block {
  const right = 'right' as const;
  const rows = selection.standings.flatMap(({ algorithm, role }): readonly Row[] => {
    const candidate = validation.candidates.find(entry => entry.algorithm === algorithm);
    const score = candidate?.scores.find(({ metric }) => metric === selection.primary);
    const cost = costs[algorithm];
    return [
      {
        cells: [
          algorithm,
          formatNumber(score?.value ?? null, score?.unit),
          formatInterval(score?.ci95 ?? null, score?.unit),
          showCost(cost?.latency_p95_ms, 'ms'),
          showCost(cost?.model_size_mb, 'MB'),
          showCost(cost?.training_time_s, 's'),
          role,
        ],
        emphasis: role === 'selected',
      },
    ];
  });
  return {
    kind: 'table',
    columns: [
      { header: 'Algorithm' },
      { header: selection.primary, align: right },
      { header: '95 % interval', align: right },
      { header: 'p95', align: right },
      { header: 'Size', align: right },
      { header: 'Training', align: right },
      { header: 'Role' },
    ],
    rows,
  };
}

/** Why an algorithm cannot stand in, and every cost, for whoever asks. */
function rejections({ standings }: Selection): readonly Block[] {
  const rejected = standings.filter(
    ({ role, reason }) => role === 'rejected' || (role === 'selected' && reason !== KEEPS),
  );
  if (rejected.length === 0) return [];
  return [
    {
      kind: 'list',
      items: rejected.map(({ algorithm, reason }) => [
        { text: algorithm, strong: true },
        { text: ` does not keep all gates in cross-validation: ${reason}.` },
      ]),
    },
  ];
}

function intervalsFigure(validation: CrossValidation, selection: Selection): Block {
  const trivial = validation.trivial.find(({ metric }) => metric === selection.primary);
  const rows = selection.standings.flatMap(({ algorithm, role }) => {
    const score = validation.candidates
      .find(entry => entry.algorithm === algorithm)
      ?.scores.find(({ metric }) => metric === selection.primary);
    if (!score || score.value === null) return [];
    return [
      {
        label: algorithm,
        value: score.value,
        interval: score.ci95 ?? undefined,
        emphasis: role === 'selected',
      },
    ];
  });
  const isAmount = trivial?.unit !== 'fraction';
  return {
    kind: 'figure',
    alt: `Cross-validated ${selection.primary} of each algorithm with its 95\u00a0% interval`,
    chart: {
      kind: 'intervals',
      confidence: 95,
      axis: {
        label: selection.primary,
        ...(isAmount && trivial?.unit ? { unit: trivial.unit } : {}),
        decimals: isAmount ? 2 : 3,
      },
      rows,
      ...(trivial && trivial.value !== null
        ? { reference: { label: 'trivial model', value: trivial.value } }
        : {}),
    },
  };
}

function importance(validation: CrossValidation, selection: Selection): readonly Block[] {
  const selected = validation.candidates.find(({ algorithm }) => algorithm === selection.selected);
  if (!selected || selected.importance.length === 0) return [];
  return [
    {
      kind: 'details',
      summary: 'What the selected model looks at',
      blocks: [
        {
          kind: 'figure',
          alt: 'Share of the training loss removed by each feature',
          chart: {
            kind: 'bars',
            axis: { label: 'share of gain', decimals: 3 },
            rows: selected.importance.map(({ feature, share }) => ({ label: feature, value: share })),
          },
        },
      ],
    },
  ];
}
