// mainline dvc remove: stops tracking.
import { say } from '../say.ts';
import { endingWith } from './exit-code.ts';
import type { CommonOptions, Verb } from './verb.ts';
import { addWriteOptions, sayWritten, type WriteOptions, writing } from './write-options.ts';

interface Options extends CommonOptions, WriteOptions {
  readonly outs?: boolean;
}

export const verb: Verb = {
  description: 'stop tracking data, or take stages out of dvc.yaml; the data stays unless asked',
  define: command =>
    addWriteOptions(command)
      .alias('rm')
      .argument('<targets...>', '.dvc files and stages')
      .option('--outs', 'remove the outputs from the work tree as well')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc remove data/raw.dvc
  mainline dvc remove train --outs

Exit codes: 0 done, 1 something has to be mended, 253 not in a repository, 254 usage`,
      )
      .action((targets: readonly string[], options: Options) =>
        endingWith(1, async () => {
          const { removeTargets } = await import('#lib/flows/dvc/remove.ts');
          const { names, written } = await removeTargets({
            ...writing(options),
            targets,
            outs: options.outs,
          });
          if (options.quiet) return;
          for (const name of names) say('done', `${name} is no longer tracked`);
          sayWritten(written);
        }),
      ),
};
