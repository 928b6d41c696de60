// mainline dvc remote list: the remotes there are, without what is secret in their addresses.
import { visible } from '../say.ts';
import { addLevelOptions, chosenLevel, type LevelOptions } from './config-level.ts';
import type { CommonOptions, Verb } from './verb.ts';

export const verb: Verb = {
  description: 'list the remotes',
  define: command =>
    addLevelOptions(command)
      .addHelpText('after', '\nExample:\n  mainline dvc remote list --project')
      .action(async (options: CommonOptions & LevelOptions) => {
        const { listRemotes, openConfig } = await import('#lib/flows/dvc/remote-config.ts');
        const query = { ...openConfig(process.cwd(), process.env), level: chosenLevel(options) };
        for (const { name, url, isDefault } of listRemotes(query)) {
          process.stdout.write(`${visible(name)}\t${visible(url)}${isDefault ? '\t(default)' : ''}\n`);
        }
      }),
};
