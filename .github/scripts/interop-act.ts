// The workflows run whole by nektos/act, on the bundles as a release carries them: what a proposal's own run uploads is
// verified and reported by the next one, to a GitHub that its own description judges. What act cannot do (permissions, events
// that chain) is not shown here.
// Run: node .github/scripts/interop.ts act
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import {
  pullRequestEvent,
  type RunnerEvent,
  type Scene,
  workflowRunEvent,
} from '../../test/support/github/events.ts';
import { type Hub, openHub } from '../../test/support/github/hub.ts';
import { rightsOf } from '../../test/support/github/hub-rights.ts';
import { installAct } from './act/install.ts';
import { createScratch, type Scratch, writeStandIns } from './act/scratch.ts';

const root = join(import.meta.dirname, '../..');
const LIMIT_MS = 6 * 60_000;
const BRANCH = 'fewer-leaves';

type Check = readonly [name: string, passed: boolean];

/** Everything that one run of a workflow needs. */
interface Stage {
  readonly act: string;
  readonly scratch: Scratch;
  /** A folder for events, stand-ins and what is uploaded. */
  readonly beside: string;
  readonly hub: Hub;
  readonly scene: Scene;
}

/** True when a pull request went through its workflows as it should; skipped with the reason without act. */
export async function interopAct(): Promise<boolean> {
  const installed = await installAct(join(root, '.mainline'));
  if ('why' in installed) {
    process.stdout.write(`skipped: ${installed.why}\n`);
    return true;
  }
  const scratch = await createScratch();
  const beside = await mkdtemp(join(tmpdir(), 'mainline-act-'));
  const bare = join(beside, 'shop.git');
  try {
    const { git } = scratch;
    git('switch', '--quiet', '--create', BRANCH);
    await scratch.edit('pipelines/delivery-time/params.yaml', 'leaves: 31', 'leaves: 7');
    git('commit', '--quiet', '--all', '--message', 'fewer leaves');
    git('clone', '--quiet', '--bare', '.', bare);
    const hub = await openHub(bare);
    try {
      const number = await hub.open({ branch: BRANCH });
      const scene = { fixture: scratch, branch: BRANCH, number };
      const stage = { act: installed.act, scratch, beside, hub, scene };
      return report([...(await propose(stage)), ...(await judge(stage)), ...(await gate(stage))]);
    } finally {
      await hub.shut();
    }
  } finally {
    await scratch.remove();
    await rm(beside, { recursive: true, force: true });
  }
}

function report(checks: readonly Check[]): boolean {
  for (const [name, passed] of checks) process.stdout.write(`${passed ? 'same  ' : 'DIFFER'} ${name}\n`);
  return checks.every(([, passed]) => passed);
}

async function propose(stage: Stage): Promise<readonly Check[]> {
  const { git } = stage.scratch;
  // What GitHub checks out for a pull request.
  git('switch', '--quiet', '--detach', 'main');
  git('merge', '--quiet', '--no-ff', '--message', 'the merge that GitHub tests', BRANCH);
  git('update-ref', 'refs/remotes/origin/main', 'main');
  const output = await runWorkflow(stage, 'propose', { event: pullRequestEvent(stage.scene, 'opened') });
  const file = join(stage.beside, 'uploads/mainline-proposal-delivery-time/proposal.json');
  const proposal = JSON.parse(await readFile(file, 'utf8').catch(() => 'null'));
  const checks: readonly Check[] = [
    ['propose: only the affected model is proposed', !output.includes('propose credit-default')],
    ['propose: the worse model is proposed, and does not stand', proposal?.verdict?.slo_compliant === false],
    ['propose: it was compared with main', proposal?.champion?.state === 'known'],
    [
      'propose: the log says which gate failed',
      /rmse notWorseThan champion|rmse not worse than/u.test(output),
    ],
  ];
  return explain(checks, output);
}

async function judge(stage: Stage): Promise<readonly Check[]> {
  const { hub, scene, scratch } = stage;
  const event = workflowRunEvent(scene, { conclusion: 'failure' });
  const output = await runWorkflow(stage, 'verify', { event, job: 'report' });
  const comments = hub.comments(scene.number ?? 0);
  const found = hub
    .checks(scratch.git('rev-parse', BRANCH))
    .map(({ name, conclusion }) => `${name} ${conclusion}`);
  const checks: readonly Check[] = [
    ['verify and report: one comment', comments.length === 1],
    [
      'verify and report: it says, by numbers derived again, that the model does not stand',
      /delivery-time does not stand\*\* \(re-derived by main\)/u.test(comments[0]?.body ?? ''),
    ],
    [
      'verify and report: a check for the model and one for all',
      ['mainline/model/delivery-time failure', 'mainline/proposals failure'].every(one =>
        found.includes(one),
      ),
    ],
    ["verify and report: GitHub's description finds nothing wrong", hub.problems.length === 0],
  ];
  return explain(checks, [output, ...hub.problems].join('\n'));
}

async function gate(stage: Stage): Promise<readonly Check[]> {
  const { hub, scene, scratch } = stage;
  const event = pullRequestEvent(scene, 'synchronize', { isTarget: true });
  const output = await runWorkflow(stage, 'promote-gate', { event, job: 'gate' });
  const found = hub.checks(scratch.git('rev-parse', BRANCH)).find(({ name }) => name === 'mainline/approval');
  return explain(
    [['promote-gate: nothing is promoted, so the check is green', found?.conclusion === 'success']],
    output,
  );
}

/** What went wrong is only to be understood by what act printed. */
function explain(checks: readonly Check[], output: string): readonly Check[] {
  if (checks.some(([, passed]) => !passed))
    process.stdout.write(`${output.split('\n').slice(-80).join('\n')}\n`);
  return checks;
}

/** @param job whose rights the token has; without it nothing may be asked of the API. */
async function runWorkflow(
  { act, scratch, beside, hub }: Stage,
  name: string,
  { event, job }: { readonly event: RunnerEvent; readonly job?: string },
): Promise<string> {
  const file = join(beside, `${name}.json`);
  await writeFile(file, JSON.stringify(event.payload));
  const workflow = `.github/workflows/${name}.yml`;
  const sources = [workflow, '.github/actions/build/action.yml'];
  const texts = await Promise.all(sources.map(source => readFile(join(root, source), 'utf8')));
  const origin = job === undefined ? undefined : `${hub.server}/acme/shop.git`;
  const token = hub.grant(`${name}/${job}`, job === undefined ? {} : rightsOf(`${name}/${job}`));
  const env = { GITHUB_REPOSITORY: 'acme/shop', GITHUB_SERVER_URL: hub.server, GITHUB_API_URL: hub.api };
  const args = [
    ...[event.name, '-W', workflow, '-e', file, '-P', 'ubuntu-latest=-self-hosted'],
    ...Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
    ...['--secret', `GITHUB_TOKEN=${token}`],
    ...(await writeStandIns(beside, texts.join('\n'), origin)),
  ];
  return runAct(act, args, scratch.folder);
}

function runAct(act: string, args: readonly string[], cwd: string): Promise<string> {
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const child = spawn(act, args, {
    ...{ cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: LIMIT_MS },
    env: { ...process.env, PATH: path },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(output));
  });
}
