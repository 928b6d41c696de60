// mainline explain: what a gate of the last proposal means, what it measured and what would pass.
import type { Command } from 'commander';
import { where } from './options.ts';
import { sayBlocks, sayJson } from './say.ts';

interface Options {
  readonly model?: string;
  readonly json?: boolean;
}

/** Adds the verb. */
export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .description('say what a gate means, what it measured in the last proposal here, and what would pass')
    .argument(
      '[gate]',
      'as reports write it, such as "rmse at most 2.4 min", or a metric; every gate without it',
    )
    .option('--model <name>', 'of this model only')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Exit codes:
  0  explained
  2  nothing was proposed here yet, or there is no such gate

Examples:
  mainline explain rmse                              every gate on rmse
  mainline explain "rmse at most 2.5 min"            one gate
  mainline explain --model credit-default            every gate of a model
  mainline explain contract --json | jq '.[].gates[].gate.outcome'`,
    )
    .action(async (gate: string | undefined, { model, json }: Options, command: Command) => {
      const { explainGates } = await import('#lib/flows/explain-gates.ts');
      const explained = await explainGates({ ...where(command), gate, model });
      if (json) return sayJson(explained);
      const { gateBlocks } = await import('#lib/reports/proposal/explained-gates.ts');
      await sayBlocks(explained.flatMap(({ model: name, gates }) => gateBlocks(name, gates)));
    });
}
