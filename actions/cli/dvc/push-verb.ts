// mainline dvc push: objects of the cache go to a remote.
import { counted } from '../counted.ts';
import { endingWith } from './exit-code.ts';
import { addTransferOptions, sayProblems, type TransferVerbOptions, toRequest } from './transfer-options.ts';
import type { Verb } from './verb.ts';

export const verb: Verb = {
  description: 'upload tracked files to a remote',
  define: command =>
    addTransferOptions(command)
      .option('--glob', 'targets may be patterns of paths')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc push
  mainline dvc push data/raw train -r backup
  mainline dvc push --all-branches --run-cache

Exit codes: 0 done (also when data is nowhere to be found, which is told), 1 something did not arrive`,
      )
      .action((targets: readonly string[], options: TransferVerbOptions) =>
        endingWith(1, () => run(targets, options)),
      ),
};

async function run(targets: readonly string[], options: TransferVerbOptions): Promise<void> {
  const [{ pushData }, { showTransfer }, { interruptSignal }] = await Promise.all([
    import('#lib/flows/dvc/transfer.ts'),
    import('./transfer-progress.ts'),
    import('../interrupt.ts'),
  ]);
  const { onProgress, end } = showTransfer('pushing');
  try {
    const request = { ...toRequest(targets, options), signal: interruptSignal() };
    const summary = await pushData({ ...request, ...(!options.quiet && { onProgress }) });
    end();
    const { transferred } = summary;
    const isWhole = sayProblems(summary);
    const isUpToDate = isWhole && transferred === 0;
    const text = isUpToDate ? 'Everything is up to date.' : `${counted(transferred)} pushed`;
    if (!options.quiet) process.stdout.write(`${text}\n`);
    if (!isWhole) process.exitCode = 1;
  } finally {
    end();
  }
}
