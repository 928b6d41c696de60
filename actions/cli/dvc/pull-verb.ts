// mainline dvc pull: objects of a remote come to the cache and into the work tree.
import { say, visible } from '../say.ts';
import { describeCounts } from './checkout-verb.ts';
import { endingWith } from './exit-code.ts';
import { addTransferOptions, sayProblems, type TransferVerbOptions, toRequest } from './transfer-options.ts';
import type { Verb } from './verb.ts';

interface Options extends TransferVerbOptions {
  readonly force?: boolean;
  readonly allowMissing?: boolean;
}

export const verb: Verb = {
  description: 'download tracked files and put them into the work tree',
  define: command =>
    addTransferOptions(command)
      .option('-f, --force', 'throw away changes that are in the way and not in the cache')
      .option('--allow-missing', 'leave out what is nowhere to be found')
      .option('--glob', 'targets may be patterns of paths')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc pull
  mainline dvc pull data/raw/day-1.csv     one file of a tracked folder
  mainline dvc pull --remote backup --force

Exit codes: 0 done, 1 something did not arrive, is missing or would be lost`,
      )
      .action((targets: readonly string[], options: Options) => endingWith(1, () => run(targets, options))),
};

async function run(targets: readonly string[], options: Options): Promise<void> {
  const [{ pullData }, { showTransfer }, { interruptSignal }] = await Promise.all([
    import('#lib/flows/dvc/pull.ts'),
    import('./transfer-progress.ts'),
    import('../interrupt.ts'),
  ]);
  const { onProgress, end } = showTransfer('fetching');
  try {
    const { force, allowMissing, quiet } = options;
    const request = { ...toRequest(targets, options), force, allowMissing, signal: interruptSignal() };
    const { fetched, checkedOut } = await pullData({ ...request, ...(!quiet && { onProgress }) });
    end();
    const isWhole = sayProblems(fetched);
    const lines = checkedOut ? changedLines(checkedOut) : [];
    const counts = describeCounts({ fetched: fetched.transferred, ...checkedOut?.files });
    const isDone = isWhole && (checkedOut?.failed.length ?? 0) === 0;
    const summary = counts === 'No changes.' && isDone ? 'Everything is up to date.' : counts;
    if (!quiet) process.stdout.write([...lines, summary].map(line => `${line}\n`).join(''));
    if (!isDone) process.exitCode = 1;
    if (checkedOut && checkedOut.failed.length > 0) {
      say('stopped', `not checked out, content is missing: ${checkedOut.failed.join(', ')}`, process.stderr);
    }
  } finally {
    end();
  }
}

function changedLines({
  modified,
  added,
  deleted,
}: Readonly<Record<'modified' | 'added' | 'deleted', readonly string[]>>): readonly string[] {
  return [
    ...modified.map(path => `M\t${visible(path)}`),
    ...added.map(path => `A\t${visible(path)}`),
    ...deleted.map(path => `D\t${visible(path)}`),
  ];
}
