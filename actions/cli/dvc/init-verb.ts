// mainline dvc init: makes a DVC repository.
import { say } from '../say.ts';
import { endingWith } from './exit-code.ts';
import type { CommonOptions, Verb } from './verb.ts';

interface Options extends CommonOptions {
  readonly scm: boolean;
  readonly force?: boolean;
  readonly subdir?: boolean;
}

export const verb: Verb = {
  description: 'make a folder a DVC repository',
  define: command =>
    command
      .argument('[directory]', 'the folder', '.')
      .option('--no-scm', 'go without git')
      .option('-f, --force', 'throw away a .dvc that is there, with the cache in it')
      .option('--subdir', 'in a folder below the top of a git repository')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc init
  mainline dvc init --subdir pipelines/eta

Exit codes: 0 done, 1 something is in the way or there is no git, 254 usage, 255 flags contradict each other`,
      )
      .action((directory: string, options: Options) =>
        endingWith(1, async () => {
          const { initRepository } = await import('#lib/flows/dvc/init.ts');
          const { force, subdir, scm, quiet } = options;
          const { root, staged } = await initRepository({ directory, force, subdir, noScm: !scm });
          if (quiet) return;
          say('done', `${root} is a DVC repository now`);
          if (staged.length > 0) say('note', 'for git: git commit (the files are in the index already)');
        }),
      ),
};
