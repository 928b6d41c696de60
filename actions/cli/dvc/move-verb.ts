// mainline dvc move: renames tracked data.
import { say } from '../say.ts';
import { endingWith } from './exit-code.ts';
import type { CommonOptions, Verb } from './verb.ts';
import { addWriteOptions, sayWritten, type WriteOptions, writing } from './write-options.ts';

interface Options extends CommonOptions, WriteOptions {}

export const verb: Verb = {
  description: 'rename or move tracked data together with its .dvc file',
  define: command =>
    addWriteOptions(command)
      .alias('mv')
      .argument('<src>', 'the data, as it was added')
      .argument('<dst>', 'its new name, or a folder that takes it in')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc move data/raw data/2024
  mainline dvc move set.csv data/

Exit codes: 0 done, 1 something has to be mended, 253 not in a repository, 254 usage`,
      )
      .action((from: string, to: string, options: Options) =>
        endingWith(1, async () => {
          const { moveData } = await import('#lib/flows/dvc/move.ts');
          const moved = await moveData({ ...writing(options), from, to });
          if (options.quiet) return;
          say('done', `${moved.from} is ${moved.to} now`);
          sayWritten(moved.written);
        }),
      ),
};
