// mainline dvc remote default: which remote is used when none is named.
import { addLevelOptions, chosenLevel, type LevelOptions, sayChanged } from './config-level.ts';
import type { CommonOptions, Verb } from './verb.ts';

interface Options extends CommonOptions, LevelOptions {
  readonly unset?: boolean;
}

export const verb: Verb = {
  description: 'show or choose the remote that is used when none is named',
  define: command =>
    addLevelOptions(command)
      .argument('[name]', 'name of the remote')
      .option('-u, --unset', 'use none by default')
      .addHelpText(
        'after',
        `
Example:
  mainline dvc remote default store

Exit codes: 0 done, 1 none is set, 251 there is no such remote`,
      )
      .action(async (name: string | undefined, options: Options) => {
        const { defaultRemote, openConfig, setDefaultRemote } = await import(
          '#lib/flows/dvc/remote-config.ts'
        );
        const query = { ...openConfig(process.cwd(), process.env), level: chosenLevel(options) };
        if (name !== undefined || options.unset) {
          setDefaultRemote(options.unset ? undefined : name?.toLowerCase(), query);
          const text = options.unset ? 'no remote' : name?.toLowerCase();
          sayChanged(`${text} is the default now, in`, options);
          return;
        }
        const chosen = defaultRemote(query);
        process.stdout.write(`${chosen ?? 'No default remote set'}\n`);
        if (chosen === undefined) process.exitCode = 1;
      }),
};
