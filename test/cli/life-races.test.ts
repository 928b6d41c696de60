// Releases, rollouts and steps that race or are killed: no number is given twice, nothing is half done, the next run
// goes on. Every process here is a real one.
import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { promote } from '#lib/flows/promote.ts';
import { release } from '#lib/flows/release.ts';
import { verifyAudit } from '#lib/flows/verify-audit.ts';
import type { MergeMethod } from '#lib/forge/forge.ts';
import { createTeam, run, type Team } from '../support/team.ts';
import { launcher, type Workspace } from '../support/workspace.ts';

const STATE = 'mainline/state';

async function lambda(work: Workspace, model: string, value: number): Promise<void> {
  const file = `pipelines/${model}/params.yaml`;
  const text = (await work.read(file)).replace(/ *linear: .*\n/u, '');
  await work.write(file, `${text}    linear: {lambda: ${value}}\n`);
}

/** A second model beside parcels, on the same data. */
async function addLetters(work: Workspace): Promise<void> {
  for (const file of ['dvc.yaml', 'params.yaml', 'prepare.ts', 'train.ts', 'select.ts']) {
    const text = await work.read(`pipelines/parcels/${file}`);
    await work.write(`pipelines/letters/${file}`, text.replaceAll('models/parcels', 'models/letters'));
  }
  const model = await work.read('models/parcels/model.yaml');
  await work.write(
    'models/letters/model.yaml',
    model.replace('name: parcels', 'name: letters').replace('pipelines/parcels', 'pipelines/letters'),
  );
  const ignored = await work.read('.gitignore');
  const more = ignored.replaceAll('/pipelines/parcels', '/pipelines/letters');
  await work.write('.gitignore', `${ignored}${more}`);
}

function versions(team: Team): readonly string[] {
  return lsState(team).filter(path => path.startsWith('models/'));
}

function lsState(team: Team): readonly string[] {
  return team.work.git('-C', team.origin, 'ls-tree', '-r', '--name-only', STATE).split('\n');
}

/** Starts the command line as its own process; a signal ends it after so many milliseconds. */
function start(work: Workspace, args: readonly string[], killAfterMs?: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [launcher, ...args], { cwd: work.root, stdio: 'ignore' });
    const timer =
      killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    child.on('error', reject);
    child.on('close', code => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}

it.each<readonly [MergeMethod, readonly string[]]>([
  ['merge', ['parcels', 'letters']],
  ['squash', ['letters', 'parcels']],
  ['rebase', ['parcels', 'letters']],
])(
  'two models proposed at once and merged by %s in the order %j get a number each',
  async (method, order) => {
    const team = await createTeam(addLetters);
    await team.propose('both', async () => undefined);
    await team.land('both', { method });
    await team.release();
    for (const model of order) await team.propose(`${model}-better`, () => lambda(team.work, model, 2));
    for (const model of order) {
      await team.land(`${model}-better`, { method });
      await team.release();
    }
    expect(versions(team)).toEqual([
      'models/letters/versions/1.0.0.0.yaml',
      'models/letters/versions/1.0.1.0.yaml',
      'models/parcels/versions/1.0.0.0.yaml',
      'models/parcels/versions/1.0.1.0.yaml',
    ]);
    expect((await verifyAudit({ directory: team.work.root })).problems).toEqual([]);
  },
);

it('a proposal whose champion moved is compared again when it is released, and not trained again', async () => {
  const team = await createTeam();
  await team.propose('first', async () => undefined);
  await team.land('first');
  await team.release();
  await team.propose('second', () => lambda(team.work, 'parcels', 2));
  await team.propose('third', () => lambda(team.work, 'parcels', 3));
  await team.land('second');
  await team.release();
  await expect(team.land('third')).rejects.toThrow('conflicts with main in');
  team.work.git('fetch', '--quiet');
  team.work.git('merge', '--quiet', '-X', 'ours', '--no-edit', 'origin/main');
  team.work.git('push', '--quiet', 'origin', 'third');
  await team.land('third');
  const trained: string[] = [];
  const [released] = await release({
    ...{ ...run, directory: team.work.root, models: [], by: 'bob', now: team.clock },
    tell: event => {
      if (event.kind === 'stage-ended' && event.status === 'ran') trained.push(event.stage);
    },
  });
  expect(released).toMatchObject({
    record: {
      metadata: { version: '1.0.2.0', previous: '1.0.1.0' },
      spec: { evaluation: { against: { champion: '1.0.1.0' } } },
    },
  });
  expect(trained).toEqual([]);
});

