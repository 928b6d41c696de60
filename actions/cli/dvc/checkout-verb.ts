// mainline dvc checkout: data files from the cache.
import { counted } from '../counted.ts';
import { say, visible } from '../say.ts';
import { type CommonOptions, EXIT, type Verb } from './verb.ts';
import { addWriteOptions, type WriteOptions, writing } from './write-options.ts';

interface Options extends CommonOptions, WriteOptions {
  readonly summary?: boolean;
  readonly withDeps?: boolean;
  readonly recursive?: boolean;
  readonly force?: boolean;
  readonly relink?: boolean;
  readonly allowMissing?: boolean;
}

export const verb: Verb = {
  description: 'put data files into the work tree, as .dvc files and dvc.lock record them',
  define: command =>
    addWriteOptions(command)
      .argument('[targets...]', '.dvc files, stages, outputs or files inside them; everything unless given')
      .option('--summary', 'only say how many files changed')
      .option('-d, --with-deps', 'what the targets are made from as well')
      .option('-R, --recursive', 'a folder as target stands for everything below it')
      .option('-f, --force', 'throw away changes that the cache does not hold')
      .option('--relink', 'make links or copies anew, as cache.type says')
      .option('--allow-missing', 'leave out what the cache does not hold')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc checkout
  mainline dvc checkout data/raw/day-1.csv     one file of a tracked folder

Exit codes: 0 done, 255 content is missing or would be lost, 253 not in a repository, 254 usage`,
      )
      .action(run),
};

async function run(targets: readonly string[], options: Options): Promise<void> {
  const { checkout } = await import('#lib/flows/dvc/checkout.ts');
  const { summary, withDeps, recursive, force, relink, allowMissing, quiet } = options;
  const flags = { targets, withDeps, recursive, force, relink, allowMissing };
  const result = await checkout({ ...writing(options), ...flags });
  const { added, modified, deleted, files, failed } = result;
  if (summary) process.stdout.write(`${describeCounts(files)}\n`);
  else if (!quiet) {
    for (const [letter, paths] of [
      ['M', modified],
      ['A', added],
      ['D', deleted],
    ] as const) {
      for (const path of paths) process.stdout.write(`${letter}\t${visible(path)}\n`);
    }
  }
  if (failed.length > 0) {
    say(
      'stopped',
      `the cache does not hold ${failed.join(', ')}\nfetch it: mainline dvc pull`,
      process.stderr,
    );
    process.exitCode = EXIT.failed;
    return;
  }
  if (relink && !quiet) process.stdout.write('Relinked successfully\n');
}

/** `2 files modified and 1 file added`, as DVC sums up. */
export function describeCounts(files: Readonly<Record<string, number>>): string {
  const parts = Object.entries(files)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${counted(count)} ${what}`);
  const last = parts.at(-1);
  if (last === undefined) return 'No changes.';
  return parts.length === 1 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
