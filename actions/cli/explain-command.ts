// mainline explain: what a gate of the last proposal means, what it measured and what would pass; or why a row is answered so.
import type { Command } from 'commander';
import { where } from './options.ts';
import { sayBlocks, sayJson } from './say.ts';

interface Options {
  readonly model?: string;
  readonly row?: string;
  readonly json?: boolean;
}

/** Adds the verb. */
export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .description(
      'say what a gate means, what it measured in the last proposal here, and what would pass; or why the model answers a test row as it does',
    )
    .argument(
      '[gate]',
      'as reports write it, such as "rmse at most 2.4 min", or a metric; every gate without it',
    )
    .option('--model <name>', 'of this model only')
    .option('--row <key>', 'why the model answers this test row as it does; needs --model')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Exit codes:
  0  explained
  2  nothing was proposed here yet, or there is no such gate or row

Examples:
  mainline explain rmse                              every gate on rmse
  mainline explain "rmse at most 2.5 min"            one gate
  mainline explain --model credit-default            every gate of a model
  mainline explain --model credit-default --row 2c3c93d821e0ded2
  mainline explain contract --json | jq '.[].gates[].gate.outcome'`,
    )
    .action(async (gate: string | undefined, { model, row, json }: Options, command: Command) => {
      if (row !== undefined && gate !== undefined) command.error('error: give a gate or --row, not both');
      if (row !== undefined) return sayRow(command, { model, key: row, json: json ?? false });
      const { explainGates } = await import('#lib/flows/explain-gates.ts');
      const explained = await explainGates({ ...where(command), gate, model });
      if (json) return sayJson(explained);
      const { gateBlocks } = await import('#lib/reports/proposal/explained-gates.ts');
      await sayBlocks(explained.flatMap(({ model: name, gates }) => gateBlocks(name, gates)));
    });
}

async function sayRow(
  command: Command,
  { model, key, json }: { readonly model: string | undefined; readonly key: string; readonly json: boolean },
): Promise<void> {
  if (model === undefined) command.error('error: --row needs --model <name>');
  const { explainRow } = await import('#lib/flows/explain-row.ts');
  const explained = await explainRow({ ...where(command), model, key });
  if (json) return sayJson(explained);
  const { explainedRowBlocks } = await import('#lib/reports/proposal/explained-row.ts');
  await sayBlocks(explainedRowBlocks(explained));
}