it('four releases at once give one number, one record and one tag', async () => {
  const team = await createTeam();
  await team.propose('first', async () => undefined);
  await team.land('first');
  const clones = await Promise.all(['a', 'b', 'c', 'd'].map(name => team.clone(name)));
  for (const clone of clones) {
    clone.git('config', 'user.email', 'bob@example.org');
    clone.git('config', 'user.name', 'Bob');
    clone.git('switch', '--quiet', '--detach');
  }
  const ended = await Promise.all(
    clones.map(clone => clone.mainline(['release', '--threads', '1', '--json'])),
  );
  expect(ended.map(({ code, stderr }) => (code === 0 ? '' : stderr)).join('')).toBe('');
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  const outcomes = ended.map(({ stdout }) => JSON.parse(stdout)[0].outcome).toSorted();
  const already = 'already released';
  expect(outcomes).toEqual([already, already, already, 'released']);
  expect(versions(team)).toEqual(['models/parcels/versions/1.0.0.0.yaml']);
  expect(lsState(team).filter(path => path.startsWith('audit/'))).toEqual([
    'audit/parcels/000001-release.json',
  ]);
  expect(team.work.git('ls-remote', '--tags', 'origin').match(/parcels@v1\.0\.0\+0$/gmu)).toHaveLength(1);
});

it('a release killed at any moment leaves a valid state, and the next one numbers once', async () => {
  const team = await createTeam();
  await team.propose('first', async () => undefined);
  await team.land('first');
  team.work.git('config', 'user.email', 'bob@example.org');
  const other = await createTeam();
  await other.propose('first', async () => undefined);
  await other.land('first');
  other.work.git('config', 'user.email', 'bob@example.org');
  const started = performance.now();
  await start(other.work, ['release']);
  const whole = performance.now() - started;
  for (let n = 0; n < 14; n++) {
    await start(team.work, ['release'], (whole * (n + 1)) / 13);
    const { problems, chains } = await verifyAudit({ directory: team.work.root });
    expect(problems).toEqual([]);
    expect(chains.parcels ?? 0).toBeLessThan(2);
  }
  expect(await start(team.work, ['release'])).toBe(0);
  expect(versions(team)).toEqual(['models/parcels/versions/1.0.0.0.yaml']);
  expect(team.work.git('ls-remote', '--tags', 'origin')).toContain('parcels@v1.0.0+0');
  expect(await team.read('models/parcels/rollout/staging.yaml', 'promote/parcels-1.0.0.0-staging')).toContain(
    'version: 1.0.0.0',
  );
});

it('rollout and advance killed at any moment leave the whole state before or after', async () => {
  const team = await createTeam();
  await team.propose('first', async () => undefined);
  await team.land('first');
  await team.release();
  await team.land('promote/parcels-1.0.0.0-staging');
  team.work.git('config', 'user.email', 'bob@example.org');
  for (const delay of [60, 120, 180, 240, 300, 360, 420]) {
    await start(team.work, ['rollout'], delay);
    expect((await verifyAudit({ directory: team.work.root })).problems).toEqual([]);
  }
  expect(await start(team.work, ['rollout'])).toBe(0);
  await team.serve('1.0.0.0', 'production');
  await team.propose('second', () => lambda(team.work, 'parcels', 2));
  await team.land('second');
  await team.release();
  await team.land('promote/parcels-1.0.1.0-staging');
  await team.rollout();
  const { pull } = await promote({
    ...{ directory: team.work.root, model: 'parcels', version: '1.0.1.0', to: 'production' },
    ...{ by: 'ada', now: team.clock },
  });
  team.work.git('fetch', '--quiet');
  team.work.git('switch', '--quiet', pull.branch);
  const file = 'models/parcels/rollout/production.yaml';
  const weights = [10, 20, 30, 40, 50, 60, 70, 80];
  const steps = weights.map(weight => `      - setWeight: ${weight}\n      - pause: {}\n`);
  await team.work.write(file, `${await team.work.read(file)}  plan:\n    steps:\n${steps.join('')}`);
  team.work.git('commit', '--quiet', '--all', '--message', 'a plan');
  team.work.git('push', '--quiet', 'origin', pull.branch);
  await team.land(pull.branch);
  await team.rollout();
  const seen: number[] = [];
  for (const delay of [60, 120, 180, 240, 300, 360, 420]) {
    await start(team.work, ['advance', 'parcels', '--in', 'production'], delay);
    expect((await verifyAudit({ directory: team.work.root })).problems).toEqual([]);
    const progress = await team.read('rollout/parcels/production.yaml', STATE);
    seen.push(Number(/1\.0\.1\.0: (\d+)/u.exec(progress ?? '')?.[1]));
  }
  expect(weights).toEqual(expect.arrayContaining(seen));
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  const audited = lsState(team).filter(path => path.endsWith('-advance.json')).length;
  expect(weights.indexOf(seen.at(-1) ?? 0)).toBe(audited);
});
