// mainline dvc config: reads and writes options, at the levels DVC has.
import type { Command } from 'commander';
import { say } from '../say.ts';
import { addLevelOptions, chosenLevel, type LevelOptions, sayChanged } from './config-level.ts';
import { type CommonOptions, EXIT, type Verb } from './verb.ts';

interface Options extends CommonOptions, LevelOptions {
  readonly unset?: boolean;
  readonly list?: boolean;
  readonly showOrigin?: boolean;
}

const NAME = /^(?:(?<kind>remote|db)\.)?(?<section>[^.]*)\.(?<name>[^.]*)$/u;

export const verb: Verb = {
  description: "read and write DVC's options",
  define: command =>
    addLevelOptions(command)
      .argument('[name]', 'section.option, such as core.autostage, or remote.name.option')
      .argument('[value]', 'what to set it to; without it, the value that counts is shown')
      .option('-u, --unset', 'take the option out')
      .option('-l, --list', 'show every option, level by level; secrets are hidden')
      .option('--show-origin', 'say which file each value comes from')
      .addHelpText(
        'after',
        `
Examples:
  mainline dvc config core.autostage true
  mainline dvc config --local remote.store.secret_access_key "$SECRET"
  mainline dvc config --list --show-origin

Exit codes: 0 done, 1 options that do not go together, 251 the configuration is or would not be valid, 254 usage`,
      )
      .action(run),
};

async function run(
  name: string | undefined,
  value: string | undefined,
  options: Options,
  command: Command,
): Promise<void> {
  const { getOption, listOptions, openConfig, setOption } = await import('#lib/flows/dvc/config.ts');
  const refuse = (text: string) => {
    say('stopped', text, process.stderr);
    process.exitCode = 1;
  };
  if (options.showOrigin && (value !== undefined || options.unset)) {
    return refuse('--show-origin only goes with reading');
  }
  const query = { ...openConfig(process.cwd(), process.env), level: chosenLevel(options) };
  const print = (shown: { name: string; value: string; origin: string }, text: string) =>
    process.stdout.write(`${options.showOrigin ? `${shown.origin}\t` : ''}${text}\n`);
  if (options.list) {
    if (name !== undefined || options.unset) return refuse('--list goes with no name, value or --unset');
    for (const shown of listOptions(query)) print(shown, `${shown.name}=${shown.value}`);
    return;
  }
  if (name === undefined) return refuse('which option? (or --list for all)');
  const parts = NAME.exec(name)?.groups;
  if (!parts) {
    const text = `'${name}' is no option's name: write section.option or remote.name.option`;
    command.error(`error: ${text}`, { exitCode: EXIT.usage });
  }
  const asked = {
    kind: parts?.kind === 'remote' || parts?.kind === 'db' ? parts.kind : undefined,
    section: (parts?.section ?? '').toLowerCase(),
    name: (parts?.name ?? '').toLowerCase(),
  } as const;
  if (value === undefined && !options.unset) {
    const shown = getOption(asked, query);
    if (shown) print(shown, shown.value);
    return;
  }
  setOption(asked, options.unset ? undefined : value, query);
  // Not what it is set to: that may be a secret.
  const done = options.unset ? 'is taken out of' : 'is set in';
  sayChanged(`${name.toLowerCase()} ${done}`, options);
  if (name.toLowerCase() === 'cache.type' && !options.quiet) {
    process.stderr.write('-> files that are checked out keep their links: mainline dvc checkout --relink\n');
  }
}
