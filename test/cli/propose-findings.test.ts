// What a proposal is told besides its metrics: behaviour tests, groups, overrides, and how far the test rows can be trusted.
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { type Proposal, proposalSchema } from '#lib/registry/proposal.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

let workspace: Workspace;

beforeAll(async () => {
  workspace = await createWorkspace();
  await workspace.mainline(['propose']);
  workspace.git('add', '--all');
  workspace.git('commit', '--quiet', '-m', 'propose parcels');
});

async function propose(): Promise<{ readonly proposal: Proposal; readonly code: number | null }> {
  const { code, stdout, stderr } = await workspace.mainline(['propose', '--json']);
  if (stdout === '') throw new Error(stderr);
  const [proposal] = proposalSchema.array().parse(JSON.parse(stdout));
  if (!proposal) throw new Error('nothing was proposed');
  return { proposal, code };
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(workspace.path(path)), { recursive: true });
  await workspace.write(path, text);
}

const override = (gate: string, expires: string): string => `apiVersion: mainline.dev/v1alpha1
kind: GateOverride
metadata: {model: parcels}
spec:
  gate: ${gate}
  reason: The depot in the north opens next month.
  by: "@ada"
  expires: ${expires}
`;

const farther = `apiVersion: mainline.dev/v1alpha1
kind: BehaviourTests
metadata: {model: parcels}
spec:
  tests:
    - {name: Farther is faster, kind: direction, raise: {column: distance, by: 5}, answer: must fall}
    - {name: Every parcel gets an answer, kind: edge, try: [missing, extreme, unseen]}
`;
const STABLE = '  gates:\n    - {metric: prediction_stability, atLeast: 0.5}\n';

it('a behaviour test that does not hold stops a model, with rows to look at', async () => {
  await write('models/parcels/behaviour.yaml', farther);
  await workspace.edit(
    'models/parcels/model.yaml',
    '  gates:\n',
    '  gates:\n    - {metric: prediction_stability, atLeast: 0.5}\n',
  );
  const { proposal, code } = await propose();
  expect(code).toBe(1);
  const [first, second] = proposal.evidence?.behaviour?.results ?? [];
  expect(first).toMatchObject({ status: 'failed', held: 0 });
  expect(first?.examples.length).toBeGreaterThan(0);
  expect(second).toMatchObject({ status: 'passed' });
  const outcomes = new Map(proposal.verdict.gates.map(({ id, outcome }) => [id, outcome]));
  expect(outcomes.get('behaviour')).toBe('failed');
  expect(outcomes.get('prediction_stability atLeast 0.5')).toBe('passed');
  expect(await workspace.read('.mainline/reports/parcels.md')).toContain(
    '&quot;Farther is faster&quot; does not hold',
  );
});

it('what a model does not read cannot move its answers, and asking so is no mistake', async () => {
  await workspace.edit('pipelines/parcels/params.yaml', 'features: [distance, day]', 'features: [distance]');
  await write(
    'models/parcels/behaviour.yaml',
    `apiVersion: mainline.dev/v1alpha1
kind: BehaviourTests
metadata: {model: parcels}
spec:
  tests:
    - {name: The day does not matter, kind: invariance, change: {column: day, to: [Sun, Mon]}}
    - {name: Sundays are slower, kind: direction, move: {column: day, along: [Mon, Tue, Sun]}, answer: must rise}
`,
  );
  const { proposal } = await propose();
  const statuses = proposal.evidence?.behaviour?.results.map(({ status }) => status);
  expect(statuses).toEqual(['passed', 'failed']);
  workspace.git('checkout', '--quiet', '.');
  await write('models/parcels/behaviour.yaml', farther);
  await workspace.edit('models/parcels/model.yaml', '  gates:\n', STABLE);
  await propose();
});

it('explain says what a gate means, what it found and what would pass', async () => {
  const { stdout, code } = await workspace.mainline(['explain', 'behaviour']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Means.*behaviour\.yaml/su);
  expect(stdout).toMatch(/Found.*failed: Farther is faster/su);
  expect(stdout).toMatch(/Would pass.*Every such test holds/su);
  const wrong = await workspace.mainline(['explain', 'behavior']);
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean "behaviour"?'),
  });
});

it('an override with a reason, a person and a last day lets it through, and the report says so first', async () => {
  const day = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
  await write('models/parcels/overrides/depot.yaml', override('behaviour', day));
  const { proposal, code } = await propose();
  expect(code).toBe(0);
  const gate = proposal.verdict.gates.find(({ override: found }) => found !== undefined);
  expect(gate).toMatchObject({
    id: 'behaviour',
    outcome: 'failed',
    override: { by: '@ada' },
  });
  const report = await workspace.read('.mainline/reports/parcels.md');
  expect(report.indexOf('overridden by')).toBeGreaterThan(-1);
  expect(report.indexOf('overridden by')).toBeLessThan(report.indexOf('## Gates'));
});

