import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { type DoctorOptions, doctor as examine } from '#lib/flows/doctor.ts';
import type { Finding } from '#lib/flows/doctor-forge.ts';
import { openClient } from '#lib/forge/github/client.ts';
import { openGitHubSettings } from '#lib/forge/github/settings.ts';
import type { ForgeSettings, Protection } from '#lib/forge/settings.ts';
import { createWorkspace } from '../../support/workspace.ts';

const open: Protection = { forbidsForcePush: false, forbidsDeletion: false, review: undefined, checks: [] };
const held: Protection = {
  ...{ forbidsForcePush: true, forbidsDeletion: true, checks: ['mainline/approval', 'mainline/proposals'] },
  review: { codeOwners: true, dismissesStale: true, lastPush: true, approvals: 1 },
};

/** What a forge would answer. */
function answers(protection: Protection, rest: Partial<ForgeSettings> = {}): ForgeSettings {
  return {
    defaultBranch: async () => 'main',
    protectionOf: async () => protection,
    protectionOfTags: async () => protection,
    codeownersMistakes: async () => [],
    mergeMethods: async () => ['squash'],
    tokenDefault: async () => ({ writes: false, approves: false }),
    hasVariable: async () => true,
    ...rest,
  };
}

async function doctor(options: DoctorOptions): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for await (const finding of examine(options)) findings.push(finding);
  return findings;
}

const outcomes = (findings: readonly Finding[]): Readonly<Record<string, string>> =>
  Object.fromEntries(findings.map(({ what, outcome }) => [what, outcome]));

async function create(codeowners?: string) {
  const workspace = await createWorkspace();
  if (codeowners !== undefined) await workspace.write('.github/CODEOWNERS', codeowners);
  return workspace;
}

it('a repository that is set up is ok throughout', async () => {
  const { root } = await create('* @acme/platform\n');
  const findings = await doctor({ directory: root, settings: answers(held) });
  expect(findings.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
});

it('what is missing is named, each with its remedy', async () => {
  const { root } = await create();
  const findings = await doctor({
    directory: root,
    settings: answers(open, {
      codeownersMistakes: async () => [{ line: 3, message: 'Unknown owner' }],
      tokenDefault: async () => ({ writes: true, approves: false }),
    }),
  });
  expect(outcomes(findings)).toMatchObject({
    CODEOWNERS: 'missing',
    'main takes pull requests that code owners approved': 'missing',
    'an approval of main counts only for what it saw': 'missing',
    'main requires the check mainline/approval': 'missing',
    'main requires the check mainline/proposals': 'missing',
    'mainline/state is only appended to': 'missing',
    'tags of versions stay': 'missing',
    'tokens of workflows only read, where a workflow does not say': 'missing',
  });
  expect(findings.every(({ outcome, remedy }) => (outcome === 'missing') === (remedy !== null))).toBe(true);
  expect(findings.find(({ what }) => what.startsWith('CODEOWNERS as'))?.remedy).toBe('line 3: Unknown owner');
});

it('what may not be read is not verified, which is no ok', async () => {
  const { root } = await create('* @acme/platform\n');
  const hidden = async () => ({ unreadable: 'the token may not read rules (403)' });
  const findings = await doctor({ directory: root, settings: answers(held, { protectionOf: hidden }) });
  expect(outcomes(findings)).toMatchObject({
    'main takes pull requests that code owners approved': 'not verified',
    'mainline/state is only appended to': 'not verified',
    'tags of versions stay': 'ok',
  });
  expect(outcomes(await doctor({ directory: root, settings: undefined }))['the forge']).toBe('not verified');
});

it('a rollout that nobody owns, and a model that cannot be read, are named', async () => {
  const workspace = await create('/data/ @acme/data\n/.github/ @acme/platform\n');
  const [owners] = (await doctor({ directory: workspace.root, settings: undefined })).filter(
    ({ what }) => what === 'CODEOWNERS',
  );
  expect(owners).toMatchObject({
    ...{ outcome: 'missing', found: 'nobody owns models/parcels/rollout/production.yaml' },
  });
  await rm(workspace.path('models/parcels/model.yaml'));
  await workspace.write('models/parcels/model.yaml', 'kind: Modell\n');
  expect(outcomes(await doctor({ directory: workspace.root, settings: undefined }))).toMatchObject({
    'model parcels': 'missing',
  });
});

it('the command says it in lines and as JSON, and ends with 1 when something is missing', async () => {
  const workspace = await create();
  const env = { GITHUB_TOKEN: '', GITHUB_REPOSITORY: '' };
  const { code, stdout } = await workspace.mainline(['doctor'], { env });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^-- CODEOWNERS: missing: there is none\n {3}-> Write \.github\/CODEOWNERS/mu);
  const json = await workspace.mainline(['doctor', '--json'], { env });
  expect(JSON.parse(json.stdout)).toContainEqual(expect.objectContaining({ what: 'the forge' }));
});

