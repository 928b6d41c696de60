// mainline contract init: a first contract, inferred from the data, with the evidence beside every guess.
import type { Command } from 'commander';
import { counted } from '../counted.ts';
import { where } from '../options.ts';
import { say, sayJson, visible } from '../say.ts';

interface Options {
  readonly force?: boolean;
  readonly stdout?: boolean;
  readonly json?: boolean;
  readonly delimiter?: string;
  readonly encoding?: string;
}

/** Adds the sub-command. */
export function addInitCommand(group: Command): void {
  group
    .command('init')
    .description('infer a first contract from data files: CSV, Parquet, JSON lines or Arrow')
    .argument('<file...>', 'data files; those of one folder share a contract')
    .option('--force', 'overwrite a contract that is there')
    .option('--stdout', 'print the contract instead of writing it')
    .option('--json', 'print the guesses with their evidence as JSON')
    .option('--delimiter <character>', 'of CSV files, such as ";" or "\\t"; guessed where there is no comma')
    .option('--encoding <name>', 'of text files, such as windows-1252; UTF-16 is seen by its mark')
    .addHelpText(
      'after',
      `
Every kind of file that contract validate reads can be read, also packed by gzip or zstd: .csv, .tsv, .txt,
.parquet, .pq, .jsonl, .ndjson, .json (one object a line), .arrow, .feather, .ipc. The contract says how they are
written, so that contract validate reads them without options.

The contract lies beside the data as contract.odcs.yaml. Every guess says how many rows speak for it. Bounds
that the next file would break without a reason are left out: the largest value seen is no limit. Columns that
seem to be about people are classified as personal, and none of their values is written.

Exit codes:
  0  written, or printed
  2  a file cannot be read, or a contract is there already

Examples:
  mainline contract init data/orders/orders.csv
  mainline contract init data/orders/*.parquet --stdout
  mainline contract init export.txt.gz --delimiter ";" --encoding windows-1252
  mainline contract init orders.jsonl --json | jq '.[].tables[].columns[].keys'`,
    )
    .action((files: readonly string[], options: Options, command: Command) => run(files, options, command));
}

async function run(files: readonly string[], options: Options, command: Command): Promise<void> {
  const [{ initContracts }, { interruptSignal }] = await Promise.all([
    import('#lib/flows/contracts/init.ts'),
    import('../interrupt.ts'),
  ]);
  const { delimiter, encoding, force = false, stdout: dryRun = false } = options;
  const contracts = await initContracts({
    ...where(command),
    ...{ files, dryRun, force, signal: interruptSignal() },
    dialect: { ...(delimiter !== undefined && { delimiter }), ...(encoding !== undefined && { encoding }) },
  });
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
