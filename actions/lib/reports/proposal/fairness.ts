// How the groups of a column fare: one line with the differences, and every group with its size and intervals.
import type { ColumnFairness, FairnessDifference } from '#lib/evaluation/fairness/assessment.ts';
import { findFairnessMeasure } from '#lib/evaluation/fairness/measures.ts';
import { formatInterval, formatNumber, groupDigits } from '#lib/evaluation/format.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block, Table } from '#lib/reports/blocks.ts';

/** One folded table per column of groups. */
export function fairnessFolds({ model }: Proposal, { fairness }: Evidence): readonly Block[] {
  const unit = model.spec.evaluation.unit ?? '';
  return (fairness ?? []).map(column => ({
    kind: 'details',
    summary: `Fairness by ${column.column} (${column.groups.length} groups)`,
    blocks: [
      { kind: 'list', items: column.differences.map(difference => sayDifference(difference, unit)) },
      groupTable(column, unit),
    ],
  }));
}

function sayDifference({ measure, value, ci95, groups, reason }: FairnessDifference, unit: string) {
  const known = findFairnessMeasure(measure);
  const shown = known?.unit === 'target' ? unit : (known?.unit ?? '');
  if (value === null) return [{ text: measure, strong: true }, { text: `: ${reason}` }];
  const interval = ci95 && formatInterval([ci95[0], ci95[1] ?? Number.POSITIVE_INFINITY], shown);
  const between = groups.map(nameOf).join(' and ');
  const text = `: ${formatNumber(value, shown)} (95\u00a0%: ${interval}), ${between}. ${known?.meaning ?? ''}`;
  return [{ text: measure, strong: true }, { text }];
}

/** What a table has room for, by what matters most; the rest is in the evidence. */
const SHOWN = [
  ...['selection_rate', 'true_positive_rate', 'false_positive_rate', 'calibration_gap'],
  ...['mean_error', 'mean_absolute_error', 'accuracy'],
];
const MOST_COLUMNS = 4;
const MOST_GROUPS = 40;

function groupTable({ groups, smallest }: ColumnFairness, unit: string): Table {
  const present = new Set(groups.flatMap(({ values }) => values.map(({ name }) => name)));
  const names = SHOWN.filter(name => present.has(name)).slice(0, MOST_COLUMNS);
  const largest = groups.toSorted((a, b) => b.n - a.n).slice(0, MOST_GROUPS);
  return {
    kind: 'table',
    columns: [
      { header: groups.length > MOST_GROUPS ? `Largest ${MOST_GROUPS} groups` : 'Group' },
      { header: 'Rows', align: 'right' },
      ...names.map(header => ({ header, align: 'right' as const })),
    ],
    rows: largest.map(({ group, n, compared, values }) => ({
      cells: [
        compared ? nameOf(group) : `${nameOf(group)} (fewer than ${smallest}: not compared)`,
        groupDigits(String(n)),
        ...names.map(name => {
          const found = values.find(candidate => candidate.name === name);
          const shown = name.startsWith('mean_') ? unit : 'fraction';
          if (!found || found.value === null) return '-';
          const of = found.n < n ? ` of ${groupDigits(String(found.n))}` : '';
          return `${formatNumber(found.value, shown)} (${formatInterval(found.ci95, shown)})${of}`;
        }),
      ],
    })),
  };
}

function nameOf(group: string): string {
  return group === '' ? '(not known)' : group;
}