it('a default branch that is not main is named, here and at the forge', async () => {
  const workspace = await create('* @acme\n');
  workspace.git('branch', '--move', 'master');
  const settings = answers(held, { defaultBranch: async () => 'master' });
  const findings = await doctor({ directory: workspace.root, settings });
  expect(findings.filter(({ outcome }) => outcome !== 'ok')).toEqual([
    expect.objectContaining({
      what: 'the branch main',
      outcome: 'missing',
      found: 'master stands in its place',
      remedy: expect.stringContaining('git branch -m main'),
    }),
    expect.objectContaining({
      what: 'the default branch is main',
      outcome: 'missing',
      remedy: expect.stringContaining('It is master. Rename it'),
    }),
  ]);
});

it('a team as owner needs an app, and without a right to look nobody says that there is one', async () => {
  const { root } = await create('* @acme/platform @bob\n');
  const what = 'an app reads who is in @acme/platform';
  const withAnswer = async (hasVariable: ForgeSettings['hasVariable']) =>
    (await doctor({ directory: root, settings: answers(held, { hasVariable }) })).find(
      one => one.what === what,
    );
  expect(await withAnswer(async name => name === 'MAINLINE_APP_CLIENT_ID')).toMatchObject({ outcome: 'ok' });
  expect(await withAnswer(async () => false)).toMatchObject({
    ...{ outcome: 'missing', remedy: expect.stringContaining('"The app"') },
  });
  expect(await withAnswer(async () => ({ unreadable: 'no' }))).toMatchObject({ outcome: 'not verified' });
  expect(outcomes(await doctor({ directory: root, settings: undefined }))[what]).toBe('not verified');
  const accounts = await create('* @bob bob@acme.example\n');
  expect(outcomes(await doctor({ directory: accounts.root, settings: answers(held) }))).not.toHaveProperty(
    what,
  );
});

it('a forge that does not answer is asked once, after this machine is told of', async () => {
  const { root } = await create('* @acme/platform\n');
  let asked = 0;
  const server = createServer(({ socket }) => {
    asked++;
    socket.destroy();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const settings = openGitHubSettings(openClient({ token: 'x', apiUrl, isPatient: false }), 'acme/shop');
  const order: string[] = [];
  for await (const { what, found, outcome } of examine({ directory: root, settings })) {
    order.push(`${what} ${asked}`);
    if (what === 'the forge')
      expect([outcome, found]).toEqual(['not verified', expect.stringContaining('does not answer')]);
  }
  server.close();
  expect(order).toEqual(['git 0', 'the branch main 0', 'models 0', 'CODEOWNERS 0', 'the forge 1']);
});

it('the last line counts what was not verified, and says how it would be', async () => {
  const workspace = await create('* @acme/platform\n');
  const env = { GITHUB_TOKEN: '', GITHUB_REPOSITORY: '' };
  const { code, stdout } = await workspace.mainline(['doctor'], { env });
  expect(code).toBe(0);
  const everything = await doctor({ directory: workspace.root, settings: answers(held) });
  const here = ['git', 'the branch main', 'models', 'CODEOWNERS'];
  const atForge = everything.filter(({ what }) => !here.includes(what)).length;
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(
    `-> ${atForge} things were not verified: run it again with GITHUB_REPOSITORY=owner/name and GITHUB_TOKEN, for example GITHUB_TOKEN=$(gh auth token)`,
  );
});
