import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { GateResult } from '#lib/gates/gate.ts';
import { applyOverrides, type Override } from '#lib/gates/override.ts';
import { reachVerdict } from '#lib/gates/verdict.ts';
import { readOverrides } from '#lib/registry/overrides.ts';
import { proposal } from '../../support/proposal.ts';

const failed: GateResult = {
  ...{ id: 'rmse atMost 2', severity: 'block', outcome: 'failed', condition: 'rmse at most 2' },
  ...{ reason: '2.1', remedy: 'Improve it.' },
};
const override: Override = {
  ...{ path: 'models/parcels/overrides/holidays.yaml', gate: 'rmse atMost 2', by: '@ada' },
  ...{ reason: 'The holidays end next week.', expires: '2026-12-01' },
};

it('an override lets a proposal through a gate that failed, and the gate goes on saying that it failed', () => {
  const gates = applyOverrides([failed], [override], '2026-12-01');
  expect(gates[0]).toMatchObject({ outcome: 'failed', override: { by: '@ada', expires: '2026-12-01' } });
  expect(reachVerdict(gates).slo_compliant).toBe(true);
  expect(reachVerdict([failed]).slo_compliant).toBe(false);
});

it('an override that has ended counts for nothing, and is told', () => {
  const gates = applyOverrides([failed], [override], '2026-12-02');
  expect(reachVerdict(gates).slo_compliant).toBe(false);
  expect(gates[0]?.reason).toBe('2.1; its override ended on 2026-12-01');
});

it('an override of a gate that passes is told to be of no use', () => {
  const [gate] = applyOverrides([{ ...failed, outcome: 'passed' }], [override], '2026-11-21');
  expect(gate?.override).toBeUndefined();
  expect(gate?.reason).toBe('2.1; delete models/parcels/overrides/holidays.yaml: it needs no override');
});

it.each(['contract', 'leakage', 'demographic_parity_ratio atLeast 0.8'])('nobody overrides %s', id => {
  const gates = applyOverrides([{ ...failed, id }], [{ ...override, gate: id }], '2026-11-21');
  expect(reachVerdict(gates).slo_compliant).toBe(false);
});

it('what is ten times as slow is overridden by nobody', () => {
  const gates = applyOverrides([{ ...failed, isBeyondOverride: true }], [override], '2026-11-21');
  expect(reachVerdict(gates).slo_compliant).toBe(false);
});

async function read(spec: Record<string, string>, name = 'holidays.yaml') {
  const root = await mkdtemp(join(tmpdir(), 'overrides-'));
  const folder = join(root, 'models/parcels/overrides');
  await mkdir(folder, { recursive: true });
  const lines = Object.entries(spec).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
  const head = 'apiVersion: mainline.dev/v1alpha1\nkind: GateOverride\nmetadata: {model: parcels}\nspec:\n';
  await writeFile(join(folder, name), head + lines.join(''));
  return readOverrides(root, proposal().model, '2026-11-21');
}

const written = {
  gate: 'rmse atMost 3',
  reason: 'The holidays end next week.',
  by: '@ada',
  expires: '2026-12-01',
};

it('an override is read from its file', async () => {
  expect(await read(written)).toEqual([{ ...written, path: 'models/parcels/overrides/holidays.yaml' }]);
});

it.each([
  [{ gate: 'rmse atMost 4' }, /no gate "rmse atMost 4"/u],
  [{ gate: 'contract' }, /cannot be overridden/u],
  [{ expires: '2027-11-21' }, /at most 92 days/u],
  [{ expires: 'next week' }, /date such as/u],
  [{ by: 'ada' }, /@name/u],
  [{ reason: 'because' }, /10/u],
] as const)('an override with %j is refused at its line', async (changes, message) => {
  await expect(read({ ...written, ...changes })).rejects.toThrow(message);
});
