import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { findCycles, type Import, readImports } from './support/import-graph.ts';
import { exceptions, forbiddenImports, impureReads, zoneOf, zones } from './support/import-rules.ts';

const root = join(import.meta.dirname, '..');
const sources = ['actions/**/*.ts', 'pipelines/**/*.ts'];
const filesOf = (folder: string) =>
  globSync(sources, { cwd: folder, exclude: ['actions/dist/**', '**/node_modules/**'] })
    .map(file => file.replaceAll('\\', '/'))
    .sort();

describe('this repository', async () => {
  const files = filesOf(root);
  const imports = await readImports(root, files);

  test('has its imports read', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(imports.length).toBeGreaterThan(files.length);
    expect(imports.filter(({ to }) => to.startsWith('#'))).toEqual([]);
  });

  test('imports only what the rules allow', () => {
    expect(forbiddenImports(imports)).toEqual([]);
  });

  test('has no file that no rule covers', () => {
    expect(files.filter(file => !zoneOf(file))).toEqual([]);
  });

  const isListed = (one: Import) => exceptions.some(({ from, to }) => from === one.from && to === one.to);
  const regular = imports.filter(one => !isListed(one));

  test('has no cycle among files but for the exceptions', () => {
    expect(findCycles(regular)).toEqual([]);
  });

  test('has no cycle among folders but for the exceptions', () => {
    const between = regular
      .map(({ from, to }) => ({ from: zoneOf(from)?.path ?? from, to: zoneOf(to)?.path ?? to }))
      .filter(({ from, to }) => from !== to);
    expect(findCycles(between)).toEqual([]);
  });

  test('needs every exception, which else is to be deleted, and every rule has files', () => {
    const isNeeded = ({ from, to }: Import) => imports.some(one => one.from === from && one.to === to);
    expect(exceptions.filter(one => !isNeeded(one))).toEqual([]);
    expect(zones.filter(zone => !files.some(file => zoneOf(file) === zone))).toEqual([]);
  });

  test('reads no environment, clock or random source where it is pure', () => {
    expect(files.flatMap(file => impureReads(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
  });
});

/** A repository of the given files, and its imports. */
async function planted(files: Readonly<Record<string, string>>): Promise<readonly Import[]> {
  const folder = mkdtempSync(join(tmpdir(), 'structure-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const own = { 'package.json': '{"type":"module","imports":{"#lib/*":"./actions/lib/*"}}', ...files };
  for (const [file, text] of Object.entries(own)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return readImports(folder, filesOf(folder));
}

describe('a violation is seen:', () => {
  const duckdb = { 'actions/lib/sql/duckdb.ts': 'export const open = 1;\nexport type Open = 1;\n' };

  test.each([
    ['as a value', "import { open } from '#lib/sql/duckdb.ts';\nexport const a = open;\n"],
    ['as a type', "import type { Open } from '#lib/sql/duckdb.ts';\nexport type A = Open;\n"],
    [
      'as a type among values',
      "import {\n  type Open,\n} from '#lib/sql/duckdb.ts';\nexport type A = Open;\n",
    ],
    ['as a type query', "export type A = typeof import('#lib/sql/duckdb.ts');\n"],
    ['passed on', "export * from '../sql/duckdb.ts';\n"],
    ['passed on as a type', "export type { Open } from '../sql/duckdb.ts';\n"],
    ['when it is needed', "export const load = () => import('#lib/sql/duckdb.ts');\n"],
    ['as a worker', "export const url = new URL('../sql/duckdb.ts', import.meta.url);\n"],
  ])('an adapter imported by the domain %s', async (_, text) => {
    const imports = await planted({ ...duckdb, 'actions/lib/contracts/validate.ts': text });
    expect(forbiddenImports(imports)).toEqual([
      'actions/lib/contracts/validate.ts -> actions/lib/sql/duckdb.ts',
    ]);
  });

  test.each([
    ['an SDK in the domain', 'actions/lib/evaluation/metric.ts', '@duckdb/node-api'],
    ['the part of an SDK', 'actions/lib/training/tree.ts', 'onnxruntime-node/lib/backend'],
    ['YAML outside the documents', 'actions/lib/registry/read.ts', 'yaml'],
    ['a command line outside cli', 'actions/lib/flows/propose.ts', 'commander'],
    ['a process outside its door', 'actions/lib/dvc/run/reproduce.ts', 'node:child_process'],
    ['a file in mathematics', 'actions/lib/stats/interval.ts', 'node:fs'],
    ['a document in mathematics', 'actions/lib/stats/interval.ts', 'actions/lib/documents/read.ts'],
    ['the foundation on the domain', 'actions/lib/tables/csv.ts', 'actions/lib/contracts/odcs.ts'],
    ['an adapter on another', 'actions/lib/sql/duckdb.ts', 'actions/lib/onnx/model.ts'],
    ['an adapter on the domain', 'actions/lib/onnx/session.ts', 'actions/lib/training/tree.ts'],
    ['a step back in the domain', 'actions/lib/evaluation/metric.ts', 'actions/lib/gates/gate.ts'],
    ['a renderer on what it shows', 'actions/lib/reports/html.ts', 'actions/lib/registry/proposal.ts'],
    ['a renderer on a report', 'actions/lib/reports/html.ts', 'actions/lib/reports/proposal/report.ts'],
    ['the domain on a flow', 'actions/lib/registry/read.ts', 'actions/lib/flows/propose.ts'],
    ['the command line on the domain', 'actions/cli/main.ts', 'actions/lib/training/tree.ts'],
    ['a flow on the command line', 'actions/lib/flows/propose.ts', 'actions/cli/main.ts'],
    ['a flow on somebody’s pipeline', 'actions/lib/flows/propose.ts', 'pipelines/a/train.ts'],
    ['a pipeline on more than steps', 'pipelines/a/train.ts', 'actions/lib/flows/propose.ts'],
    ['a pipeline on another', 'pipelines/a/train.ts', 'pipelines/b/train.ts'],
    ['the product on its tests', 'actions/lib/flows/propose.ts', 'test/support/markup.ts'],
    ['a manifest in the library', 'actions/lib/flows/propose.ts', 'package.json'],
  ])('%s', (_, from, to) => {
    expect(forbiddenImports([{ from, to }])).toEqual([`${from} -> ${to}`]);
  });

  test('a folder without a rule', () => {
    expect(forbiddenImports([{ from: 'actions/lib/util/a.ts', to: 'node:fs' }])).toEqual([
      'actions/lib/util/a.ts has no row in import-rules.ts',
    ]);
  });

  test('a cycle, of values or of types', async () => {
    const imports = await planted({
      'actions/lib/dvc/a.ts': "import { b } from '#lib/dvc/b.ts';\nexport const a = () => b;\n",
      'actions/lib/dvc/b.ts': "import type { C } from '#lib/dvc/c.ts';\nexport const b = 1 as C;\n",
      'actions/lib/dvc/c.ts': "import type { a } from '#lib/dvc/a.ts';\nexport type C = typeof a | 1;\n",
    });
    expect(findCycles(imports)).toEqual([
      'actions/lib/dvc/a.ts -> actions/lib/dvc/b.ts -> actions/lib/dvc/c.ts -> actions/lib/dvc/a.ts',
    ]);
  });

  test.each(['process.env.HOME', 'Date.now()', 'new Date()', 'Math.random()', 'performance.now()'])(
    '%s in the domain',
    read => {
      const text = `// process.env is not read here\nexport const a = () => ${read};\n`;
      expect(impureReads('actions/lib/evaluation/metric.ts', text)).toHaveLength(1);
      expect(impureReads('actions/lib/flows/propose.ts', text)).toEqual([]);
    },
  );
});

test.each([
  ['a port in the domain', 'actions/lib/contracts/validate.ts', 'actions/lib/sql/engine.ts'],
  ['a flow that wires', 'actions/lib/flows/propose.ts', 'actions/lib/sql/duckdb.ts'],
  ['a report of a noun', 'actions/lib/reports/proposal/report.ts', 'actions/lib/registry/proposal.ts'],
  ['a step in a pipeline', 'pipelines/a/train.ts', 'actions/lib/flows/steps/step.ts'],
  ['their own package in a pipeline', 'pipelines/a/train.ts', '@acme/features'],
])('%s is no violation', (_, from, to) => {
  expect(forbiddenImports([{ from, to }])).toEqual([]);
});
