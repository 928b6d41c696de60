// The life of a model on GitHub: git over HTTP is git's own, the API is a stand-in that GitHub's description judges.
import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import type { ForgeAccess } from '#lib/flows/access.ts';
import { release } from '#lib/flows/release.ts';
import { rollout } from '#lib/flows/rollout.ts';
import { verifyAudit } from '#lib/flows/verify-audit.ts';
import { openRepository } from '#lib/git/open-repository.ts';
import { openBranchStore } from '#lib/storage/branch.ts';
import { pullBody, refusalBody } from '../../support/github/bodies.ts';
import { allowServing, openGitServer } from '../../support/github/git-server.ts';
import { openStub, type Stub } from '../../support/github/stub.ts';
import { createTeam, run, type Team } from '../../support/team.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface OnGitHub {
  readonly team: Team;
  readonly stub: Stub;
  readonly access: ForgeAccess;
  readonly bare: string;
  /** A job's clone of the repository, over HTTP. */
  checkout(): Promise<string>;
}

/** A team with a merged model, whose repository lies where only HTTP reaches it. */
async function move(): Promise<OnGitHub> {
  const team = await createTeam();
  await team.propose('first', async () => undefined);
  await team.land('first');
  const root = await realpath(await mkdtemp(join(tmpdir(), 'a forge ')));
  const bare = join(root, 'acme', 'shop.git');
  await mkdir(join(root, 'acme'));
  await cp(team.origin, bare, { recursive: true });
  allowServing(bare);
  const [git, stub] = [await openGitServer(root), await openStub()];
  closing.push(git.close, stub.close);
  const access = { repository: 'acme/shop', token: 'ghs_secret', apiUrl: stub.url, serverUrl: git.url };
  let n = 0;
  return {
    ...{ team, stub, access, bare },
    checkout: async () => {
      const folder = join(root, `job ${n++}`);
      // Not by a blocking call: the server runs in this process.
      await promisify(execFile)('git', ['clone', '--quiet', `${git.url}/acme/shop.git`, folder]);
      // The fixture's pipelines import the library through a link that git holds; packages come from here.
      await writeFile(join(folder, '.git', 'info', 'exclude'), '/node_modules\n');
      return folder;
    },
  };
}

it('release pushes record, bytes and tag, once, and leaves the promotion to a person where it may not open one', async () => {
  const { team, stub, access, bare, checkout } = await move();
  stub.on('GET /repos/acme/shop/pulls', { body: [] });
  const refusal = 'GitHub Actions is not permitted to create or approve pull requests.';
  stub.on('POST /repos/acme/shop/pulls', { status: 403, body: refusalBody(refusal) });
  const ask = async () =>
    release({ ...run, directory: await checkout(), models: [], by: 'release-bot', now: team.clock, access });
  const [first] = await ask();
  expect(first).toMatchObject({ outcome: 'released', record: { metadata: { version: '1.0.0.0' } } });
  expect(first).toMatchObject({
    promotion: { environment: 'staging', why: expect.stringContaining('person') },
  });
  const [again] = await ask();
  expect(again).toMatchObject({ outcome: 'already released' });
  const git = (...args: string[]): string =>
    execFileSync('git', [`--git-dir=${bare}`, ...args], { encoding: 'utf8' }).trim();
  expect(git('tag', '--list')).toBe('parcels@v1.0.0+0');
  expect(git('ls-tree', '-r', '--name-only', 'refs/heads/mainline/state')).toContain(
    'models/parcels/versions/1.0.0.0.yaml',
  );
  expect(git('branch', '--list', 'promote/*')).toContain('promote/parcels-1.0.0.0-staging');
  const digest = first?.outcome === 'released' ? first.record.spec.artifact.sha256 : '';
  expect((await openBranchStore(await openRepository(bare)).read(digest))?.length).toBeGreaterThan(100);
  expect(stub.problems).toEqual([]);
  expect(JSON.stringify([first, again])).not.toContain('ghs_secret');
  const whole = await mkdtemp(join(tmpdir(), 'audited '));
  execFileSync('git', ['clone', '--quiet', bare, join(whole, 'shop')]);
  expect((await verifyAudit({ directory: join(whole, 'shop') })).problems).toEqual([]);
});

it('two releases at once on two machines give one number', async () => {
  const { team, stub, access, bare, checkout } = await move();
  stub.on('GET /repos/acme/shop/pulls', { body: [] });
  stub.on('POST /repos/acme/shop/pulls', { status: 201, body: pullBody({ number: 7 }) });
  stub.on('GET /repos/acme/shop/pulls/7', { body: pullBody({ number: 7 }) });
  const folders = [await checkout(), await checkout()];
  const results = await Promise.all(
    folders.map(directory => release({ ...run, directory, models: [], by: 'bot', now: team.clock, access })),
  );
  // Within one second both write the very same commit, and both are right to say that they did.
  for (const [one] of results) {
    expect(one).toMatchObject({
      outcome: expect.stringMatching(/^(already )?released$/u),
      record: { metadata: { version: '1.0.0.0' } },
    });
  }
  const records = execFileSync(
    'git',
    [`--git-dir=${bare}`, 'ls-tree', '-r', '--name-only', 'refs/heads/mainline/state', 'models/'],
    { encoding: 'utf8' },
  );
  expect(records.trim()).toBe('models/parcels/versions/1.0.0.0.yaml');
});

it('a rollout that came to main past review is refused there too', async () => {
  const { team, stub, access, bare, checkout } = await move();
  stub.on('GET /repos/acme/shop/pulls', { body: [] });
  stub.on('POST /repos/acme/shop/pulls', { status: 403, body: refusalBody('not permitted') });
  const [released] = await release({
    ...run,
    directory: await checkout(),
    models: [],
    by: 'bot',
    now: team.clock,
    access,
  });
  if (released?.outcome !== 'released') throw new Error('it was not released');
  const there = await openRepository(bare);
  const branch = await there.resolve('refs/heads/promote/parcels-1.0.0.0-staging');
  const file = 'models/parcels/rollout/staging.yaml';
  const text = await there.readFile(branch ?? '', file);
  const main = await there.resolve('refs/heads/main');
  const author = { name: 'Mallory', email: 'm@example.org', at: '2026-01-01T00:00:00Z' };
  const pushed = await there.commitFiles(main, new Map([[file, text ?? '']]), {
    message: 'straight in',
    author,
  });
  await there.updateRef('refs/heads/main', pushed, main);
  stub.on(`GET /repos/acme/shop/commits/${pushed}/pulls`, { body: [] });
  const [refused] = await rollout({ directory: await checkout(), by: 'bot', now: team.clock, access });
  expect(refused).toMatchObject({ outcome: 'refused', why: expect.stringContaining('nobody approved it') });
});
