// The options of DVC's that choose a level of the configuration, which `config` and every `remote` verb have.
import { type Command, Option } from 'commander';
import { say } from '../say.ts';
import type { CommonOptions } from './verb.ts';

type Level = 'system' | 'global' | 'repo' | 'local';

export interface LevelOptions {
  readonly global?: boolean;
  readonly system?: boolean;
  readonly project?: boolean;
  readonly local?: boolean;
}

const CHOICES = [
  ['global', "the user's own file, for all repositories"],
  ['system', 'the file of this machine'],
  ['project', '.dvc/config, which git holds (written by default)'],
  ['local', '.dvc/config.local, which git does not hold: the place for secrets'],
] as const;

export function addLevelOptions(command: Command): Command {
  for (const [name, text] of CHOICES) {
    const others = CHOICES.map(([other]) => other).filter(other => other !== name);
    command.addOption(new Option(`--${name}`, text).conflicts(others));
  }
  return command;
}

/** Says what was changed, beside standard output, which is DVC's own for scripts. */
export function sayChanged(text: string, options: LevelOptions & CommonOptions): void {
  if (!options.quiet) say('done', `${text} ${levelName(options)}`, process.stderr);
}

/** Where a change goes, in words. */
function levelName(options: LevelOptions): string {
  if (options.global) return "the user's configuration";
  if (options.system) return "this machine's configuration";
  return options.local ? '.dvc/config.local' : '.dvc/config';
}

/** The level that was asked for; undefined reads them all and writes the project's. */
export function chosenLevel(options: LevelOptions): Level | undefined {
  if (options.global) return 'global';
  if (options.system) return 'system';
  if (options.local) return 'local';
  return options.project ? 'repo' : undefined;
}
