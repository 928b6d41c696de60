// The worked examples under the real DVC: after mainline propose, dvc has nothing to do, and its own repro skips all.
// Run: node .github/scripts/interop-examples.ts
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { installDvc } from './interop-dvc.ts';

const root = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);
/** What a clone does not have. */
const LOCAL = /^(node_modules|\.git|\.mainline|\.dvc\/(cache|tmp))(\/|$)/;
const MODELS = ['delivery-time', 'credit-default'];

/** True when both pipelines are up to date for the real DVC. */
export async function interopExamples(): Promise<boolean> {
  const dvc = await installDvc(join(root, '.mainline', 'venv'));
  const copy = await mkdtemp(join(tmpdir(), 'mainline-dvc-'));
  try {
    await cp(root, copy, { recursive: true, filter: source => !LOCAL.test(relative(root, source)) });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    await run('git', ['init', '--quiet'], { cwd: copy });
    await run(process.execPath, [join(copy, 'actions/cli/mainline.js'), 'propose'], { cwd: copy });
    const env = {
      ...process.env,
      DVC_NO_ANALYTICS: '1',
      PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
    };
    const outcomes: boolean[] = [];
    for (const model of MODELS) {
      const cwd = join(copy, 'pipelines', model);
      const status = await run(dvc, ['status', '--json', 'dvc.yaml'], { cwd, env });
      const repro = await run(dvc, ['repro', 'dvc.yaml'], { cwd, env });
      const isClean = status.stdout.trim() === '{}' && repro.stdout.includes('up to date');
      process.stdout.write(`${isClean ? 'same  ' : 'DIFFER'} dvc has nothing to do for ${model}\n`);
      if (!isClean) process.stdout.write(`${status.stdout}${repro.stdout}`);
      outcomes.push(isClean);
    }
    return outcomes.every(Boolean);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = (await interopExamples()) ? 0 : 1;
}
