// What the data of contracts keeps, as blocks of a report: for Markdown, files and the comment on a pull request.
import { type ContractChange, sayContractChange } from '#lib/contracts/compare/contract-change.ts';
import type { TableValidation, Validation } from '#lib/contracts/validation.ts';
import type { Block } from '#lib/reports/blocks.ts';
import { contractBlock } from '#lib/reports/proposal/data.ts';

/** Everything: each table with what failed, and what is different from before. */
export function validationBlocks({ tables, problems }: Validation): readonly Block[] {
  const unread = problems.map(({ message, remedy = '' }): Block => {
    return { kind: 'notice', notice: 'fail', text: `${message}. ${remedy}`.trim() };
  });
  return [...unread, ...tables.flatMap(tableBlocks)];
}

function tableBlocks(table: TableValidation): readonly Block[] {
  return [contractBlock(table), ...comparisonBlocks(table), ...historyBlocks(table)];
}

/** Newly failing, fixed, still failing, and what changed in the data even where no rule fails. */
export function comparisonBlocks({
  table,
  comparison,
}: Pick<TableValidation, 'table' | 'comparison'>): readonly Block[] {
  if (!comparison) return [];
  const { base, why, newlyFailing, fixed, stillFailing, shifts } = comparison;
  if (why !== null)
    return [{ kind: 'paragraph', text: `${table} is not compared with ${base.name}: ${why}.` }];
  const lists = [
    ['newly failing', newlyFailing],
    ['fixed', fixed],
    ['still failing', stillFailing],
  ] as const;
  const counts = lists.map(
    ([word, ids]) => `${ids.length} ${word}${ids.length > 0 ? ` (${ids.join(', ')})` : ''}`,
  );
  const summary = `${table} since ${base.name}: ${counts.join('; ')}`;
  if (shifts.length === 0) return [{ kind: 'paragraph', text: summary }];
  const items = shifts.map(({ says }) => says);
  const blocks: readonly Block[] = [{ kind: 'list', items }];
  return [{ kind: 'details', summary: `${summary}; ${shifts.length} changes in the data`, blocks }];
}

function historyBlocks({ table, history }: TableValidation): readonly Block[] {
  const unusual = (history?.measured ?? []).filter(({ isUnusual }) => isUnusual);
  return unusual.map(({ says }) => ({ kind: 'notice', notice: 'warning', text: `${table}: ${says}` }));
}

/** One sentence for each contract of a proposal whose checks fail or failed. */
export function contractChangeBlocks(changes: readonly ContractChange[] = []): readonly Block[] {
  const items = changes.flatMap(change => {
    const words = sayContractChange(change);
    return words === '' ? [] : [`${change.data} since ${change.base.name}: ${words}`];
  });
  if (items.length === 0) return [];
  const list: Block = { kind: 'list', items };
  return [{ kind: 'details', summary: 'Contracts since the base', blocks: [list], open: true }];
}
