// mainline dvc status: what of the work tree differs from what is recorded, or of the cache from a remote.
import { ConfigurationError } from '#lib/errors.ts';
import type { StageStatus, StatusItem } from '#lib/flows/dvc/status.ts';
import { visible } from '../say.ts';
import { endingWith } from './exit-code.ts';
import { findQuestion } from './question.ts';
import { UP_TO_DATE } from './up-to-date.ts';
import type { CommonOptions, Verb } from './verb.ts';

interface Options extends CommonOptions {
  readonly cloud?: boolean;
  readonly remote?: string;
  readonly allBranches?: boolean;
  readonly allTags?: boolean;
  readonly allCommits?: boolean;
  readonly withDeps?: boolean;
  readonly recursive?: boolean;
  readonly jobs?: string;
  readonly json?: boolean;
  readonly updates: boolean;
}

export const verb: Verb = {
  description: 'show which stages and tracked files changed, or what a remote lacks',
  define: command =>
    command
      .argument('[targets...]', 'stages, .dvc files, outputs or paths inside them; everything unless given')
      .option('-c, --cloud', 'compare the cache with the default remote')
      .option('-r, --remote <name>', 'compare the cache with this remote')
      .option('-a, --all-branches', 'with --cloud: what the tips of all branches need')
      .option('-T, --all-tags', 'with --cloud: what all tags need')
      .option('-A, --all-commits', 'with --cloud: what all commits need')
      .option('-d, --with-deps', 'also everything the targets are made from')
      .option('-R, --recursive', 'a folder as target stands for everything below it')
      .option('-j, --jobs <n>', 'with --cloud: requests at a time')
      .option('--json', 'show it as JSON')
      .option('--no-updates', 'do not ask whether imports have updates')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc status                   all stages and tracked files
  mainline dvc status train -d          a stage and what it builds on
  mainline dvc status --cloud           what push would send, or pull would bring

Exit codes: 0 whatever changed; with --quiet 1 when something did; 1 something has to be mended, 254 usage`,
      )
      .action((targets: readonly string[], options: Options) => endingWith(1, () => run(targets, options))),
};

async function run(targets: readonly string[], options: Options): Promise<void> {
  const isCloud = options.cloud === true || options.remote !== undefined;
  if (isCloud) {
    const { runCloudStatus } = await import('./status-cloud.ts');
    return runCloudStatus(targets, options);
  }
  refuseCloudOptions(options);
  const { statusOfRepository, statusToJson } = await import('#lib/flows/dvc/status.ts');
  const { json, quiet, withDeps, recursive, updates } = options;
  const { stages, frozen, isEmpty } = await statusOfRepository({
    ...{ directory: process.cwd(), env: process.env, now: () => Date.now() },
    ...{ targets, withDeps, recursive, checkUpdates: updates },
    question: findQuestion(process.argv.slice(3)),
  });
  if (!quiet) {
    for (const name of frozen)
      process.stderr.write(`-> ${visible(name)} is frozen: its dependencies are not looked at\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify(statusToJson(stages))}\n`);
  else if (quiet) process.exitCode = stages.length > 0 ? 1 : 0;
  else if (stages.length > 0) process.stdout.write(stages.map(formatStage).join(''));
  else if (isEmpty) process.stdout.write('Nothing is tracked here yet: mainline dvc add <file>\n');
  else process.stdout.write(UP_TO_DATE);
}

function refuseCloudOptions({ allBranches, allTags, allCommits, jobs }: Options): void {
  const given = {
    '--all-branches': allBranches,
    '--all-tags': allTags,
    '--all-commits': allCommits,
    '--jobs': jobs,
  };
  const names = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (names.length === 0) return;
  throw new ConfigurationError(`${names.join(', ')} only goes with a remote`, { remedy: 'Add --cloud.' });
}

/** As DVC lays it out: a change in a column of 20, then the path. */
function formatStage({ address, items }: StageStatus): string {
  return `${visible(address)}:\n${items.map(formatItem).join('')}`;
}

const CHANGE_WIDTH = 20;

function formatItem(item: StatusItem): string {
  if (!('changes' in item)) return `\t${item.kind}\n`;
  const lines = [...item.changes].map(([path, change]) => {
    if (typeof change === 'string') return `\t\t${`${change}:`.padEnd(CHANGE_WIDTH)}${visible(path)}\n`;
    const params = [...change].map(
      ([name, one]) => `\t\t\t${`${one}:`.padEnd(CHANGE_WIDTH)}${visible(name)}\n`,
    );
    return `\t\t${visible(path)}:\n${params.join('')}`;
  });
  return `\t${item.kind}:\n${lines.join('')}`;
}
