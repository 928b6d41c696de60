// mainline contract validate: whether the data keeps its contracts.
import { type Command, Option } from 'commander';
import type { ValidateOutcome } from '#lib/flows/contracts/validate.ts';
import { where } from '../options.ts';
import { parseCount } from './count-option.ts';
import { showValidating } from './validate-progress.ts';

interface Options {
  readonly data?: string;
  readonly server?: string;
  readonly rev?: string;
  readonly base?: string;
  readonly history?: number;
  readonly table?: string;
  readonly dimension?: readonly string[];
  readonly tag?: readonly string[];
  readonly severity?: readonly string[];
  readonly rule?: readonly string[];
  readonly delimiter?: string;
  readonly encoding?: string;
  readonly json?: boolean;
  readonly format: 'text' | 'json' | 'markdown' | 'junit' | 'github';
  readonly output?: string;
  readonly failOn: 'error' | 'warning' | 'never';
  readonly cache: boolean;
  readonly samples: boolean;
  readonly verbose?: boolean;
}

/** Adds the sub-command. */
export function addValidateCommand(group: Command): void {
  group
    .command('validate')
    .description(
      'check data against its contracts, wherever it is: here, tracked by DVC, or in an object store',
    )
    .argument('[contract...]', 'contracts; every *.odcs.yaml of the repository without any')
    .option('--data <place>', 'a file, folder, pattern or s3:// address, instead of what the contract names')
    .option('--server <name>', 'the server of the contract to read from')
    .option('--rev <revision>', 'read contract and data as they were at a commit')
    .option('--base <revision>', 'say what is different since the merge base with this revision')
    .option('--history <n>', 'say whether the table is unusual among its last n versions in git', parseCount)
    .option('--table <name>', 'only this table')
    .option('--dimension <name...>', 'only checks of this dimension, such as completeness')
    .option('--tag <word...>', 'only checks with this tag: of the rule, its column, table or contract')
    .addOption(
      new Option('--severity <level...>', 'only checks of this severity').choices(['error', 'warning']),
    )
    .option('--rule <id...>', 'only these checks: by id, kind of rule, or column')
    .option('--delimiter <character>', 'of CSV files, such as ";" or "\\t"')
    .option('--encoding <name>', 'of text files, such as windows-1252')
    .addOption(
      new Option('--format <form>', 'how to print it')
        .choices(['text', 'json', 'markdown', 'junit', 'github'])
        .default('text'),
    )
    .option('--json', 'the same as --format json')
    .option('--output <file>', 'write it there instead of printing it')
    .addOption(
      new Option('--fail-on <level>', 'what makes the command fail')
        .choices(['error', 'warning', 'never'])
        .default('error'),
    )
    .option('--no-cache', 'read every file again, whatever is remembered of it')
    .option('--no-samples', 'show no value of the data')
    .option('--verbose', 'say of every check that was not run why')
    .addHelpText(
      'after',
      `
Without --data the contract's servers say where the data is (types local and s3; of several the one that is
called like the table, else the first); without those, what lies beside the contract and carries the table's name.
Files may be CSV, Parquet, JSON lines, Arrow, several of them, in key=value folders, packed by gzip or zstd. Data that DVC tracks is read from its cache, or from the remote.

Exit codes:
  0  the data keeps its contracts
  1  it does not
  2  a contract or the data cannot be read

Examples:
  mainline contract validate
  mainline contract validate data/orders/contract.odcs.yaml --data "data/orders/*.parquet"
  mainline contract validate --base main --format github     in a workflow
  mainline contract validate --rev v1.2.0 --dimension completeness
  mainline contract validate --json | jq '.tables[].checks[] | select(.outcome == "failed")'`,
    )
    .action((contracts: readonly string[], options: Options, command: Command) =>
      run(contracts, options, command),
    );
}

async function run(contracts: readonly string[], options: Options, command: Command): Promise<void> {
  const [{ validateContracts }, { interruptSignal }] = await Promise.all([
    import('#lib/flows/contracts/validate.ts'),
    import('../interrupt.ts'),
  ]);
  const { data, server, table, base, history, delimiter, encoding } = options;
  const { dimension, tag, severity, rule } = options;
  const progress = showValidating();
  const dialect = {
    ...(delimiter !== undefined && { delimiter }),
    ...(encoding !== undefined && { encoding }),
  };
  let outcome: ValidateOutcome;
  try {
    outcome = await validateContracts({
      ...where(command),
      ...{ contracts, data, server, table, base, history, dialect },
      revision: options.rev,
      selection: {
        ...(dimension && { dimensions: dimension }),
        ...(tag && { tags: tag }),
        ...(severity && { severities: severity }),
        ...(rule && { rules: rule }),
      },
      useCache: options.cache,
      showSamples: options.samples,
      env: process.env,
      now: Date.now,
      signal: interruptSignal(),
      tell: progress.tell,
    });
  } finally {
    progress.end();
  }
  const { validation, problems } = outcome;
  await print(validation, options);
  if (isBroken(validation, options.failOn)) process.exitCode = 1;
  if (problems.length > 0)
    throw await import('#lib/errors.ts').then(errors => new errors.ConfigurationErrors(problems));
}

function isBroken({ tables }: ValidateOutcome['validation'], failOn: Options['failOn']): boolean {
  if (failOn === 'never') return false;
  if (failOn === 'error') return tables.some(({ passed }) => !passed);
  return tables.some(({ checks }) => checks.some(check => check.outcome === 'failed'));
}

async function print(validation: ValidateOutcome['validation'], options: Options): Promise<void> {
  const form = options.json ? 'json' : options.format;
  if (form === 'text' && options.output === undefined) {
    const { sayValidation } = await import('./validate-text.ts');
    return sayValidation(validation, options.verbose === true);
  }
  const text = await formatAs(form, validation);
  if (options.output === undefined) process.stdout.write(text);
  else {
    const { writeReport } = await import('#lib/flows/contracts/write-report.ts');
    await writeReport(options.output, text);
  }
}

async function formatAs(form: Options['format'], validation: ValidateOutcome['validation']): Promise<string> {
  if (form === 'json') return `${JSON.stringify(validation, null, 2)}\n`;
  if (form === 'github' || form === 'junit') {
    const formats = await import('#lib/reports/contracts/validation-formats.ts');
    return form === 'github'
      ? formats.formatAnnotations(validation)
      : formats.formatValidationJunit(validation);
  }
  const { validationBlocks } = await import('#lib/reports/contracts/validation-blocks.ts');
  const blocks = validationBlocks(validation);
  if (form === 'markdown') return (await import('#lib/reports/markdown.ts')).renderMarkdown(blocks);
  const { renderTerminal } = await import('#lib/reports/terminal.ts');
  return renderTerminal(blocks, { width: 100, color: false, unicode: true, details: 'open' });
}
