// mainline contract explain: each rule of a contract in one sentence.
import type { Command } from 'commander';
import { where } from '../options.ts';
import { sayJson, visible } from '../say.ts';

type Explained = Awaited<ReturnType<typeof import('#lib/flows/contracts/explain.ts').explainContractFile>>;

/** Adds the sub-command. */
export function addExplainCommand(group: Command): void {
  group
    .command('explain')
    .description('say what each rule of a contract counts, what passes, and where it stands')
    .argument('<file>', 'a contract')
    .argument(
      '[rule]',
      'its id, such as hour.minimum; a column; or the name of a kind of rule, such as unique',
    )
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Exit codes:
  0  explained
  2  the contract cannot be read, or has no such rule

Examples:
  mainline contract explain data/deliveries/contract.odcs.yaml
  mainline contract explain data/deliveries/contract.odcs.yaml hour.minimum
  mainline contract explain data/deliveries/contract.odcs.yaml hour --json`,
    )
    .action(
      async (
        file: string,
        rule: string | undefined,
        { json }: { readonly json?: boolean },
        command: Command,
      ) => {
        const { explainContractFile } = await import('#lib/flows/contracts/explain.ts');
        const explained = await explainContractFile({ ...where(command), file, rule });
        if (json) sayJson(explained);
        else sayText(explained);
      },
    );
}

function sayText({ path, groups }: Explained): void {
  const lines = groups.flatMap(({ table, column, rules }) => [
    column === null ? table : `${table}.${column}`,
    ...rules.flatMap(rule => [
      `  ${rule.says}`,
      `    ${[rule.counts, rule.passes, ...(rule.severity === 'error' ? [] : [`a ${rule.severity} only`])].join('; ')}`,
      `    ${rule.id} ${path}:${rule.at.line}:${rule.at.column}`,
    ]),
    '',
  ]);
  process.stdout.write(`${lines.map(visible).join('\n').trimEnd()}\n`);
}
