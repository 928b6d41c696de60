// Works on one pipeline with Mainline and with the real DVC in turn, and compares every byte.
// Run: node .github/scripts/interop-dvc.ts
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Check, compareWithDvc } from '../../test/interop/dvc.ts';

const VERSION = '3.67.1';
const run = promisify(execFile);

/**
 * The path of a dvc program of the tested version, installed from PyPI into a virtual environment on first use.
 * @param environment the environment's folder.
 */
export async function installDvc(environment: string): Promise<string> {
  const program = join(environment, 'bin/dvc');
  const installed = await run(program, ['--version']).catch(() => undefined);
  if (installed?.stdout.trim() === VERSION) return program;
  await run('python3', ['-m', 'venv', environment]);
  await run(join(environment, 'bin/pip'), ['install', '--quiet', `dvc==${VERSION}`]);
  return program;
}

/** All comparisons with the real DVC. */
export async function interopDvc(environment = '.mainline/venv'): Promise<readonly Check[]> {
  return compareWithDvc(await installDvc(environment).then(program => join(process.cwd(), program)));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const checks = await interopDvc();
  for (const { name, passed, detail } of checks)
    console.log(`${passed ? 'same  ' : 'DIFFER'} ${name}${passed ? '' : `\n  ${detail}`}`);
  if (checks.some(one => !one.passed)) process.exitCode = 1;
}
