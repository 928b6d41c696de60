// mainline dvc remote rename: another name for the same place.
import { addLevelOptions, chosenLevel, type LevelOptions, sayChanged } from './config-level.ts';
import type { CommonOptions, Verb } from './verb.ts';

export const verb: Verb = {
  description: 'give a remote another name',
  define: command =>
    addLevelOptions(command)
      .argument('<name>', 'the name it has')
      .argument('<new>', 'the name it gets')
      .addHelpText('after', '\nExample:\n  mainline dvc remote rename store models')
      .action(async (name: string, to: string, options: CommonOptions & LevelOptions) => {
        const { openConfig, renameRemote } = await import('#lib/flows/dvc/remote-config.ts');
        const query = { ...openConfig(process.cwd(), process.env), level: chosenLevel(options) };
        renameRemote(name.toLowerCase(), to, query);
        sayChanged(`the remote ${name.toLowerCase()} is ${to} now, in`, options);
      }),
};
