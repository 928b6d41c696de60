// Where DVC's configuration lies, level by level; what a level says wins over the levels before it.
import { isAbsolute, join } from 'node:path';

export type ConfigLevel = 'system' | 'global' | 'repo' | 'local';

/** In the order in which they shadow each other. */
export const LEVELS: readonly ConfigLevel[] = ['system', 'global', 'repo', 'local'];

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ConfigPlaces {
  readonly env: Environment;
  /** Absolute; undefined outside of any repository, where only the system's and the user's levels exist. */
  readonly root: string | undefined;
  readonly platform: NodeJS.Platform;
}

/** The file of a level, whether or not it exists; undefined for the levels of a repository outside of one. */
export function configFile(level: ConfigLevel, places: ConfigPlaces): string | undefined {
  const { root, env } = places;
  if (level === 'system') return join(env.DVC_SYSTEM_CONFIG_DIR || systemFolder(places), 'config');
  if (level === 'global') return join(env.DVC_GLOBAL_CONFIG_DIR || userFolder(places), 'config');
  return root === undefined ? undefined : join(root, '.dvc', level === 'repo' ? 'config' : 'config.local');
}

/** The home folder as the environment names it; '' when it does not. */
export function homeFolder(env: Environment): string {
  return env.HOME || env.USERPROFILE || '';
}

function systemFolder({ env, platform }: ConfigPlaces): string {
  if (platform === 'win32') return join(env.PROGRAMDATA ?? 'C:\\ProgramData', 'iterative', 'dvc');
  if (platform === 'darwin') return '/Library/Application Support/dvc';
  const first = (env.XDG_CONFIG_DIRS ?? '').split(':')[0]?.trim();
  return join(first || '/etc/xdg', 'dvc');
}

function userFolder({ env, platform }: ConfigPlaces): string {
  const home = homeFolder(env);
  if (platform === 'win32')
    return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'iterative', 'dvc');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'dvc');
  return join(env.XDG_CONFIG_HOME?.trim() || join(home, '.config'), 'dvc');
}

/** Options that hold a path: relative to the folder of the file that says it. */
const PATHS_OF_REMOTES: ReadonlySet<string> = new Set([
  'url',
  'gdrive_user_credentials_file',
  'gdrive_service_account_json_file_path',
  'credentialpath',
  'configpath',
  'keyfile',
  'cert_path',
  'key_path',
]);

/** Whether an option's value is a path or an address. */
export function isPathOption(section: string, option: string): boolean {
  if (section === 'remote') return PATHS_OF_REMOTES.has(option);
  if (section === 'machine') return option === 'startup_script' || option === 'setup_script';
  return section === 'cache' && option === 'dir';
}

/** True for addresses such as `s3://...`, which are no paths. */
export function isAddress(text: string): boolean {
  return /^\w+:\/\//u.test(text);
}

/** `~` and `~/...`, as a shell reads them. */
export function expandHome(path: string, env: Environment): string {
  const home = homeFolder(env);
  return home !== '' && /^~(?=\/|$)/u.test(path) ? `${home.replace(/\/$/u, '')}${path.slice(1)}` : path;
}

/** A path of a configuration file made absolute; addresses stay as they are. */
export function resolveConfigPath(path: string, folder: string, env: Environment): string {
  if (isAddress(path) || isAbsolute(path)) return path;
  const expanded = expandHome(path, env);
  return isAbsolute(expanded) ? expanded : join(folder, path);
}
