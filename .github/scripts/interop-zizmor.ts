// The workflows and actions under zizmor, which knows the mistakes that have been made with them elsewhere.
// Run: node .github/scripts/interop.ts zizmor
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const PACKAGE = 'zizmor==1.32.0';
const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

async function installZizmor(environment: string): Promise<string> {
  const python = join(environment, 'bin/python');
  const installed = await run(python, ['-m', 'pip', 'freeze']).catch(() => ({ stdout: '' }));
  if (!installed.stdout.includes(PACKAGE)) {
    await run('python3', ['-m', 'venv', environment]);
    await run(python, ['-m', 'pip', 'install', '--quiet', PACKAGE]);
  }
  return join(environment, 'bin/zizmor');
}

/** True when it finds nothing, by what it can tell without the network. */
export async function interopZizmor(): Promise<boolean> {
  const zizmor = await installZizmor(join(root, '.mainline/venv-zizmor'));
  const args = ['--offline', '--collect=all', '--no-progress', '--format=plain', '.github', 'actions'];
  try {
    const { stdout } = await run(zizmor, args, { cwd: root });
    process.stdout.write(stdout);
    return true;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
    process.stdout.write(`${stdout}${stderr}`);
    return false;
  }
}
