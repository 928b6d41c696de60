// mainline dvc remote add: a place for objects gets a name.
import { addLevelOptions, chosenLevel, type LevelOptions, sayChanged } from './config-level.ts';
import { warnOfKind } from './remote-kind.ts';
import type { CommonOptions, Verb } from './verb.ts';

interface Options extends CommonOptions, LevelOptions {
  readonly default?: boolean;
  readonly force?: boolean;
}

export const verb: Verb = {
  description: 'name a place that objects are pushed to and pulled from',
  define: command =>
    addLevelOptions(command)
      .argument('<name>', 'name of the remote')
      .argument('<url>', 'a folder, or an address such as s3://bucket/path')
      .option('-d, --default', 'make it the default remote')
      .option('-f, --force', 'write it anew if it exists')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc remote add --default store s3://models/team
  mainline dvc remote add backup /mnt/backup`,
      )
      .action(async (name: string, url: string, options: Options) => {
        const { addRemote, openConfig } = await import('#lib/flows/dvc/remote-config.ts');
        const query = { ...openConfig(process.cwd(), process.env), level: chosenLevel(options) };
        const { default: isDefault = false, force = false } = options;
        addRemote(name.toLowerCase(), { url, isDefault, force }, query);
        const text = isDefault ? 'is the default remote now' : 'is a remote now';
        sayChanged(`${name.toLowerCase()} ${text}, in`, options);
        if (!options.quiet) warnOfKind(url);
      }),
};
