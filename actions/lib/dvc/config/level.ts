// One level of configuration as DVC sees it: lower-case names, `remote "x"` sections gathered under their kind.
import { readFileSync } from 'node:fs';
import { type IniEntry, type IniFile, type IniValue, parseIni } from '#lib/dvc/config/ini.ts';
import { hasCode, type Location } from '#lib/errors.ts';

/** Sections with a name of their own, as in `remote "store"`. */
export const NAMED = ['remote', 'machine', 'db'] as const;
export type NamedKind = (typeof NAMED)[number];

/** An option's value and where it stands. */
export interface Option {
  readonly value: IniValue;
  /** Absent for what a command is about to write. */
  readonly at?: Location | undefined;
}

export type Options = ReadonlyMap<string, Option>;

export interface LevelConfig {
  /** `core`, `cache`, ... in the order of the file. */
  readonly plain: ReadonlyMap<string, Options>;
  readonly named: Readonly<Record<NamedKind, ReadonlyMap<string, Options>>>;
}

export const NO_CONFIG: LevelConfig = {
  plain: new Map(),
  named: { remote: new Map(), machine: new Map(), db: new Map() },
};

/** Reads one file; a file that is not there says nothing. @throws ConfigurationError at its place */
export function readLevel(file: string): LevelConfig {
  const ini = readIniFile(file);
  return ini === undefined ? NO_CONFIG : toLevel(ini);
}

/** The file as it stands, with comments; undefined when there is none. */
export function readIniFile(file: string): IniFile | undefined {
  try {
    return parseIni(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR') || hasCode(error, 'EACCES')) return undefined;
    throw error;
  }
}

/** The kind and name of a section such as `remote "store"`; undefined for plain ones. */
export function namedSection(name: string): { readonly kind: NamedKind; readonly name: string } | undefined {
  const match = /^\s*(remote|machine|db)\s*"(.*)"\s*$/u.exec(name.toLowerCase());
  const kind = NAMED.find(one => one === match?.[1]);
  return kind && { kind, name: match?.[2] ?? '' };
}

function toLevel({ sections }: IniFile): LevelConfig {
  const plain = new Map<string, Options>();
  const named = {
    remote: new Map<string, Options>(),
    machine: new Map<string, Options>(),
    db: new Map<string, Options>(),
  };
  for (const section of sections) {
    const own = namedSection(section.name);
    if (own) named[own.kind].set(own.name, toOptions(section.entries));
    else plain.set(section.name.toLowerCase(), toOptions(section.entries));
  }
  return { plain, named };
}

function toOptions(entries: readonly IniEntry[]): Options {
  return new Map(entries.map(({ key, value, at }) => [key.toLowerCase(), { value, at }]));
}

/** Later levels win option by option; the order is that of first mention. */
export function mergeLevels(levels: readonly LevelConfig[]): LevelConfig {
  return {
    plain: mergeSections(levels.map(({ plain }) => plain)),
    named: {
      remote: mergeSections(levels.map(({ named }) => named.remote)),
      machine: mergeSections(levels.map(({ named }) => named.machine)),
      db: mergeSections(levels.map(({ named }) => named.db)),
    },
  };
}

function mergeSections(all: readonly ReadonlyMap<string, Options>[]): ReadonlyMap<string, Options> {
  const merged = new Map<string, Options>();
  for (const sections of all) {
    for (const [name, options] of sections) {
      merged.set(name, new Map([...(merged.get(name) ?? []), ...options]));
    }
  }
  return merged;
}
