// mainline contract lint: what is wrong in a contract, and what will not do what its author thinks.
import type { Command } from 'commander';
import { Option } from 'commander';
import { where } from '../options.ts';
import { say, sayJson, visible } from '../say.ts';

interface Options {
  readonly format?: 'text' | 'github';
  readonly json?: boolean;
  readonly strict?: boolean;
}

type Linted = Awaited<ReturnType<typeof import('#lib/flows/contracts/lint.ts').lintContracts>>;

/** Adds the sub-command. */
export function addLintCommand(group: Command): void {
  group
    .command('lint')
    .description('check contracts against the standard, and warn of what will not do what one thinks')
    .argument('[file...]', 'contracts; every *.odcs.yaml of the repository without any')
    .option('--strict', 'let warnings fail too')
    .option('--json', 'print what was found as JSON')
    .addOption(
      new Option('--format <form>', 'text, or annotations of a pull request on GitHub')
        .choices(['text', 'github'])
        .default('text'),
    )
    .addHelpText(
      'after',
      `
Exit codes:
  0  no errors (with --strict: nothing at all)
  1  errors were found
  2  a file cannot be read

Examples:
  mainline contract lint
  mainline contract lint data/deliveries/contract.odcs.yaml --strict
  mainline contract lint --format github          in a workflow
  mainline contract lint --json | jq '.files[].findings[].rule'`,
    )
    .action(async (files: readonly string[], options: Options, command: Command) => {
      const { lintContracts } = await import('#lib/flows/contracts/lint.ts');
      const linted = await lintContracts({ ...where(command), files });
      if (options.json) sayJson(linted);
      else if (options.format === 'github') await sayAnnotations(linted);
      else sayText(linted);
      if (linted.errors > 0 || (options.strict === true && linted.warnings > 0)) process.exitCode = 1;
    });
}

function sayText({ files, errors, warnings }: Linted): void {
  for (const { path, findings } of files) {
    for (const { severity, line, column, message, remedy } of findings) {
      const place = [path, line, column].join(':');
      say(severity === 'error' ? 'stopped' : 'note', `${place} ${message}${remedy ? `\n${remedy}` : ''}`);
    }
  }
  const checked = `${files.length} ${files.length === 1 ? 'contract' : 'contracts'}`;
  if (errors + warnings === 0) say('done', `${checked}, nothing to mend`);
  else process.stdout.write(`${checked}: ${errors} errors, ${warnings} warnings\n`);
}

async function sayAnnotations({ files }: Linted): Promise<void> {
  const { annotation } = await import('#lib/reports/annotation.ts');
  for (const { path, findings } of files) {
    for (const { severity, line, column, message, remedy, rule } of findings) {
      const text = visible(remedy ? `${message}. ${remedy}` : message);
      process.stdout.write(`${annotation(severity, { file: path, line, column, title: rule }, text)}\n`);
    }
  }
}
