// Proposals that lie, or are no proposals: what the bundles make of them, and what a reviewer then reads.
import { cp, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Proposal } from '#lib/registry/proposal.ts';
import type { Judged, Proposed } from '../../support/github/hub-jobs.ts';
import { openShop, type Shop } from '../../support/github/hub-shop.ts';
import { hostileTexts } from '../../support/hostile-text.ts';
import { annotationsOf } from '../../support/run-action.ts';
import { lambda } from '../../support/serving-team.ts';
import { plain } from '../../support/workspace.ts';

let shop: Shop;
/** A model as good as the champion. */
let honest: Proposed;
/** A worse one, which brings a gate that it keeps. */
let relaxed: Proposed;

beforeAll(async () => {
  shop = await openShop();
  const { team, hub } = shop;
  await shop.author('honest', () => lambda(team, 2));
  honest = await shop.propose(await hub.open({ branch: 'honest' }));
  await shop.author('relaxed', async () => {
    await team.work.edit('models/parcels/model.yaml', '[linear]', '[gradient-boosting]');
    await team.work.edit(
      'pipelines/parcels/params.yaml',
      'linear: {lambda: 5}',
      'gradient-boosting: {trees: 3, leaves: 7}',
    );
    await team.work.edit('models/parcels/model.yaml', 'rmse, atMost: 3', 'rmse, atMost: 9');
  });
  relaxed = await shop.propose(await hub.open({ branch: 'relaxed', author: 'mallory' }));
});
afterAll(async () => {
  expect(shop.hub.problems).toEqual([]);
  await shop.close();
});

const FOLDER = 'mainline-proposal-parcels';

/** What was uploaded, with another proposal.json. */
async function forge({ uploads }: Proposed, edit: (proposal: Proposal) => object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'forged '));
  await cp(uploads, folder, { recursive: true });
  const file = join(folder, FOLDER, 'proposal.json');
  await writeFile(file, JSON.stringify(edit(JSON.parse(await readFile(file, 'utf8')))));
  return folder;
}

const commentOf = ({ number }: Proposed): string => {
  const [comment, ...more] = shop.hub.comments(number);
  expect(more).toEqual([]);
  return plain(comment?.body ?? '');
};

/** The newest of every name. */
const checksOf = ({ head }: Proposed): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(shop.hub.checks(head).map(({ name, conclusion }) => [name, conclusion]));

function expectUntold({ report }: Judged, proposed: Proposed): void {
  expect(report).toMatchObject({ code: 0, outputs: { models: '[]', stands: 'false' } });
  expect(shop.hub.comments(proposed.number)).toEqual([]);
  expect(checksOf(proposed)).toEqual({ 'mainline/proposals': 'failure' });
}

test('too much, names and paths that lead out of a folder, and links are refused, and the model then lacks a proposal', async () => {
  const uploads = await mkdtemp(join(tmpdir(), 'forged '));
  const good = join(honest.uploads, FOLDER);
  const text = await readFile(join(good, 'proposal.json'), 'utf8');
  const put = async (name: string, proposal: string): Promise<void> => {
    await mkdir(join(uploads, name));
    await writeFile(join(uploads, name, 'proposal.json'), proposal);
  };
  const described = (description: string) => text.replace('Minutes until a parcel is there', description);
  await put('mainline-proposal-huge', described('x'.repeat(50_000_000)));
  await put(
    'mainline-proposal-upwards',
    text
      .replaceAll('"name":"parcels"', '"name":"../../escaped"')
      .replaceAll('"name": "parcels"', '"name": "../../escaped"'),
  );
  const { pipeline } = (JSON.parse(text) as Proposal).model.spec;
  await put('mainline-proposal-paths', text.replaceAll(JSON.stringify(pipeline), '"../../../../etc"'));
  await put('mainline-proposal-model', text);
  await symlink(join(good, 'model.onnx'), join(uploads, 'mainline-proposal-model', 'model.onnx'));
  await mkdir(join(uploads, 'mainline-proposal-link'));
  await symlink(join(good, 'proposal.json'), join(uploads, 'mainline-proposal-link', 'proposal.json'));
  await symlink(good, join(uploads, 'mainline-proposal-folder'));
  const judged = await shop.judge(honest, { uploads });
  expect(judged.verify).toMatchObject({ code: 0, outputs: { models: '[]', count: '0' } });
  expect(annotationsOf(judged.verify)).toEqual([
    expect.stringMatching(/^warning mainline-proposal-huge: .*bytes, and 20000000 are allowed/su),
    expect.stringMatching(/^warning mainline-proposal-link: .*This is a link or a folder/su),
    expect.stringMatching(/^warning mainline-proposal-model: .*This is a link or a folder/su),
    expect.stringMatching(/^warning mainline-proposal-paths: .*pipeline/su),
    expect.stringMatching(/^warning mainline-proposal-upwards: .*name/su),
  ]);
  expect(await readdir(judged.verified)).toEqual([]);
  expect(await readdir(dirname(judged.verified))).not.toContain('escaped');
  expectUntold(judged, honest);
});

test('numbers of another commit are not told', async () => {
  const { completed } = relaxed;
  const { verified } = await shop.judge(honest, { completed });
  const report = await shop.report(verified, honest.completed);
  expect(report.log).toContain('This is the report of another commit');
  expectUntold({ verify: report, verified, report }, honest);
});

