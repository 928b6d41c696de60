// The data behind it: contract results with failing rows, leakage, and what each stage of the pipeline did.
import type { CheckResult, ContractResult } from '#lib/contracts/result.ts';
import { digestValue } from '#lib/documents/canonical.ts';
import { count } from '#lib/evaluation/format.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Block } from '#lib/reports/blocks.ts';

/** Contracts open when broken, folded when kept. */
export function dataSection(proposal: Proposal): readonly Block[] {
  return [...proposal.contracts.map(contractBlock), ...leakageBlocks(proposal), ...stageBlocks(proposal)];
}

/** The page of a file at a line; undefined where there is none. */
export type PlaceLink = (path: string, line: number) => string | undefined;

/** One contract on one file: open when it is broken. */
export function contractBlock(result: ContractResult): Block {
  return linkedContract(result, { link: () => undefined });
}

/** What a page knows beside the results. */
export interface ContractPage {
  readonly link: PlaceLink;
  /** Keys of the rules in words that somebody has ticked off. */
  readonly ticked?: ReadonlySet<string> | undefined;
}

/** The same, with the line that asks for each failed check as a link. */
export function linkedContract(result: ContractResult, { link, ticked }: ContractPage): Block {
  const failed = result.checks.filter(check => check.outcome === 'failed');
  const left = result.checks.filter(check => check.outcome === 'skipped');
  const forPeople = left.filter(check => check.rule === 'text');
  const skipped = left.filter(check => check.rule !== 'text');
  const title = `Contract ${result.contract.path} ${result.contract.version} on ${count(result.data.rows, 'row')}`;
  const ended =
    failed.length === 0
      ? `${count(result.checks.length - left.length, 'check')} hold`
      : `${failed.length} of ${count(result.checks.length, 'check')} failed`;
  const { schemaCompliance, completeness, freshness } = result.ratios;
  const fresh = freshness === undefined ? '' : `, fresh rows ${percent(freshness)}`;
  const blocks: readonly Block[] = [
    {
      kind: 'paragraph',
      text: `Rows with a valid schema ${percent(schemaCompliance)}, complete rows ${percent(completeness)}${fresh}.`,
    },
    ...(failed.length > 0 ? [failedTable(result, failed, link)] : []),
    ...(skipped.length > 0
      ? [
          {
            kind: 'list',
            items: skipped.map(check => `not checked: ${check.says} (${check.reason ?? ''})`),
          } as const,
        ]
      : []),
    ...checklist(result, forPeople, ticked),
  ];
  if (failed.length === 0) return { kind: 'details', summary: `${title}: ${ended}`, blocks };
  const tone = result.passed ? 'warning' : 'fail';
  return { kind: 'details', summary: [{ text: `${title}: ${ended}`, tone }], blocks, open: !result.passed };
}

/** Rules in words: a person reads them, looks at the data, and ticks them off. Other words are another rule. */
function checklist(
  { contract, data }: ContractResult,
  checks: readonly CheckResult[],
  ticked: ReadonlySet<string> = new Set(),
): readonly Block[] {
  if (checks.length === 0) return [];
  const items = checks.map(({ says, column }) => (column === null ? says : `${column}: ${says}`));
  const tasks = checks.map(({ id, says }) => {
    const key = digestValue({ contract: contract.path, data: data.path, id, says });
    return { key, isDone: ticked.has(key) };
  });
  return [
    { kind: 'paragraph', text: 'For people to check:' },
    { kind: 'list', items, tasks },
  ];
}

const SHOWN_CHECKS = 20;

function failedTable({ contract }: ContractResult, failed: readonly CheckResult[], link: PlaceLink): Block {
  const more = failed.length - SHOWN_CHECKS;
  return {
    kind: 'table',
    columns: [
      { header: 'Check' },
      { header: 'Rows', align: 'right' },
      { header: 'For example' },
      { header: 'Where it is asked for' },
    ],
    rows: [
      ...failed.slice(0, SHOWN_CHECKS).map(check => ({
        cells: [
          check.says,
          check.failingRows === null ? '-' : `${check.failingRows} (${percent(check.failingShare ?? 0)})`,
          check.samples.map(sayFailing).join(', ') || sayFound(check),
          [
            {
              text: `${contract.path}:${check.at.line}`,
              href: link(contract.path, check.at.line),
            },
          ],
        ],
      })),
      ...(more > 0 ? [{ cells: [`and ${more} more`] }] : []),
    ],
  };
}

/** What a check of no rows found: `5.5, asked for <= 2 d`, or why it found nothing. */
function sayFound({ rule, value, threshold, failingRows, reason, detail = [] }: CheckResult): string {
  if (reason !== undefined) return reason;
  const isCount = failingRows !== null || rule === 'columns' || rule === 'present';
  const more = detail.length > 0 ? ` (${detail.join('; ')})` : '';
  return isCount || value === null ? '-' : `${Number(value.toPrecision(6))}, asked for ${threshold}${more}`;
}

/** `line 7 (order_id 17): -3`, of a value that broke a check. */
export function sayFailing({ row, line, file, key, value }: CheckResult['samples'][number]): string {
  const place = `${file === undefined ? '' : `${file} `}${line === undefined ? `row ${row}` : `line ${line}`}`;
  return `${place}${key === undefined ? '' : ` (${key})`}: ${value === '' ? '(empty)' : value}`;
}

/** What the leakage check found, folded. */
export function leakageBlocks({ evidence }: Proposal): readonly Block[] {
  if (!evidence) return [];
  const { duplicates, strongest, limit } = evidence.leakage;
  return [
    {
      kind: 'details',
      summary: 'Leakage: duplicates across the split, and what each feature gives away alone',
      blocks: [
        {
          kind: 'paragraph',
          text: `${duplicates.rows} test rows repeat a training row (${percent(duplicates.share)}; limit ${percent(duplicates.limit)}). A feature that alone reaches more than ${limit} of 1 fails the gate.`,
        },
        {
          kind: 'table',
          columns: [{ header: 'Feature' }, { header: 'Strength alone, 0 to 1', align: 'right' }],
          rows: strongest.map(({ feature, strength }) => ({ cells: [feature, String(strength)] })),
        },
      ],
    },
  ];
}

/** What each stage did, folded. */
export function stageBlocks({ stages }: Proposal): readonly Block[] {
  if (stages.length === 0) return [];
  return [
    {
      kind: 'details',
      summary: `Pipeline: ${stages.map(({ name, status }) => `${name} ${status}`).join(', ')}`,
      blocks: [
        {
          kind: 'list',
          items: stages.map(
            ({ name, status, reasons }) =>
              `${name}: ${status}${reasons.length > 0 ? ` (${reasons.join('; ')})` : ''}`,
          ),
        },
      ],
    },
  ];
}

function percent(share: number): string {
  const value = share * 100;
  return `${value === 100 || value === 0 ? value : value.toFixed(value > 99 || value < 1 ? 2 : 1)} %`;
}
