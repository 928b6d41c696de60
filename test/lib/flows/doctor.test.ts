import { rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { doctor, type Finding } from '#lib/flows/doctor.ts';
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
    protectionOf: async () => protection,
    protectionOfTags: async () => protection,
    codeownersMistakes: async () => [],
    mergeMethods: async () => ['squash'],
    tokenDefault: async () => ({ writes: false, approves: false }),
    ...rest,
  };
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