test('the number of another pull request, in the artifact and in the event, leads nowhere', async () => {
  const before = shop.hub.comments(relaxed.number);
  const uploads = await forge(honest, proposal => proposal);
  for (const name of ['number', 'pr.txt', 'NR']) {
    await writeFile(join(uploads, FOLDER, name), String(relaxed.number));
  }
  const run = honest.completed.payload.workflow_run as object;
  const payload = { ...honest.completed.payload, number: relaxed.number };
  const forged = { ...run, pull_requests: [{ number: relaxed.number }], head_branch: 'relaxed' };
  const completed = { ...honest.completed, payload: { ...payload, workflow_run: forged } };
  const { report } = await shop.judge(honest, { uploads, completed });
  expect(report.log).toContain(`parcels: told on #${honest.number}`);
  expect(commentOf(honest)).toContain('**parcels stands** (re-derived by main)');
  expect(shop.hub.comments(relaxed.number)).toEqual(before);
  expect(checksOf(honest)).toEqual({ 'mainline/model/parcels': 'success', 'mainline/proposals': 'success' });
});

test('HTML, links and mentions of a proposal are text in the comment', async () => {
  const hostile = Object.values(hostileTexts);
  const uploads = await forge(honest, proposal => ({
    ...proposal,
    model: {
      ...proposal.model,
      metadata: {
        ...proposal.model.metadata,
        description: `${hostileTexts.script} ${hostileTexts.mention} ${hostileTexts.link}`,
        owners: ['@octocat'],
      },
    },
    changes: hostile,
    stages: proposal.stages.map(stage => ({ ...stage, reasons: hostile })),
    base: { ...proposal.base, name: `@octocat ${hostileTexts.image}` },
    uncovered: ['../../../../etc/passwd'],
  }));
  const { report } = await shop.judge(honest, { uploads });
  expect(report).toMatchObject({ code: 0, outputs: { models: '["parcels"]' } });
  const body = commentOf(honest);
  expect(body, 'it is told, and escaped').toContain('&lt;script&gt;alert(1)');
  expect(body).toContain('@<!-- -->octocat');
  const visible = body.replace(/```[\s\S]*?\n```/gu, '').replace(/`[^`\n]*`/gu, '');
  expect(visible).not.toMatch(/<(?:script|img|svg|style|h1|a)\b/iu);
  expect(visible).not.toMatch(/(?<![\w`])@(?:octocat|acme)/u);
  expect(visible).not.toMatch(/\]\(https?:\/\/evil/u);
  expect(visible).not.toContain('root:');
  expect(body.match(/<!-- mainline:proposal:/gu)).toHaveLength(1);
  expect(body.trimEnd().split('\n').at(-1)).toMatch(/^<!-- mainline:history /u);
});

test('a gate that the proposal relaxes judges by what main has, and is named before anything else', async () => {
  const { report } = await shop.judge(relaxed);
  expect(report).toMatchObject({ code: 0, outputs: { models: '["parcels"]', stands: 'false' } });
  const [, verdict = '', , warning = '', , ...gates] = commentOf(relaxed).split('\n');
  expect(verdict).toContain(
    '❌ **parcels does not stand by the gates of main, which it changes** (re-derived by main)',
  );
  expect(warning).toContain(
    '**This proposal changes what it is judged by**. It was judged by what main has.',
  );
  expect(gates.slice(0, 3)).toEqual([
    '- the gate &quot;rmse atMost 3&quot; is taken away',
    '- the gate &quot;rmse atMost 9&quot; is new',
    '',
  ]);
  expect(checksOf(relaxed)).toEqual({ 'mainline/model/parcels': 'failure', 'mainline/proposals': 'failure' });
});

test('better numbers than the model has change no verdict, and are held against it', async () => {
  const uploads = await forge(relaxed, proposal => {
    const { evidence } = proposal;
    const metrics = evidence?.evaluation.metrics.map(one => ({
      ...one,
      value: 0.001,
      ci95: [0.0005, 0.0015],
    }));
    const gates = proposal.verdict.gates.map(gate => ({ ...gate, outcome: 'passed', reason: 'of course' }));
    const verdict = { slo_compliant: true, gates, reasons: [] };
    return {
      ...proposal,
      verdict,
      evidence: { ...evidence, verdict, evaluation: { ...evidence?.evaluation, metrics } },
    };
  });
  const { report, verify } = await shop.judge(relaxed, { uploads });
  expect(verify.log).toContain('claims were not found so');
  expect(report.outputs).toMatchObject({ models: '["parcels"]', stands: 'false' });
  const body = commentOf(relaxed);
  expect(body.split('\n')[1]).toContain('parcels does not stand');
  expect(body).toContain('**The proposal claims what was not found**');
  expect(body).toMatch(/\| rmse \| 0\.001 min \| \*\*[3-9]\.\d+ min\*\* \|/u);
  expect(body).toContain('| verdict | stands | **does not stand** |');
  expect(body).not.toContain('of course');
  expect(checksOf(relaxed)).toEqual({ 'mainline/model/parcels': 'failure', 'mainline/proposals': 'failure' });
});
