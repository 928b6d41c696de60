// `dvc config`: one option read, set or taken out, or all of them listed, at one level or at every one.
import { relative, resolve } from 'node:path';
import { configProblem } from '#lib/dvc/config/check.ts';
import {
  editConfig,
  type OptionName,
  optionsOf,
  outsideOfRepository,
  withOption,
} from '#lib/dvc/config/edit-config.ts';
import type { IniValue } from '#lib/dvc/config/ini.ts';
import type { LevelConfig, Options } from '#lib/dvc/config/level.ts';
import { type ConfigLevel, type ConfigPlaces, configFile, LEVELS } from '#lib/dvc/config/place.ts';
import { readResolved } from '#lib/dvc/config/read-config.ts';
import { showOption } from '#lib/dvc/config/secrets.ts';
import { findDvcRoot } from '#lib/dvc/repository/find-root.ts';

export type { ConfigLevel, ConfigPlaces, OptionName };

export interface ShownOption {
  /** Such as `core.remote` or `remote.store.url`. */
  readonly name: string;
  readonly value: string;
  /** The file that says it: relative to the repository's root for the repository's own. */
  readonly origin: string;
}

export interface ConfigQuery {
  /** Undefined asks them all. */
  readonly level: ConfigLevel | undefined;
  readonly places: ConfigPlaces;
}

/**
 * The value that wins, secrets too: it was asked for by its name.
 * @returns undefined when no level has it. @throws ConfigurationError when the one level that was asked has it not.
 */
export function getOption(name: OptionName, { level, places }: ConfigQuery): ShownOption | undefined {
  for (const one of levelsOf({ level, places }).toReversed()) {
    const options = optionsOf(readResolved(one, places), name);
    const option = options?.get(name.name);
    if (option) return shown(formatName(name), formatValue(option.value), { level: one, places });
    if (level !== undefined) throw missing(name, options !== undefined);
  }
  return undefined;
}

/** Every option of every level, in DVC's order; secrets are hidden. */
export function listOptions({ level, places }: ConfigQuery): readonly ShownOption[] {
  return levelsOf({ level, places }).flatMap(one =>
    [...flatten(readResolved(one, places))].map(([name, option, value]) =>
      shown(name, showOption(option, value), { level: one, places }),
    ),
  );
}

/** Sets an option, or takes it out when `value` is undefined. */
export function setOption(
  name: OptionName,
  value: string | undefined,
  { level = 'repo', places, folder }: ConfigQuery & { readonly folder: string },
): void {
  editConfig({
    level,
    places,
    folder,
    change: config => {
      const options = optionsOf(config, name);
      if (value === undefined && !options?.has(name.name)) throw missing(name, options !== undefined);
      return withOption(config, name, value);
    },
  });
}

function levelsOf({ level, places }: ConfigQuery): readonly ConfigLevel[] {
  const isInside = places.root !== undefined;
  if (level === undefined) return isInside ? LEVELS : LEVELS.slice(0, 2);
  if (!isInside && (level === 'repo' || level === 'local')) throw outsideOfRepository();
  return [level];
}

function* flatten({ plain, named }: LevelConfig): Iterable<readonly [string, string, string]> {
  for (const [kind, sections] of Object.entries(named)) {
    for (const [name, options] of sections) yield* flattenOptions(`${kind}.${name}`, options);
  }
  for (const [section, options] of plain) yield* flattenOptions(section, options);
}

function* flattenOptions(section: string, options: Options): Iterable<readonly [string, string, string]> {
  for (const [name, { value }] of options) yield [`${section}.${name}`, name, formatValue(value)];
}

/** A list as DVC prints it, which is as Python does. */
function formatValue(value: IniValue): string {
  return typeof value === 'string' ? value : `[${value.map(item => `'${item}'`).join(', ')}]`;
}

function shown(
  name: string,
  value: string,
  { level, places }: { readonly level: ConfigLevel; readonly places: ConfigPlaces },
): ShownOption {
  const file = configFile(level, places) ?? '';
  const isOwn = level === 'repo' || level === 'local';
  return { name, value, origin: isOwn && places.root !== undefined ? relative(places.root, file) : file };
}

function formatName({ kind, section, name }: OptionName): string {
  return [kind, section, name].filter(part => part !== undefined).join('.');
}

function missing({ kind, section, name }: OptionName, hasSection: boolean): Error {
  const place = `${kind ?? 'section'} '${section}'`;
  return configProblem(hasSection ? `There is no option '${name}' in ${place}` : `There is no ${place}`, {
    remedy: 'see what there is: mainline dvc config --list --show-origin',
  });
}

/** Where configuration is, seen from a folder. */
export function openConfig(
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
): { readonly places: ConfigPlaces; readonly folder: string } {
  const folder = resolve(directory);
  return { folder, places: { env, root: findDvcRoot(folder), platform: process.platform } };
}
