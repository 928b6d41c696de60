// How long an action takes before it does anything useful, and how long all of them take for a proposal that changes
// nothing. Each bundle runs as on a runner, in a process of its own. Run: node .github/scripts/bench.ts actions
import { countCalls } from '../../test/support/github/hub.ts';
import { openShop } from '../../test/support/github/hub-shop.ts';
import { createRunner, listActions, type Runner } from '../../test/support/run-action.ts';
import { createWorkspace } from '../../test/support/workspace.ts';

export interface ActionRow {
  readonly what: string;
  readonly seconds: number;
  readonly limit: number;
}

/** Requests of GitHub's API that one job of a small pull request makes. */
export interface CallRow {
  readonly what: string;
  readonly calls: number;
  readonly limit: number;
}

const RUNS = 5;
/** Until the first line of work is in the log, or the end for an action that only computes. */
const COLD_LIMIT = 0.5;
const UNCHANGED_LIMIT = 3;
/** GitHub gives a workflow's token 1,000 requests an hour and repository. */
const CALL_LIMITS: Readonly<Record<string, number>> = {
  'propose/model': 0,
  'verify/verify': 0,
  'verify/report': 9,
  'promote-gate/gate': 6,
};

/** Medians of five runs each. */
export async function benchActions(): Promise<readonly ActionRow[]> {
  const runner = await createRunner();
  const { env } = await runner.run('setup', { workspace: runner.actions });
  const rows: ActionRow[] = [];
  for (const name of await listActions()) {
    rows.push({ what: `${name}, cold`, seconds: await coldStart(runner, name, env), limit: COLD_LIMIT });
  }
  rows.push({
    what: 'a proposal that changes nothing: setup, affected, validate-data, train, evaluate',
    seconds: await unchangedProposal(runner),
    limit: UNCHANGED_LIMIT,
  });
  return rows;
}

/** One pull request that changes one model, its first time. */
export async function benchCalls(): Promise<readonly CallRow[]> {
  const shop = await openShop();
  try {
    await shop.author('change', () =>
      shop.team.work.edit('pipelines/parcels/params.yaml', 'lambda: 5', 'lambda: 6'),
    );
    const number = await shop.hub.open({ branch: 'change' });
    await shop.judge(await shop.propose(number));
    await shop.gate(number);
    const counts = countCalls(shop.hub.calls);
    return Object.entries(CALL_LIMITS).map(([what, limit]) => ({ what, calls: counts[what] ?? 0, limit }));
  } finally {
    await shop.close();
  }
}

async function coldStart(
  runner: Runner,
  name: string,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const { root } = await createWorkspace();
  const inputs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'validate-data': { model: 'parcels' },
    train: { model: 'parcels' },
    evaluate: { model: 'parcels' },
    verify: { proposals: 'none', output: 'out' },
    report: { verified: 'none' },
  };
  const sha = '1'.repeat(40);
  const payload = {
    pull_request: { number: 1, base: { ref: 'main' } },
    workflow_run: { head_sha: sha, head_branch: 'a', event: 'pull_request' },
    repository: { default_branch: 'main' },
  };
  return median(async () => {
    const start = performance.now();
    let first: number | undefined;
    await runner.run(name, {
      ...{ workspace: root, env, token: 'none', inputs: inputs[name] ?? {} },
      event: { name: 'workflow_dispatch', payload },
      onOutput: (text, kill) => {
        if (!/^[^:]/mu.test(text) || first !== undefined) return;
        first = performance.now() - start;
        kill('SIGKILL');
      },
    });
    return (first ?? performance.now() - start) / 1000;
  });
}

async function unchangedProposal(runner: Runner): Promise<number> {
  const work = await createWorkspace();
  const event = { name: 'push', payload: { before: work.git('rev-parse', 'HEAD') } };
  const all = async (): Promise<number> => {
    const start = performance.now();
    const { env } = await runner.run('setup', { workspace: work.root });
    await runner.run('affected', { workspace: work.root, event, env });
    for (const name of ['validate-data', 'train', 'evaluate']) {
      await runner.run(name, { workspace: work.root, inputs: { model: 'parcels' }, env });
    }
    return (performance.now() - start) / 1000;
  };
  await all();
  return median(all);
}

async function median(measure: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) times.push(await measure());
  return times.toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
}

export function formatActions(rows: readonly ActionRow[]): string {
  return rows
    .map(({ what, seconds, limit }) => {
      const verdict = seconds <= limit ? 'ok    ' : 'MISSED';
      return `${verdict} ${seconds.toFixed(2).padStart(5)} s (at most ${limit} s)  ${what}\n`;
    })
    .join('');
}

export function formatCalls(rows: readonly CallRow[]): string {
  return rows
    .map(({ what, calls, limit }) => {
      const verdict = calls <= limit ? 'ok    ' : 'MISSED';
      return `${verdict} ${String(calls).padStart(5)} calls of the API (at most ${limit})  ${what}\n`;
    })
    .join('');
}
