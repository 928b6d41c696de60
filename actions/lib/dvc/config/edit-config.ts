// Changes one level of the configuration: the result is checked together with the other levels before anything is written
// (DVC checks once more afterwards, and may leave a file behind that it then refuses), and written as DVC would. DVC throws comments away when it writes; ours stay with the lines they belong to.
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { replaceWhole } from '#lib/documents/write.ts';
import { checkConfig, configProblem } from '#lib/dvc/config/check.ts';
import type { IniFile, IniValue } from '#lib/dvc/config/ini.ts';
import { formatIni, type WrittenEntry, type WrittenSection } from '#lib/dvc/config/ini-write.ts';
import {
  type LevelConfig,
  mergeLevels,
  NAMED,
  namedSection,
  type Option,
  type Options,
  readIniFile,
  readLevel,
} from '#lib/dvc/config/level.ts';
import {
  type ConfigLevel,
  type ConfigPlaces,
  configFile,
  expandHome,
  isAddress,
  isPathOption,
  LEVELS,
} from '#lib/dvc/config/place.ts';
import { readResolved } from '#lib/dvc/config/read-config.ts';
import { FREE_SECTION, SECTIONS } from '#lib/dvc/config/schema.ts';

export interface Edit {
  readonly level: ConfigLevel;
  readonly places: ConfigPlaces;
  /** Absolute; what relative paths of new values are relative to. */
  readonly folder: string;
  /** Options it makes have no place (`at`): that is how new values are told from old. */
  readonly change: (level: LevelConfig) => LevelConfig;
}

/** @returns the file that was written. @throws ConfigurationError when the result would not be valid; nothing is then written. */
export function editConfig({ level, places, folder, change }: Edit): string {
  const file = configFile(level, places);
  if (file === undefined) throw outsideOfRepository();
  const changed = savePaths(change(readLevel(file)), { file, folder, places });
  checkConfig(mergeLevels(LEVELS.map(one => (one === level ? changed : readResolved(one, places)))));
  replaceWhole(file, formatLevel(changed, readIniFile(file)));
  return file;
}

/** DVC's error of levels that only a repository has. */
export function outsideOfRepository(): Error {
  const remedy = 'go into a repository, or ask for --global or --system';
  return configProblem('Not inside of a DVC repository', { remedy });
}

interface SavePlace {
  readonly file: string;
  readonly folder: string;
  readonly places: ConfigPlaces;
}

/** Paths stand relative to the folder of the file; `~`, absolute paths and addresses stay as they are. */
function savePaths(level: LevelConfig, place: SavePlace): LevelConfig {
  const save = (section: string, options: Options): Options =>
    new Map([...options].map(([name, option]) => [name, saveOption({ section, name, option, ...place })]));
  const all = (section: string, sections: ReadonlyMap<string, Options>) =>
    new Map([...sections].map(([name, options]) => [name, save(section, options)]));
  return {
    plain: new Map([...level.plain].map(([name, options]) => [name, save(name, options)])),
    named: {
      remote: all('remote', level.named.remote),
      machine: all('machine', level.named.machine),
      db: level.named.db,
    },
  };
}

function saveOption({
  section,
  name,
  option,
  file,
  folder,
  places,
}: SavePlace & { readonly section: string; readonly name: string; readonly option: Option }): Option {
  const { value, at } = option;
  if (!isPathOption(section, name) || typeof value !== 'string') return option;
  if (isAddress(value) || isAbsolute(value) || expandHome(value, places.env) !== value) return option;
  const absolute = at === undefined ? resolve(folder, value) : join(dirname(file), value);
  return { ...option, value: (relative(dirname(file), absolute) || '.').replaceAll('\\', '/') };
}

/** DVC's order: sections as they stood, new ones by its own table, those with names last. */
function formatLevel({ plain, named }: LevelConfig, old: IniFile | undefined): string {
  const order = [...Object.keys(SECTIONS), FREE_SECTION];
  const known = new Set(old?.sections.map(({ name }) => name.toLowerCase()));
  const isOld = ([name]: readonly [string, Options]) => known.has(name);
  const sections = [
    ...[...plain].filter(isOld),
    ...[...plain].filter(one => !isOld(one)).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)),
  ].filter(([, options]) => options.size > 0);
  const written = [
    ...sections.map(([name, options]) => withComments(name, options, old)),
    ...NAMED.flatMap(kind =>
      [...named[kind]].map(([name, options]) => withComments(`${kind} "${name}"`, options, old)),
    ),
  ];
  return formatIni({
    initialComment: old?.initialComment ?? [],
    sections: written,
    finalComment: old?.finalComment ?? [],
  });
}

function withComments(name: string, options: Options, old: IniFile | undefined): WrittenSection {
  const before = old?.sections.find(section => canonicalName(section.name) === name);
  const entries = [...options].map(([key, { value }]): WrittenEntry => {
    const entry = before?.entries.find(one => one.key.toLowerCase() === key);
    return { key, value, comments: entry?.comments ?? [], inline: entry?.inline ?? '' };
  });
  return { name, entries, comments: before?.comments ?? [], inline: before?.inline ?? '' };
}

function canonicalName(name: string): string {
  const own = namedSection(name);
  return own ? `${own.kind} "${own.name}"` : name.toLowerCase();
}

/** One option of one section, changed or (with undefined) taken out. */
export function withOption(
  level: LevelConfig,
  { kind, section, name }: OptionName,
  value: IniValue | undefined,
): LevelConfig {
  const change = (sections: ReadonlyMap<string, Options>) => {
    const options = new Map(sections.get(section));
    if (value === undefined) options.delete(name);
    else options.set(name, { value });
    return new Map([...sections, [section, options]]);
  };
  if (kind === undefined) return { ...level, plain: change(level.plain) };
  return { ...level, named: { ...level.named, [kind]: change(level.named[kind]) } };
}

/** The options of a section; undefined when there is no such section. */
export function optionsOf(
  level: LevelConfig,
  { kind, section }: Omit<OptionName, 'name'>,
): Options | undefined {
  return kind === undefined ? level.plain.get(section) : level.named[kind].get(section);
}

export interface OptionName {
  readonly kind?: 'remote' | 'db' | undefined;
  readonly section: string;
  readonly name: string;
}
