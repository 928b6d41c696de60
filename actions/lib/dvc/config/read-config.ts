// DVC's configuration of one repository: its four levels merged, checked, and turned into what the engine uses.
import { dirname, isAbsolute, join } from 'node:path';
import { checkConfig, schemeOf } from '#lib/dvc/config/check.ts';
import type { DvcConfig, RemoteConfig } from '#lib/dvc/config/config.ts';
import {
  type LevelConfig,
  mergeLevels,
  type Option,
  type Options,
  readLevel,
} from '#lib/dvc/config/level.ts';
import {
  type ConfigLevel,
  configFile,
  type Environment,
  isPathOption,
  LEVELS,
  resolveConfigPath,
} from '#lib/dvc/config/place.ts';
import type { LinkType } from '#lib/dvc/work-tree/work-tree.ts';

/** DVC's own default. */
const LINK_TYPES: readonly LinkType[] = ['reflink', 'copy'];

/**
 * @param root absolute, the folder that holds `.dvc`
 * @throws ConfigurationError (exit code 251) at the line that DVC would refuse
 */
export function readDvcConfig(root: string, env: Environment): DvcConfig {
  const merged = mergeLevels(LEVELS.map(level => readResolved(level, { root, env })));
  checkConfig(merged);
  return toDvcConfig(merged, root);
}

/** One level with its paths made absolute; a level without a file is empty. */
export function readResolved(
  level: ConfigLevel,
  { root, env }: { readonly root: string | undefined; readonly env: Environment },
): LevelConfig {
  const file = configFile(level, { root, env, platform: process.platform });
  if (file === undefined) return mergeLevels([]);
  const { plain, named } = readLevel(file);
  const folder = dirname(file);
  const resolve = (section: string, options: Options): Options =>
    new Map(
      [...options].map(([name, option]) => [name, resolveOption({ section, name, option, folder, env })]),
    );
  const all = (section: string, sections: ReadonlyMap<string, Options>) =>
    new Map([...sections].map(([name, options]) => [name, resolve(section, options)]));
  return {
    plain: new Map([...plain].map(([name, options]) => [name, resolve(name, options)])),
    named: {
      remote: all('remote', named.remote),
      machine: all('machine', named.machine),
      db: named.db,
    },
  };
}

interface OptionPlace {
  readonly section: string;
  readonly name: string;
  readonly option: Option;
  readonly folder: string;
  readonly env: Environment;
}

function resolveOption({ section, name, option, folder, env }: OptionPlace): Option {
  if (!isPathOption(section, name) || typeof option.value !== 'string') return option;
  return { ...option, value: resolveConfigPath(option.value, folder, env) };
}

function toDvcConfig({ plain, named }: LevelConfig, root: string): DvcConfig {
  const [core, cache, parsing] = ['core', 'cache', 'parsing'].map(name => plain.get(name) ?? new Map());
  const cacheDir = text(cache, 'dir') ?? join('.dvc', 'cache');
  const checksumJobs = text(core, 'checksum_jobs');
  return {
    cacheDir: isAbsolute(cacheDir) ? cacheDir : join(root, cacheDir),
    linkTypes: linkTypes(cache?.get('type')),
    cacheShared: text(cache, 'shared') !== undefined,
    autostage: isTrue(core, 'autostage'),
    noScm: isTrue(core, 'no_scm'),
    ...(checksumJobs !== undefined && { checksumJobs: Number(checksumJobs) }),
    defaultRemote: text(core, 'remote')?.toLowerCase(),
    remotes: new Map([...named.remote].map(([name]) => [name, toRemote(name, named.remote)])),
    parsing: {
      bool: text(parsing, 'bool')?.toLowerCase() === 'boolean_optional' ? 'boolean_optional' : 'store_true',
      list: text(parsing, 'list')?.toLowerCase() === 'append' ? 'append' : 'nargs',
    },
  };
}

function linkTypes(option: Option | undefined): readonly LinkType[] {
  if (!option) return LINK_TYPES;
  const names =
    typeof option.value === 'string' ? option.value.split(',').map(name => name.trim()) : option.value;
  return names as readonly LinkType[];
}

function toRemote(name: string, remotes: ReadonlyMap<string, Options>): RemoteConfig {
  const options = follow(name, remotes, new Set());
  const [url, jobs, verify] = [options.url ?? '', options.jobs, options.verify];
  return {
    name,
    url,
    ...(jobs !== undefined && { jobs: Number(jobs) }),
    verify: verify === undefined ? /^(?:oss|gdrive)$/u.test(schemeOf(url)) : verify.toLowerCase() === 'true',
    options,
  };
}

/** `remote://other/path` takes the options of the other remote, and adds the path to its address. */
function follow(
  name: string,
  remotes: ReadonlyMap<string, Options>,
  seen: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  const own = remotes.get(name);
  const texts: Record<string, string> = Object.fromEntries(
    [...(own ?? [])].map(([key, { value }]) => [key, typeof value === 'string' ? value : value.join(',')]),
  );
  const match = /^remote:\/\/([^/?#]*)\/?([^?#]*)/u.exec(texts.url ?? '');
  if (!match) return texts;
  const base = (match[1] ?? '').toLowerCase();
  // A reference to nothing stays as it is: only who uses this remote needs to know.
  if (seen.has(base) || !remotes.has(base)) return texts;
  const others = follow(base, remotes, new Set([...seen, name]));
  const url = [others.url?.replace(/\/$/u, ''), (match[2] ?? '').replace(/^\/+/u, '')].join('/');
  return { ...others, ...texts, url };
}

function text(options: Options | undefined, name: string): string | undefined {
  const value = options?.get(name)?.value;
  return typeof value === 'string' ? value : undefined;
}

function isTrue(options: Options | undefined, name: string): boolean {
  return text(options, name)?.toLowerCase() === 'true';
}
