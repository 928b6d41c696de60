import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readPipeline } from '#lib/dvc/pipeline/pipeline.ts';
import { findDatasets, validateDatasets } from '#lib/flows/datasets.ts';
import { contractOf, csvOf } from './contracts/contract-repository.ts';

function makeRoot(deps: readonly string[], files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'datasets-')));
  const pipeline = `stages:\n  train:\n    cmd: "true"\n    wdir: ../..\n    deps: ${JSON.stringify(deps)}\n`;
  for (const [path, content] of Object.entries({ ...files, 'pipelines/p/dvc.yaml': pipeline })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

async function check(root: string) {
  const datasets = await findDatasets(await readPipeline(join(root, 'pipelines/p/dvc.yaml'), root));
  return { datasets, results: await validateDatasets(datasets, { root }) };
}

test('a contract covers JSON lines, compressed files, and a folder of files as one table', async () => {
  const root = makeRoot(['data/a/t.jsonl', 'data/b', 'data/c/t.csv.gz'], {
    'data/a/contract.odcs.yaml': contractOf(),
    'data/a/t.jsonl': '{"n":1,"c":"x"}\n',
    'data/b/contract.odcs.yaml': contractOf(),
    'data/b/1.csv': csvOf([[1, 'x']]),
    'data/b/2.csv': csvOf([[1, 'x']]),
    'data/c/t.csv.gz': gzipSync(csvOf([[1, 'x']])),
  });
  const { datasets, results } = await check(root);
  expect(datasets).toEqual([
    { path: 'data/a/t.jsonl', contract: 'data/a/contract.odcs.yaml' },
    { path: 'data/b', contract: 'data/b/contract.odcs.yaml' },
    { path: 'data/c/t.csv.gz', contract: undefined },
  ]);
  expect(results.map(({ data, passed }) => [data.path, data.rows, data.files, passed])).toEqual([
    ['data/a/t.jsonl', 1, undefined, true],
    // The key stands in both files.
    ['data/b', 2, 2, false],
  ]);
});

test('settings and folders without data are no datasets', async () => {
  const root = makeRoot(['data/settings.json', 'data/images'], {
    'data/settings.json': '{}',
    'data/images/a.png': '',
  });
  expect((await check(root)).datasets).toEqual([]);
});

test('ages are measured at the moment of the proposal, of a file and of a folder', async () => {
  const sla = { property: 'latency', value: 4, unit: 'd', element: 't.at' };
  const contract = contractOf({
    schema: [{ name: 't', properties: [{ name: 'at', logicalType: 'date' }] }],
    slaProperties: [sla],
  });
  const root = makeRoot(['data/a/t.csv', 'data/b'], {
    'data/a/contract.odcs.yaml': contract,
    'data/a/t.csv': 'at\n2026-03-01\n',
    'data/b/contract.odcs.yaml': contract,
    'data/b/1.csv': 'at\n2026-03-01\n',
  });
  const datasets = await findDatasets(await readPipeline(join(root, 'pipelines/p/dvc.yaml'), root));
  const on = async (day: string) => {
    const results = await validateDatasets(datasets, { root, now: Date.parse(`${day}T00:00:00Z`) });
    return results.map(({ passed, checks }) => [passed, checks.find(({ rule }) => rule === 'sla')?.value]);
  };
  expect(await on('2026-03-05')).toEqual([
    [true, 4],
    [true, 4],
  ]);
  expect(await on('2026-03-06')).toEqual([
    [false, 5],
    [false, 5],
  ]);
});
