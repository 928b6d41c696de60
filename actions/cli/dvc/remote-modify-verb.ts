// mainline dvc remote modify: one option of a remote.
import type { Command } from 'commander';
import { addLevelOptions, chosenLevel, type LevelOptions, sayChanged } from './config-level.ts';
import { warnOfKind } from './remote-kind.ts';
import { type CommonOptions, EXIT, type Verb } from './verb.ts';

interface Options extends CommonOptions, LevelOptions {
  readonly unset?: boolean;
}

export const verb: Verb = {
  description: 'change an option of a remote',
  define: command =>
    addLevelOptions(command)
      .argument('<name>', 'name of the remote')
      .argument('<option>', 'such as region, endpointurl or jobs')
      .argument('[value]', 'what to set it to')
      .option('-u, --unset', 'take the option out')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc remote modify store endpointurl https://minio.example.com
  mainline dvc remote modify --local store secret_access_key "$SECRET"`,
      )
      .action(
        async (
          name: string,
          option: string,
          value: string | undefined,
          options: Options,
          command: Command,
        ) => {
          if (value === undefined && !options.unset) {
            command.error(`error: what should '${option}' be? (or --unset)`, { exitCode: EXIT.usage });
          }
          const { modifyRemote, openConfig } = await import('#lib/flows/dvc/remote-config.ts');
          const query = { ...openConfig(process.cwd(), process.env), level: chosenLevel(options) };
          modifyRemote(name.toLowerCase(), { option, value: options.unset ? undefined : value }, query);
          const done = options.unset ? 'is taken out of' : 'is set in';
          sayChanged(`${name.toLowerCase()}: ${option} ${done}`, options);
          const isUrl = option.toLowerCase() === 'url' && !options.unset;
          if (isUrl && value !== undefined && !options.quiet) warnOfKind(value);
        },
      ),
};
