// Holds every kind of number that a report shows against scikit-learn, statsmodels, SciPy, fairlearn and shap, on models that
// scikit-learn trained on four public tables. Both sides start from the same files and never see the other's numbers first.
// Run: node .github/scripts/interop-numbers.ts
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { measureTask } from '../../test/interop/numbers.ts';

const PACKAGES = [
  ...['scikit-learn==1.9.1', 'scipy==1.17.1', 'numpy==2.4.6', 'pandas==3.1.1', 'statsmodels==0.15.0'],
  ...['fairlearn==0.15.0', 'shap==0.51.0', 'skl2onnx==1.20.0', 'onnx==1.23.2', 'onnxruntime==1.31.1'],
];
const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

async function installPeers(environment: string): Promise<string> {
  const python = join(environment, 'bin/python');
  const installed = await run(python, ['-m', 'pip', 'freeze']).catch(() => ({ stdout: '' }));
  const names = installed.stdout.split('\n');
  if (PACKAGES.every(name => names.includes(name))) return python;
  await run('python3', ['-m', 'venv', environment]);
  await run(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
  return python;
}

/** True when the script ends well; what it prints is shown. */
async function runScript(python: string, name: string, words: readonly string[]): Promise<boolean> {
  const child = spawn(python, [join(root, 'test/interop', name), ...words], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  const [code] = await once(child, 'exit');
  return code === 0;
}

/** True when every number agrees within the tolerance of its kind. */
export async function interopNumbers(): Promise<boolean> {
  const python = await installPeers(join(root, '.mainline/venv-numbers'));
  const folder = await mkdtemp(join(tmpdir(), 'mainline-numbers-'));
  try {
    if (!(await runScript(python, 'numbers_make.py', [root, folder]))) return false;
    for (const task of (await readdir(folder)).sort()) {
      await writeFile(join(folder, task, 'ours.json'), JSON.stringify(await measureTask(join(folder, task))));
    }
    return await runScript(python, 'numbers_judge.py', [folder]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (!(await interopNumbers())) process.exitCode = 1;
}
