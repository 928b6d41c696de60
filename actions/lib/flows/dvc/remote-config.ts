// `dvc remote`: the configuration's sections of remotes, added, changed, renamed and listed.

import { nearestWord } from '#lib/documents/nearest.ts';
import { configProblem } from '#lib/dvc/config/check.ts';
import { editConfig, optionsOf, withOption } from '#lib/dvc/config/edit-config.ts';
import { type LevelConfig, mergeLevels, type Options, readLevel } from '#lib/dvc/config/level.ts';
import { type ConfigLevel, type ConfigPlaces, configFile, LEVELS } from '#lib/dvc/config/place.ts';
import { readResolved } from '#lib/dvc/config/read-config.ts';
import { hideSecrets } from '#lib/dvc/config/secrets.ts';

export interface RemoteQuery {
  /** Where to read or write; undefined reads all levels and writes the repository's own. */
  readonly level: ConfigLevel | undefined;
  readonly places: ConfigPlaces;
  /** Absolute; relative addresses are relative to it. */
  readonly folder: string;
}

const DEFAULT = { section: 'core', name: 'remote' } as const;

/** @throws ConfigurationError when it exists and `force` is not set. */
export function addRemote(
  name: string,
  { url, isDefault = false, force = false }: { url: string; isDefault?: boolean; force?: boolean },
  query: RemoteQuery,
): void {
  edit(query, config => {
    if (config.named.remote.has(name) && !force) {
      throw configProblem(`The remote '${name}' exists already`, {
        remedy: '--force writes it anew; mainline dvc remote modify changes one option',
      });
    }
    const remote = new Map<string, Options>([
      ...config.named.remote,
      [name, new Map([['url', { value: url }]])],
    ]);
    const added = { ...config, named: { ...config.named, remote } };
    return isDefault ? withOption(added, DEFAULT, name) : added;
  });
}

/** Takes a remote out, and from the levels after it, up to the one that is edited, its standing as the default. */
export function removeRemote(name: string, query: RemoteQuery): void {
  edit(query, config => {
    if (!config.named.remote.has(name)) throw unknownRemote(name, config);
    const remote = new Map([...config.named.remote].filter(([other]) => other !== name));
    return { ...config, named: { ...config.named, remote } };
  });
  for (const level of levelsFrom(query.level ?? 'repo', query.places)) {
    if (defaultOf(readOwn(level, query.places)) === name) {
      edit({ ...query, level }, config => withOption(config, DEFAULT, undefined));
    }
  }
}

/** Sets an option, or takes it out when `value` is undefined; one that is not there is no error. */
export function modifyRemote(
  name: string,
  { option, value }: { readonly option: string; readonly value: string | undefined },
  query: RemoteQuery,
): void {
  const level = query.level ?? 'repo';
  edit(query, config => {
    const before = LEVELS.slice(0, LEVELS.indexOf(level)).map(one => readResolved(one, query.places));
    const merged = mergeLevels([...before, config]);
    if (!merged.named.remote.has(name)) throw unknownRemote(name, merged);
    return withOption(config, { kind: 'remote', section: name, name: option.toLowerCase() }, value);
  });
}

/** The default remote's name; undefined when none is set. */
export function defaultRemote(query: RemoteQuery): string | undefined {
  return defaultOf(readAll(query));
}

/** Makes a remote the default, or (with undefined) no remote. */
export function setDefaultRemote(name: string | undefined, query: RemoteQuery): void {
  const level = query.level ?? 'repo';
  edit(query, config => {
    if (name === undefined) return withOption(config, DEFAULT, undefined);
    const before = LEVELS.slice(0, LEVELS.indexOf(level)).map(one => readResolved(one, query.places));
    const merged = mergeLevels([...before, config]);
    if (!merged.named.remote.has(name)) throw unknownRemote(name, merged);
    return withOption(config, DEFAULT, name);
  });
}

export interface ListedRemote {
  readonly name: string;
  /** Without passwords and tokens. */
  readonly url: string;
  readonly isDefault: boolean;
}

export function listRemotes(query: RemoteQuery): readonly ListedRemote[] {
  const config = readAll(query);
  const chosen = defaultOf(config);
  return [...config.named.remote].map(([name, options]) => ({
    name,
    url: hideSecrets(String(options.get('url')?.value ?? '')),
    isDefault: name === chosen,
  }));
}

/** A remote under a new name keeps its options; the levels that name it as the default follow. */
export function renameRemote(name: string, to: string, query: RemoteQuery): void {
  if (readAll({ ...query, level: undefined }).named.remote.has(to)) {
    throw configProblem(`The remote '${to}' exists already`, { remedy: 'choose another name' });
  }
  const follow = (config: LevelConfig) =>
    defaultOf(config) === name ? withOption(config, DEFAULT, to) : config;
  edit(query, config => {
    const options = optionsOf(config, { kind: 'remote', section: name });
    if (!options) throw unknownRemote(name, config);
    const others = [...config.named.remote].filter(([other]) => other !== name);
    const remote = new Map([...others, [to, options]]);
    return follow({ ...config, named: { ...config.named, remote } });
  });
  const level = query.level ?? 'repo';
  for (const one of levelsFrom(level, query.places)) {
    if (one !== level && defaultOf(readOwn(one, query.places)) === name)
      edit({ ...query, level: one }, follow);
  }
}

/** The levels that shadow this one, and itself, the strongest first. */
function levelsFrom(level: ConfigLevel, places: ConfigPlaces): readonly ConfigLevel[] {
  return LEVELS.slice(LEVELS.indexOf(level))
    .filter(one => configFile(one, places) !== undefined)
    .toReversed();
}

function edit({ level = 'repo', places, folder }: RemoteQuery, change: (config: LevelConfig) => LevelConfig) {
  editConfig({ level, places, folder, change });
}

function readOwn(level: ConfigLevel, places: ConfigPlaces): LevelConfig {
  const file = configFile(level, places);
  return file === undefined ? mergeLevels([]) : readLevel(file);
}

function readAll({ level, places }: RemoteQuery): LevelConfig {
  const levels = level === undefined ? LEVELS : [level];
  return mergeLevels(levels.map(one => readResolved(one, places)));
}

function defaultOf(config: LevelConfig): string | undefined {
  const value = config.plain.get(DEFAULT.section)?.get(DEFAULT.name)?.value;
  return typeof value === 'string' ? value.toLowerCase() : undefined;
}

function unknownRemote(name: string, { named }: LevelConfig): Error {
  const names = [...named.remote.keys()];
  const nearest = nearestWord(name, names);
  const known = names.length === 0 ? 'there is none yet' : `there are ${names.join(', ')}`;
  return configProblem(`There is no remote '${name}'`, {
    remedy: nearest === undefined ? known : `did you mean '${nearest}'?`,
  });
}

export { openConfig } from '#lib/flows/dvc/config.ts';
