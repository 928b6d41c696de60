import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { createParamsReader, readParams } from '#lib/dvc/pipeline/params.ts';
import { parsePipeline } from '#lib/dvc/pipeline/pipeline.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'params-'));
  await writeFile(join(folder, 'params.yaml'), 'train:\n  lr: 1\n  layers: [8, 4.0]\n  drop:\nseed: 42\n');
  await writeFile(join(folder, 'a.json'), '{"rate": 1e-3, "n": 2.0}');
});

async function read(params: string, readFile = createParamsReader()) {
  const { stages } = await parsePipeline(
    `stages:\n  a:\n    cmd: x\n    params: ${params}\n`,
    join(folder, 'dvc.yaml'),
    { root: folder },
  );
  return readParams(stages[0]?.params ?? [], readFile);
}

it('parameters keep their Python types and come in the order of dvc.lock', async () => {
  const values = await read('[seed, {a.json: }, train.lr, train.layers.1, train.drop, train]');
  expect([...values].map(([file, keys]) => [file, [...keys]])).toEqual([
    [
      'params.yaml',
      [
        ['seed', 42n],
        [
          'train',
          new Map<string, unknown>([
            ['lr', 1n],
            ['layers', [8n, 4]],
            ['drop', null],
          ]),
        ],
        ['train.drop', null],
        ['train.layers.1', 4],
        ['train.lr', 1n],
      ],
    ],
    [
      'a.json',
      [
        ['n', 2],
        ['rate', 0.001],
      ],
    ],
  ]);
});

it('a parameter that the file lacks is told at its place in dvc.yaml, with the nearest one', async () => {
  await expect(read('[seed, train.lrr]')).rejects.toMatchObject({
    message: 'params.yaml has no parameter train.lrr',
    at: { file: join(folder, 'dvc.yaml'), line: 4, column: 20 },
    remedy: 'Did you mean "train.lr"?',
  });
});

it('a date is told at its place in the file of parameters', async () => {
  await writeFile(join(folder, 'params.yaml'), 'a: 1\nsince: 2020-01-01\n');
  await expect(read('[since]')).rejects.toMatchObject({
    at: { file: join(folder, 'params.yaml'), line: 2, column: 8 },
  });
});

it('a file that changes between two looks is read again', async () => {
  const readFile = createParamsReader();
  expect((await read('[seed]', readFile)).get('params.yaml')?.get('seed')).toBe(42n);
  await writeFile(join(folder, 'params.yaml'), 'seed: 43\n');
  expect((await read('[seed]', readFile)).get('params.yaml')?.get('seed')).toBe(43n);
});

it('a file that holds a list is refused', async () => {
  await writeFile(join(folder, 'params.yaml'), '- 1\n');
  await expect(read('[seed]')).rejects.toThrow('params.yaml is not a map of parameters');
});
