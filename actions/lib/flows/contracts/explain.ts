// Explains the rules of one contract, all or some, with their places in the file.
import { resolve } from 'node:path';
import { explainContract } from '#lib/contracts/explain/explain.ts';
import type { ExplainedRule } from '#lib/contracts/explain/explained.ts';
import { parseContract } from '#lib/contracts/read.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import { readText } from '#lib/documents/read.ts';
import { ConfigurationError } from '#lib/errors.ts';

export type PlacedRule = Omit<ExplainedRule, 'path' | 'table' | 'column'> & {
  /** Where the contract asks for it, 1-based. */
  readonly at: { readonly line: number; readonly column: number };
};

export interface ExplainedFile {
  readonly path: string;
  /** One for each column, and one for the table itself. */
  readonly groups: readonly {
    readonly table: string;
    readonly column: string | null;
    readonly rules: readonly PlacedRule[];
  }[];
}

interface ExplainOptions {
  readonly directory: string;
  readonly file: string;
  /** An id, a column (`hour` or `table.hour`), or a kind of rule; all rules without it. */
  readonly rule?: string | undefined;
}

/**
 * Explains a contract.
 * @throws ConfigurationError for a contract that cannot be read, or a rule it does not have.
 */
export async function explainContractFile({ directory, file, rule }: ExplainOptions): Promise<ExplainedFile> {
  const contract = parseContract(await readText(resolve(directory, file)), file);
  const all = explainContract(contract.value);
  const chosen = rule === undefined ? all : all.filter(one => isCalled(one, rule));
  if (rule !== undefined && chosen.length === 0) throw unknownRule(file, rule, all);
  const groups = new Map<string, ExplainedRule[]>();
  for (const one of chosen) {
    const key = `${one.table}\n${one.column ?? ''}`;
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return {
    path: file,
    groups: Array.from(groups.values(), rules => ({
      table: rules[0]?.table ?? '',
      column: rules[0]?.column ?? null,
      rules: rules.map(({ table: _, column: __, path, ...words }) => {
        const { line = 1, column = 1 } = contract.locateKey(path);
        return { ...words, at: { line, column } };
      }),
    })),
  };
}

function isCalled({ id, rule, column, table }: ExplainedRule, asked: string): boolean {
  return [
    id,
    rule,
    `${table}.${id}`,
    ...(column === null ? [table] : [column, `${table}.${column}`]),
  ].includes(asked);
}

function unknownRule(file: string, rule: string, all: readonly ExplainedRule[]): ConfigurationError {
  const words = [...new Set(all.flatMap(({ id, column }) => [id, ...(column === null ? [] : [column])]))];
  const near = nearestWord(rule, words);
  const remedy = near ? `Did you mean "${near}"?` : `It has ${words.slice(0, 12).join(', ') || 'none'}.`;
  return new ConfigurationError(`${file} has no rule or column ${rule}`, { at: { file }, remedy });
}
