// mainline dvc remote remove: forgets a remote; what lies there stays.
import { addLevelOptions, chosenLevel, type LevelOptions, sayChanged } from './config-level.ts';
import type { CommonOptions, Verb } from './verb.ts';

export const verb: Verb = {
  description: 'forget a remote (what lies there stays)',
  define: command =>
    addLevelOptions(command)
      .argument('<name>', 'name of the remote')
      .addHelpText('after', '\nExample:\n  mainline dvc remote remove backup')
      .action(async (name: string, options: CommonOptions & LevelOptions) => {
        const { openConfig, removeRemote } = await import('#lib/flows/dvc/remote-config.ts');
        const query = { ...openConfig(process.cwd(), process.env), level: chosenLevel(options) };
        removeRemote(name.toLowerCase(), query);
        sayChanged(`${name.toLowerCase()} is no longer a remote in`, options);
      }),
};
