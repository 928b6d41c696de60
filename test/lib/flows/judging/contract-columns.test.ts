import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { contractBounds, privateColumns } from '#lib/flows/judging/contract-columns.ts';

async function repository(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'contracts-'));
  for (const [path, properties] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    const head =
      'apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\nschema:\n  - name: a\n    properties:\n';
    await writeFile(join(root, path), head + properties);
  }
  return root;
}

const limited = `      - {name: speed, logicalType: number, logicalTypeOptions: {minimum: 0, maximum: 200}}
      - {name: weight, logicalType: number, logicalTypeOptions: {minimum: 1}}
      - {name: mail, logicalType: string, classification: personal}
`;
const range = (low: number, high: number) => ({ low, high, isWhole: false });

it('a number may move within the limits of its contract, and where there are none within what was seen', async () => {
  const root = await repository({ 'data/cars/contract.odcs.yaml': limited });
  const ranges = new Map([
    ['speed', range(10, 90)],
    ['weight', range(500, 2000)],
    ['age', range(0, 30)],
  ]);
  expect(await contractBounds(root, ranges)).toEqual(
    new Map<string, object>([
      ['speed', { low: 0, high: 200 }],
      ['weight', { low: 1, high: 2000 }],
      ['age', range(0, 30)],
    ]),
  );
});

it('personal columns are found at any depth, beside contracts that cannot be read', async () => {
  const root = await repository({
    'data/fleet/cars/contract.odcs.yaml': limited,
    'data/broken/contract.odcs.yaml': '      - {name: [',
  });
  expect(await privateColumns(root)).toEqual(new Set(['mail']));
});
