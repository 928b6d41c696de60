// The workflows run whole by nektos/act, on the bundles as a release carries them. What act cannot do (permissions, events
// that chain) is not shown here.
// Run: node .github/scripts/interop.ts act
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { installAct } from './act/install.ts';
import { createScratch, writeStandIns } from './act/scratch.ts';

const root = join(import.meta.dirname, '../..');
const LIMIT_MS = 6 * 60_000;

/** True when the pull request was proposed by the workflow as by the command line; skipped with the reason without act. */
export async function interopAct(): Promise<boolean> {
  const installed = await installAct(join(root, '.mainline'));
  if ('why' in installed) {
    process.stdout.write(`skipped: ${installed.why}\n`);
    return true;
  }
  const scratch = await createScratch();
  const beside = await mkdtemp(join(tmpdir(), 'mainline-act-stand-ins-'));
  try {
    const { git } = scratch;
    git('switch', '--quiet', '--create', 'fewer-leaves');
    await scratch.edit('pipelines/delivery-time/params.yaml', 'leaves: 31', 'leaves: 7');
    git('commit', '--quiet', '--all', '--message', 'fewer leaves');
    git('switch', '--quiet', '--detach', 'main');
    git('merge', '--quiet', '--no-ff', '--message', 'the merge that GitHub tests', 'fewer-leaves');
    git('update-ref', 'refs/remotes/origin/main', 'main');
    const event = join(beside, 'event.json');
    const pull = { number: 1, draft: false, base: { ref: 'main', sha: git('rev-parse', 'main') } };
    await writeFile(event, JSON.stringify({ action: 'opened', number: 1, pull_request: pull }));
    const sources = ['.github/workflows/propose.yml', '.github/actions/build/action.yml'];
    const texts = await Promise.all(sources.map(source => readFile(join(root, source), 'utf8')));
    const args = ['pull_request', '-W', '.github/workflows/propose.yml', '-P', 'ubuntu-latest=-self-hosted'];
    const stood = await writeStandIns(beside, texts.join('\n'));
    const { output } = await runAct(installed.act, [...args, '-e', event, ...stood], scratch.folder);
    const file = join(beside, 'uploads/mainline-proposal-delivery-time/proposal.json');
    const proposal = JSON.parse(await readFile(file, 'utf8').catch(() => 'null'));
    const checks: readonly (readonly [string, boolean])[] = [
      ['only the affected model is proposed', !output.includes('propose credit-default')],
      ['the worse model is proposed, and does not stand', proposal?.verdict?.slo_compliant === false],
      ['it was compared with main', proposal?.champion?.state === 'known'],
      ['the log says which gate failed', /rmse notWorseThan champion|rmse not worse than/u.test(output)],
    ];
    for (const [name, passed] of checks) process.stdout.write(`${passed ? 'same  ' : 'DIFFER'} ${name}\n`);
    const passed = checks.every(([, one]) => one);
    if (!passed) process.stdout.write(`${output.split('\n').slice(-60).join('\n')}\n`);
    return passed;
  } finally {
    await scratch.remove();
    await rm(beside, { recursive: true, force: true });
  }
}

function runAct(
  act: string,
  args: readonly string[],
  cwd: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const child = spawn(act, args, {
    ...{ cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT_MS },
    env: { ...process.env, PATH: path },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve({ code, output }));
  });
}
