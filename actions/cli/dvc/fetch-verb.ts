// mainline dvc fetch: objects of a remote come to the cache.
import { Option } from 'commander';
import { counted } from '../counted.ts';
import { endingWith } from './exit-code.ts';
import {
  addTransferOptions,
  parseCount,
  sayProblems,
  type TransferVerbOptions,
  toRequest,
} from './transfer-options.ts';
import type { Verb } from './verb.ts';

type Kind = 'metrics' | 'plots';

interface Options extends TransferVerbOptions {
  readonly maxSize?: number;
  readonly type?: readonly Kind[];
}

export const verb: Verb = {
  description: 'download tracked files to the cache, without checking them out',
  define: command =>
    addTransferOptions(command)
      .option('--max-size <bytes>', 'only outputs of fewer bytes', parseCount)
      .addOption(new Option('--type <type...>', 'only metrics or plots').choices(['metrics', 'plots']))
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc fetch
  mainline dvc fetch data/raw/2026 --jobs 32
  mainline dvc fetch --all-tags --type metrics

Exit codes: 0 done (also when data is nowhere to be found, which is told), 1 something did not arrive`,
      )
      .action((targets: readonly string[], options: Options) => endingWith(1, () => run(targets, options))),
};

async function run(targets: readonly string[], options: Options): Promise<void> {
  const [{ fetchData }, { showTransfer }, { interruptSignal }] = await Promise.all([
    import('#lib/flows/dvc/transfer.ts'),
    import('./transfer-progress.ts'),
    import('../interrupt.ts'),
  ]);
  const { onProgress, end } = showTransfer('fetching');
  try {
    const { maxSize, type: kinds } = options;
    const request = { ...toRequest(targets, options), maxSize, kinds, signal: interruptSignal() };
    const summary = await fetchData({ ...request, ...(!options.quiet && { onProgress }) });
    end();
    const { transferred } = summary;
    const isWhole = sayProblems(summary);
    const isUpToDate = isWhole && transferred === 0;
    const text = isUpToDate ? 'Everything is up to date.' : `${counted(transferred)} fetched`;
    if (!options.quiet) process.stdout.write(`${text}\n`);
    if (!isWhole) process.exitCode = 1;
  } finally {
    end();
  }
}
