// mainline dvc gc: removes objects that nothing in use names. It shows what it would remove before it does.
import { InvalidArgumentError } from 'commander';
import type { GcPlan, GcRequest } from '#lib/flows/dvc/gc.ts';
import { counted } from '../counted.ts';
import { sizeText } from './size-text.ts';
import type { CommonOptions, Verb } from './verb.ts';

interface Options extends CommonOptions {
  readonly workspace?: boolean;
  readonly rev?: string;
  readonly num?: number;
  readonly allBranches?: boolean;
  readonly allTags?: boolean;
  readonly allCommits?: boolean;
  readonly date?: string;
  readonly allExperiments?: boolean;
  readonly notInRemote?: boolean;
  readonly cloud?: boolean;
  readonly remote?: string;
  readonly skipFailed?: boolean;
  readonly force?: boolean;
  readonly jobs?: string;
  readonly projects?: readonly string[];
  readonly dry?: boolean;
  readonly waitForLock?: boolean;
}

export const verb: Verb = {
  description: 'remove objects from the cache that nothing needs; shows them first',
  define: command =>
    command
      .option('-w, --workspace', 'keep what the work tree needs (it is kept with every other choice too)')
      .option('--rev <commit>', 'keep what this commit needs')
      .option('-n, --num <n>', 'with --rev or --all-branches: so many commits back', parseCount)
      .option('-a, --all-branches', 'keep what the tips of all branches need')
      .option('-T, --all-tags', 'keep what all tags need')
      .option('-A, --all-commits', 'keep what all commits need')
      .option('--date <yyyy-mm-dd>', 'keep what commits of this day and later need')
      .option('--all-experiments', "keep what DVC's experiments need")
      .option('--not-in-remote', 'of what is in use keep only what the remote lacks')
      .option('-c, --cloud', 'collect in the remote too')
      .option('-r, --remote <name>', 'the remote for --cloud and --not-in-remote')
      .option(
        '--skip-failed',
        'pass over revisions and folders that cannot be read; what only they need goes',
      )
      .option('-f, --force', 'remove without asking')
      .option('-j, --jobs <n>', 'requests to the remote at a time')
      .option('-p, --projects <paths...>', 'keep what these repositories need, which use the same cache')
      .option('--dry', 'only show what would be removed')
      .option('--wait-for-lock', 'wait for another command for as long as it takes')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc gc --workspace --dry
  mainline dvc gc --all-branches --all-tags
  mainline dvc gc -w -p ../other-repository --force

Exit codes: 0 done, 1 not confirmed, 255 nothing was removed because something has to be mended, 254 usage`,
      )
      .action(run),
};

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError('Write a whole number from 1.');
}

async function run(options: Options): Promise<void> {
  const [{ planGarbage, removeGarbage }, { say }] = await Promise.all([
    import('#lib/flows/dvc/gc.ts'),
    import('../say.ts'),
  ]);
  const request = toRequest(options, who => say('note', `waiting for ${who}`, process.stderr));
  const { quiet = false } = options;
  const tell = (text: string) => {
    if (!quiet) process.stdout.write(text);
  };
  if (options.dry || !options.force) {
    const plan = await planGarbage(request);
    tell(describe(plan, { verb: 'would remove', lists: options.dry === true }));
    if (options.dry || countOf(plan) === 0) return;
    if (!(await confirm())) {
      process.exitCode = 1;
      return;
    }
  }
  tell(describe(await removeGarbage(request), { verb: 'removed', lists: false }));
}

function toRequest(options: Options, onWait: (who: string) => void): GcRequest {
  const { workspace = false, allBranches = false, allTags = false, allCommits = false } = options;
  const { allExperiments = false, cloud = false, notInRemote = false } = options;
  return {
    ...{ directory: process.cwd(), env: process.env, now: () => Date.now(), onWait },
    scope: {
      ...{ workspace, allBranches, allTags, allCommits, allExperiments },
      ...{ revision: options.rev, count: options.num, date: options.date },
    },
    ...{ cloud, notInRemote, remote: options.remote },
    projects: options.projects ?? [],
    skipFailed: options.skipFailed ?? false,
    waitForLock: options.waitForLock,
  };
}

function countOf({ places }: GcPlan): number {
  return places.reduce((sum, { folders, files }) => sum + folders.length + files.length, 0);
}

function describe(
  plan: GcPlan,
  { verb: done, lists }: { readonly verb: string; readonly lists: boolean },
): string {
  const skipped = plan.skipped.map(name => `-> passed over: ${name}\n`);
  const places = plan.places.map(({ place, folders, files, kept }) => {
    const bytes = [...folders, ...files].reduce((sum, { size }) => sum + size, 0);
    const names = lists ? [...folders, ...files].map(({ md5, size }) => `  ${md5}  ${sizeText(size)}\n`) : [];
    if (folders.length + files.length === 0) return `${place}: nothing to remove, ${inUse(kept)}\n`;
    const what = `${counted(files.length)} and ${counted(folders.length, 'folder listing')}, ${sizeText(bytes)}B`;
    return `${names.join('')}${place}: ${done} ${what}; ${inUse(kept)}\n`;
  });
  return [...skipped, ...places].join('');
}

function inUse(count: number): string {
  return counted(count, 'object is in use', 'objects are in use');
}

/** Only a person can say yes: without a terminal the answer is no. */
async function confirm(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    process.stderr.write('-- nothing was removed: add --force to remove it without being asked\n');
    return false;
  }
  const { createInterface } = await import('node:readline/promises');
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await reader.question('Remove them? [y/n] ')).trim());
  } finally {
    reader.close();
  }
}
