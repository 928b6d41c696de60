// From an uploaded proposal to the comment, on the forge of this machine and with real git.
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openPull } from '#lib/flows/pulls.ts';
import { report } from '#lib/flows/report.ts';
import { verify } from '#lib/flows/verify.ts';
import { openLocalForge } from '#lib/forge/local.ts';
import { lambda, serving } from '../../support/serving-team.ts';
import { run, type Team } from '../../support/team.ts';

interface Uploaded {
  readonly folder: string;
  readonly head: string;
}

/** What the propose workflow would upload for the branch that is checked out. */
async function upload({ work }: Team): Promise<Uploaded> {
  const folder = await mkdtemp(join(tmpdir(), 'uploaded '));
  await cp(work.path('.mainline/proposals/parcels.json'), join(folder, 'proposal.json'));
  await cp(work.path('pipelines/parcels/model.onnx'), join(folder, 'model.onnx'));
  return { folder, head: work.git('rev-parse', 'HEAD') };
}

async function verifyTo(team: Team, { folder, head }: Uploaded): Promise<string> {
  const found = await verify({
    ...run,
    ...{ directory: team.work.root, proposal: folder, head, now: team.clock },
  });
  const verification = await mkdtemp(join(tmpdir(), 'verified '));
  await writeFile(join(verification, 'verification.json'), JSON.stringify(found));
  return verification;
}

it('one comment per model, updated in place, with the numbers of main whatever the proposal claims', async () => {
  const team = await serving();
  const forge = openLocalForge(team.repository);
  const host = { forge, repository: team.repository };
  await team.propose('better', () => lambda(team, 2));
  const pull = await openPull({ directory: team.work.root, branch: 'better', as: 'ada', now: team.clock });
  const first = await upload(team);
  const verification = await verifyTo(team, first);
  const told = await report(host, { proposal: first.folder, verification, head: first.head });
  expect(told).toMatchObject({
    model: 'parcels',
    standing: 'stands',
    problem: undefined,
    pulls: [{ number: pull.number }],
  });

  const file = join(first.folder, 'proposal.json');
  const claim = JSON.parse(await readFile(file, 'utf8'));
  for (const metric of claim.evidence.evaluation.metrics) metric.value = 0.001;
  await writeFile(file, JSON.stringify(claim));
  const again = await verifyTo(team, first);
  await report(host, { proposal: first.folder, verification: again, head: first.head });
  const [comment, ...others] = await forge.listComments(pull.number);
  expect(others).toEqual([]);
  expect(comment?.body).toContain('claims what was not found');

  await team.propose('better', () => lambda(team, 3));
  const second = await upload(team);
  expect(second.head).not.toBe(first.head);
  const next = await verifyTo(team, second);
  await report(host, { proposal: second.folder, verification: next, head: second.head });
  const comments = await forge.listComments(pull.number);
  expect(comments).toHaveLength(1);
  expect(comments[0]?.body).toContain(first.head.slice(0, 7));
  const checks = await forge.listChecks(second.head);
  expect(checks).toMatchObject([{ name: 'mainline/model/parcels', conclusion: 'success' }]);

  const stale = await report(host, { proposal: first.folder, verification: again, head: first.head });
  expect(stale.pulls, 'the pull request has moved on').toEqual([]);
});

it('what a reviewer ticked off in the comment stays ticked when it is written again', async () => {
  const team = await serving();
  const forge = openLocalForge(team.repository);
  const host = { forge, repository: team.repository };
  await team.propose('better', () => lambda(team, 2));
  const pull = await openPull({ directory: team.work.root, branch: 'better', as: 'ada', now: team.clock });
  const { folder, head } = await upload(team);
  const file = join(folder, 'proposal.json');
  const claim = JSON.parse(await readFile(file, 'utf8'));
  const [first] = claim.contracts[0].checks;
  for (const says of ['Prices look plausible', 'Names are spelt well'])
    claim.contracts[0].checks.push({ ...first, id: says, says, rule: 'text', outcome: 'skipped' });
  await writeFile(file, JSON.stringify(claim));
  const verification = await verifyTo(team, { folder, head });
  const tell = async () => {
    await report(host, { proposal: folder, verification, head });
    return (await forge.listComments(pull.number))[0];
  };
  const before = await tell();
  const ticked = before?.body.replace('- [ ] Names', '- [x] Names') ?? '';
  await forge.upsertComment(pull.number, before?.marker ?? '', ticked);
  const after = await tell();
  expect(after?.body).toContain('- [ ] Prices look plausible');
  expect(after?.body).toContain('- [x] Names are spelt well');
});

it('a verification of another commit or another model is refused', async () => {
  const team = await serving();
  const host = { forge: openLocalForge(team.repository), repository: team.repository };
  await team.propose('better', () => lambda(team, 2));
  const uploaded = await upload(team);
  const verification = await verifyTo(team, uploaded);
  const ask = (head: string) => report(host, { proposal: uploaded.folder, verification, head });
  await expect(ask('1'.repeat(40))).rejects.toThrow('another commit');
  const file = join(verification, 'verification.json');
  const found = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...found, model: 'letters' }));
  await expect(ask(uploaded.head)).rejects.toThrow('another model');
  await writeFile(file, '{"kind": "Verification"}');
  await expect(ask(uploaded.head)).rejects.toThrow(/apiVersion/u);
});
