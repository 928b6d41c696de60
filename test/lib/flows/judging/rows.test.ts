import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigurationError } from '#lib/errors.ts';
import { inputColumns, readRows, refuseAnswers } from '#lib/flows/judging/rows.ts';
import type { InterfaceEntry } from '#lib/onnx/scorer.ts';
import { type Model, modelSchema } from '#lib/registry/model.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

const minutes = 'id,distance,day,minutes\na,1,mon,10\nb,2,tue,20\n';
const words = 'id,distance,day,minutes\na,1,mon,late\nb,2,tue,early\n';
let root: string;
let engine: SqlEngine;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'rows-'));
  for (const [folder, text] of Object.entries({ minutes, words })) {
    await mkdir(join(root, folder));
    await writeFile(join(root, folder, 'test.csv'), text);
    await writeFile(join(root, folder, 'train.csv'), text);
  }
  engine = await openDuckDb();
});
afterAll(() => engine.close());

function modelOf(spec: Readonly<Record<string, unknown>> = {}): Model {
  return modelSchema.parse({
    apiVersion: 'mainline.dev/v1alpha1',
    kind: 'Model',
    metadata: { name: 'parcels', owners: ['@ann'], description: 'Minutes until the parcel comes.' },
    spec: {
      task: 'regression',
      pipeline: 'minutes',
      artifact: { path: 'model.onnx', format: 'onnx' },
      evaluation: {
        rows: { path: 'test.csv', key: 'id' },
        trainingRows: 'train.csv',
        target: 'minutes',
        primary: 'rmse',
        slices: ['day'],
      },
      gates: [{ metric: 'rmse', atMost: 5 }],
      ...spec,
    },
  });
}
const classes = {
  task: 'binary-classification',
  pipeline: 'words',
  positive: 'late',
  threshold: 0.5,
};

function input(name: string, type = 'float', shape: readonly number[] = [-1, 1]): InterfaceEntry {
  return { name, type, shape };
}

test('a model reads its inputs; the target and the slices come beside them', async () => {
  const rows = await readRows(engine, modelOf(), { root, inputs: [input('distance')] });
  expect(rows.test.columns.map(({ name, values }) => [name, [...values]])).toEqual([['distance', [1, 2]]]);
  expect([...rows.testTarget, ...rows.trainingTarget]).toEqual([10, 20, 10, 20]);
  expect(rows.slices).toEqual(new Map([['day', ['mon', 'tue']]]));
});

test.each([
  ['a number', {}, [input('distance'), input('minutes')]],
  ['a text', {}, [input('distance'), input('minutes', 'string')]],
  ['a text of two classes', classes, [input('minutes', 'string')]],
  ['one of the packed features', { features: ['distance', 'minutes'] }, [input('all', 'float', [-1, 2])]],
])('a model that reads the target, as %s, is refused in words', async (_, spec, inputs) => {
  const read = readRows(engine, modelOf(spec), { root, inputs });
  await expect(read).rejects.toThrow(ConfigurationError);
  await expect(read).rejects.toThrow(/^The model reads the target "minutes"$/u);
});

test.each([['string'], ['float'], ['int64']])('a model that reads the key, as %s, is refused', async type => {
  const read = readRows(engine, modelOf(), { root, inputs: [input('distance'), input('id', type)] });
  await expect(read).rejects.toThrow(ConfigurationError);
  await expect(read).rejects.toThrow(
    'The model reads the key "id", which names a row and says nothing of a new one',
  );
});

test('columns of any model, such as the champion, are held against the rows they are judged on', () => {
  const { evaluation } = modelOf().spec;
  const columns = inputColumns([input('distance'), input('day', 'string')], undefined, 'the champion');
  expect(refuseAnswers(columns, evaluation)).toEqual([
    { name: 'distance', kind: 'number' },
    { name: 'day', kind: 'string' },
  ]);
  const cheating = inputColumns([input('x', 'float', [-1, 2])], ['distance', 'id'], 'the champion');
  expect(() => refuseAnswers(cheating, evaluation)).toThrow('The model reads the key "id"');
});

test('of several classes the target is their place in model.yaml', async () => {
  const several = {
    task: 'multiclass-classification',
    pipeline: 'words',
    classes: ['none', 'early', 'late'],
  };
  const rows = await readRows(engine, modelOf(several), { root, inputs: [input('distance')] });
  expect([...rows.testTarget, ...rows.trainingTarget]).toEqual([2, 1, 2, 1]);
});

test('a word that is no class is told with its line, the nearest class and all of them', async () => {
  const several = { task: 'multiclass-classification', pipeline: 'words', classes: ['earli', 'late'] };
  const read = readRows(engine, modelOf(several), { root, inputs: [input('distance')] });
  await expect(read).rejects.toThrow('"early" in "minutes" is none of the classes');
  await expect(read).rejects.toMatchObject({
    at: { file: join(root, 'words/test.csv'), line: 3 },
    remedy: 'Did you mean "earli"? spec.classes in model.yaml are: earli, late.',
  });
});