it('an override that has ended, or of a gate nobody may override, lets nothing through', async () => {
  await write('models/parcels/overrides/depot.yaml', override('behaviour', '2026-01-01'));
  const { proposal } = await propose();
  expect(proposal.verdict.slo_compliant).toBe(false);
  await write('models/parcels/overrides/depot.yaml', override('contract', '2026-01-01'));
  const { code, stderr } = await workspace.mainline(['propose']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/overrides\/depot\.yaml:5:9.*cannot be overridden/su);
  await rm(workspace.path('models/parcels/overrides'), { recursive: true });
});

it('groups are listed with their sizes and intervals, and a gate may ask for even errors', async () => {
  await workspace.edit(
    'models/parcels/model.yaml',
    'primary: rmse',
    'primary: rmse\n    fairness: {groups: [day]}',
  );
  await workspace.edit(
    'models/parcels/model.yaml',
    '  gates:\n',
    '  gates:\n    - {metric: error_ratio, atMost: 1.001}\n',
  );
  const { proposal } = await propose();
  const [column] = proposal.evidence?.fairness ?? [];
  expect(column?.column).toBe('day');
  expect(column?.groups.map(({ n }) => n).reduce((a, b) => a + b)).toBe(proposal.evidence?.evaluation.n);
  const gate = proposal.verdict.gates.find(({ id }) => id === 'error_ratio atMost 1.001');
  expect(gate?.outcome).not.toBe('passed');
  expect(gate?.reason).toMatch(/day, .* and .* rows/u);
});

it('git tells how many models these test rows have judged, and keys which of them the champion knows', async () => {
  workspace.git('checkout', '--quiet', '.');
  await workspace.edit('models/parcels/model.yaml', 'select: best', 'select: gradient-boosting');
  expect((await propose()).proposal.testRows).toEqual({
    use: { models: 2, isCut: false },
    overlap: { rows: 0, share: 0 },
  });
  workspace.git('checkout', '--quiet', '.');
  await workspace.edit('pipelines/parcels/params.yaml', 'testShare: 0.25', 'testShare: 0.5');
  const { testRows, evidence } = (await propose()).proposal;
  const n = evidence?.evaluation.n ?? 0;
  expect(testRows?.use?.models).toBe(1);
  expect(testRows?.overlap?.rows).toBeGreaterThan(n / 4);
  expect(testRows?.overlap?.rows).toBeLessThan(n);
  expect(await workspace.read('.mainline/reports/parcels.md')).toContain(
    'The champion knows some of the test rows',
  );
});

it('what a personal column holds is shown nowhere, though the model uses it', async () => {
  workspace.git('checkout', '--quiet', '.');
  await workspace.edit(
    'data/parcels/contract.odcs.yaml',
    '{name: day,',
    '{name: day, classification: personal,',
  );
  await write(
    'models/parcels/behaviour.yaml',
    `apiVersion: mainline.dev/v1alpha1
kind: BehaviourTests
metadata: {model: parcels}
spec:
  tests:
    - {name: The day does not matter, kind: invariance, change: {column: day, to: [Sun, Mon]}, severity: warn}
`,
  );
  const { proposal } = await propose();
  const { behaviour, explanation, worstSlices } = proposal.evidence ?? {};
  expect(behaviour?.results[0]?.examples[0]?.changed).toBe('a column with personal data');
  const reasons = explanation?.examples.flatMap(example => example.reasons) ?? [];
  expect(reasons.map(({ column }) => column)).toContain('day');
  expect(explanation?.dependence.map(({ column }) => column)).not.toContain('day');
  const shown = JSON.stringify([
    behaviour?.results.map(({ examples }) => examples),
    explanation,
    worstSlices,
  ]);
  expect(shown).not.toMatch(/\b(?:Sun|Mon|Tue)\b/u);
  const row = explanation?.examples[0]?.row ?? '';
  const { stdout } = await workspace.mainline(['explain', '--model', 'parcels', '--row', row, '--json']);
  expect(stdout).toContain('"column": "day"');
  expect(stdout).not.toMatch(/\b(?:Sun|Mon|Tue)\b/u);
});

it('rows are named by their places where their keys are personal data', async () => {
  workspace.git('checkout', '--quiet', '.');
  await workspace.edit(
    'data/parcels/contract.odcs.yaml',
    '{name: parcel,',
    '{name: parcel, classification: personal,',
  );
  await workspace.edit('models/parcels/model.yaml', 'key: row_id', 'key: parcel');
  await workspace.edit('pipelines/parcels/params.yaml', 'trees: 10', 'trees: 11');
  await workspace.edit('models/parcels/model.yaml', 'select: best', 'select: gradient-boosting');
  const { evidence } = (await propose()).proposal;
  expect(evidence?.explanation?.examples[0]?.row).toMatch(/^row \d+$/u);
  expect(evidence?.sides?.worse.rows[0]?.key).toMatch(/^row \d+$/u);
  expect(evidence?.behaviour?.results[0]?.examples[0]?.row).toMatch(/^row \d+$/u);
  expect(JSON.stringify(evidence)).not.toMatch(/"p\d+"/u);
  const { stderr } = await workspace.mainline(['explain', '--model', 'parcels', '--row', 'p']);
  expect(stderr).toContain('No test row has the parcel "p"');
  expect(stderr).not.toMatch(/\bp\d+\b/u);
});
