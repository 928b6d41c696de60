// mainline contract diff: what changed in data contracts, whom it breaks, and the version it owes.
import { type Command, Option } from 'commander';
import { where } from '../options.ts';
import { say, sayBlocks, sayJson } from '../say.ts';

const FORMATS = ['text', 'json', 'markdown', 'github', 'junit'] as const;

interface Options {
  readonly format: (typeof FORMATS)[number];
  readonly json?: boolean;
}

/** Adds the verb below `contract`. */
export function addDiffCommand(contract: Command): void {
  contract
    .command('diff')
    .description('say what changed in data contracts, whom it breaks, and which version it owes')
    .argument(
      '[base-and-head...]',
      'two files, or up to two revisions and then files; without any, all contracts changed since the merge base with main',
    )
    .addOption(new Option('--format <format>', 'how to print it').choices(FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      `
A promise that becomes weaker breaks those who read the data (consumers), one that becomes stronger
those who deliver it (producers). The version follows the consumers: a breaking change raises the
first number, or the second one below 1.0.0.

Exit codes:
  0  every version fits what changed
  1  a version does not, or a contract that is still in force is gone
  2  something has to be mended first, such as a contract that cannot be read

Examples:
  mainline contract diff                             since this branch left main
  mainline contract diff old.odcs.yaml new.odcs.yaml
  mainline contract diff v1.0.0 HEAD -- data/deliveries/contract.odcs.yaml
  mainline contract diff --format github             annotations in a workflow
  mainline contract diff --json | jq '.contracts[].version.write'`,
    )
    .action((words: readonly string[], options: Options, command: Command) => run(words, options, command));
}

async function run(words: readonly string[], { format, json }: Options, command: Command): Promise<void> {
  const { diffContracts } = await import('#lib/flows/contracts/diff.ts');
  const result = await diffContracts({ ...where(command), words });
  if (!result.passed) process.exitCode = 1;
  if (json || format === 'json') return sayJson(result);
  const { contracts, unreadModels, base, head } = result;
  if (format === 'github' || format === 'junit') {
    const formats = await import('#lib/reports/contracts/diff-formats.ts');
    const print = format === 'github' ? formats.formatDiffAnnotations : formats.formatDiffJunit;
    process.stdout.write(print(contracts));
    return;
  }
  const { contractDiffBlocks, unreadModelBlocks } = await import('#lib/reports/contracts/diff-blocks.ts');
  const blocks = [...contracts.flatMap(contractDiffBlocks), ...unreadModelBlocks(unreadModels)];
  if (format === 'markdown') {
    const { renderMarkdown } = await import('#lib/reports/markdown.ts');
    process.stdout.write(renderMarkdown(blocks));
    return;
  }
  if (contracts.length === 0) return say('done', `No contract differs between ${base} and ${head}.`);
  await sayBlocks(blocks);
}
