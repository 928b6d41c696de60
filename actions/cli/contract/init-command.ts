// mainline contract init: a first contract, inferred from the data, with the evidence beside every guess.
import type { Command } from 'commander';
import { counted } from '../counted.ts';
import { where } from '../options.ts';
import { say, sayJson, visible } from '../say.ts';

interface Options {
  readonly force?: boolean;
  readonly stdout?: boolean;
  readonly json?: boolean;
}

/** Adds the sub-command. */
export function addInitCommand(group: Command): void {
  group
    .command('init')
    .description('infer a first contract from data files: CSV, Parquet or JSON lines')
    .argument('<file...>', 'data files; those of one folder share a contract')
    .option('--force', 'overwrite a contract that is there')
    .option('--stdout', 'print the contract instead of writing it')
    .option('--json', 'print the guesses with their evidence as JSON')
    .addHelpText(
      'after',
      `
The contract lies beside the data as contract.odcs.yaml. Every guess says how many rows speak for it. Bounds
that the next file would break without a reason are left out: the largest value seen is no limit. Columns that
seem to be about people are classified as personal, and none of their values is written.

Exit codes:
  0  written, or printed
  2  a file cannot be read, or a contract is there already

Examples:
  mainline contract init data/orders/orders.csv
  mainline contract init data/orders/*.parquet --stdout
  mainline contract init orders.jsonl --json | jq '.[].tables[].columns[].keys'`,
    )
    .action((files: readonly string[], options: Options, command: Command) => run(files, options, command));
}

async function run(files: readonly string[], options: Options, command: Command): Promise<void> {
  const { initContracts } = await import('#lib/flows/contracts/init.ts');
  const dryRun = options.stdout === true;
  const contracts = await initContracts({ ...where(command), files, dryRun, force: options.force === true });
  if (options.json) return sayJson(contracts);
  for (const { path, text, tables } of contracts) {
    if (dryRun) {
      process.stdout.write(text);
      continue;
    }
    say('done', `${visible(path)} is a first contract: a guess, so read it before anybody relies on it`);
    for (const { path: file, rows, columns } of tables) {
      const personal = columns.filter(({ keys }) => keys.some(({ key }) => key === 'classification'));
      const names = personal.map(({ name }) => visible(name)).join(', ');
      const about = names === '' ? '' : `; about people, as it seems: ${names}`;
      say('note', `${visible(file)}: ${counted(rows, 'row')}, ${counted(columns.length, 'column')}${about}`);
    }
  }
}
