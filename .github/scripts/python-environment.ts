// A virtual environment for peers that are written in Python: made once, with exactly the versions that are asked for.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** @param packages each as `name==version`. @returns its Python */
export async function installPython(environment: string, packages: readonly string[]): Promise<string> {
  const python = join(environment, 'bin/python');
  const { stdout } = await run(python, ['-m', 'pip', 'freeze']).catch(() => ({ stdout: '' }));
  const installed = stdout.split('\n');
  if (packages.every(name => installed.includes(name.replace(/\[.*\]/, '')))) return python;
  await run('python3', ['-m', 'venv', environment]);
  await run(python, ['-m', 'pip', 'install', '--quiet', ...packages], { maxBuffer: 1 << 26 });
  return python;
}
