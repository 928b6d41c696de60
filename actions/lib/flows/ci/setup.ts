// Puts the packages with machine code into a runner's tool cache, once for each lockfile. npm checks every byte against the
// lockfile and runs no script of theirs; the folder appears whole or not at all, whoever else installs meanwhile.
import { randomBytes } from 'node:crypto';
import { access, cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestBytes } from '#lib/documents/canonical.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';
import { createRunner } from '#lib/processes/run.ts';

export interface SetupOptions {
  /** The folder with package.json and package-lock.json. */
  readonly lockFolder: string;
  /** Kept between jobs where the runner has one; else a folder of this job. */
  readonly cache: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface SetUp {
  /** The folder whose node_modules holds the packages. */
  readonly folder: string;
  /** It was there already. */
  readonly isCached: boolean;
}

const FILES = ['package.json', 'package-lock.json'];
/** Installs from the lockfile alone, without scripts, and tells nobody. */
const INSTALL = 'npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier';

/**
 * Installs what is not there yet.
 * @throws ConfigurationError when npm is missing or fails.
 */
export async function installNatives({ lockFolder, cache, say, signal }: SetupOptions): Promise<SetUp> {
  const lock = await readFile(join(lockFolder, 'package-lock.json'));
  const version = digestBytes(lock).slice('sha256:'.length, 'sha256:'.length + 16);
  const folder = join(cache, 'mainline-natives', version, `${process.platform}-${process.arch}`);
  if (await exists(folder)) return { folder, isCached: true };
  const draft = `${folder}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(draft, { recursive: true });
    for (const file of FILES) await cp(join(lockFolder, file), join(draft, file));
    say(`installing into ${dirname(folder)}`);
    await install(draft, { say, signal });
    await rename(draft, folder).catch(async error => {
      const isThere = hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST') || hasCode(error, 'EPERM');
      if (!isThere || !(await exists(folder))) throw error;
    });
    return { folder, isCached: false };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function install(cwd: string, { say, signal }: Pick<SetupOptions, 'say' | 'signal'>): Promise<void> {
  const { code, tail } = await createRunner()({ command: INSTALL, cwd, signal, onLine: say });
  if (code === 0) return;
  const [last = 'it said nothing'] = tail.filter(line => line.trim() !== '').slice(-1);
  throw new ConfigurationError(`npm could not install the packages with machine code: ${last.trim()}`, {
    remedy:
      code === 127
        ? 'There is no npm on this runner: add the step actions/setup-node before this one.'
        : 'The log above has what npm said. A runner without network needs them in its tool cache.',
  });
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
