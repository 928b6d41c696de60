// A repository with something hostile in it, beside a folder that nobody may touch.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { launcher } from './workspace.ts';

export interface HostileRepository {
  readonly folder: string;
  readonly path: (name: string) => string;
  /** Writes a file of the repository. */
  readonly write: (name: string, content: string | Buffer) => void;
  /** Puts bytes into the cache, or into the remote, under a name that may be a lie. @returns the name */
  readonly keep: (content: string, options?: KeepOptions) => string;
  readonly run: (words: readonly string[], options?: RunOptions) => Promise<Answer>;
  /** Everything outside the repository, as paths and contents. */
  readonly outside: () => Readonly<Record<string, string>>;
}

interface KeepOptions {
  readonly place?: 'cache' | 'remote';
  readonly isFolder?: boolean;
  /** What stands under the name instead. */
  readonly lie?: string;
}

interface RunOptions {
  /** Words of the shell before the command, such as a limit. */
  readonly before?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Longer than any refusal takes. */
const LIMIT_MS = 60_000;

export function createHostileRepository(): HostileRepository {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'hostile-')));
  const folder = join(home, 'repository');
  const path = (name: string) => join(folder, name);
  const write = (name: string, content: string | Buffer) => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), content);
  };
  for (const name of ['.git', '.dvc/tmp', '../outside', '../remote'])
    mkdirSync(path(name), { recursive: true });
  write('.git/HEAD', 'ref: refs/heads/main\n');
  write('.git/config', '[core]\n\trepositoryformatversion = 0\n');
  for (const name of ['.git/objects', '.git/refs']) mkdirSync(path(name));
  write('.dvc/config', '[core]\n    remote = origin\n[\'remote "origin"\']\n    url = ../../remote\n');
  write('../outside/secret.txt', 'secret\n');
  return {
    folder,
    path,
    write,
    keep: (content, { place = 'cache', isFolder = false, lie = content } = {}) => {
      const md5 = createHash('md5').update(content).digest('hex');
      const root = place === 'cache' ? '.dvc/cache' : '../remote';
      write(`${root}/files/md5/${md5.slice(0, 2)}/${md5.slice(2)}${isFolder ? '.dir' : ''}`, lie);
      return `${md5}${isFolder ? '.dir' : ''}`;
    },
    run: (words, options) => run(folder, words, options),
    outside: () => readAll(join(home, 'outside')),
  };
}

/** Never longer than a minute: a refusal that takes longer is none. */
function run(
  cwd: string,
  words: readonly string[],
  { before = '', env = {} }: RunOptions = {},
): Promise<Answer> {
  const command = [process.execPath, launcher, 'dvc', ...words];
  const child = spawn('sh', ['-c', `${before} exec "$@"`, 'sh', ...command], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', DVC_GLOBAL_CONFIG_DIR: join(cwd, '../global'), ...env },
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', text => (said.stdout += text));
  child.stderr.on('data', text => (said.stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve({ code, ...said }));
  });
}

function readAll(folder: string): Readonly<Record<string, string>> {
  if (!existsSync(folder)) return {};
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true });
  return Object.fromEntries(
    names
      .filter(entry => entry.isFile())
      .map(({ name, parentPath }) => {
        const path = join(parentPath, name);
        return [path, readFileSync(path, 'utf8')] as const;
      }),
  );
}
