import { describe, expect, test } from 'vitest';
import { EMPTY_LOCK } from '#lib/dvc/lock/lock.ts';
import { parsePipeline } from '#lib/dvc/pipeline/pipeline.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import { selectTargets, splitTarget, type TargetOptions } from '#lib/dvc/repository/targets.ts';
import { parseTracked } from '#lib/dvc/tracked/parse-tracked.ts';

const root = '/repo';
const PIPELINE = `stages:
  prepare:
    cmd: prepare
    deps: [data/raw]
    outs: [clean.csv]
  train:
    cmd: train
    deps: [clean.csv]
    outs: [model]
  build:
    foreach: [a, b]
    do:
      cmd: build \${item}
      outs:
      - out-\${item}
`;

async function index(): Promise<RepositoryIndex> {
  const readText = async () => undefined;
  const pipelines = await Promise.all(
    ['/repo/dvc.yaml', '/repo/sub/dvc.yaml'].map(async file => ({
      pipeline: await parsePipeline(
        file.includes('sub') ? 'stages:\n  eta:\n    cmd: x\n    outs: [e]\n' : PIPELINE,
        file,
        {
          root,
          readText,
        },
      ),
      lock: EMPTY_LOCK,
    })),
  );
  const raw = 'outs:\n- md5: d3b07384d113edec49eaa6238ad5ff00.dir\n  hash: md5\n  path: raw\n';
  const tracked = [await parseTracked(raw, '/repo/data/raw.dvc', root)];
  const source = {
    root,
    name: 'workspace',
    readText,
    findDvcFiles: async () => [],
    list: async () => undefined,
  };
  return { source, pipelines, tracked };
}

async function select(target: string, options: Partial<TargetOptions> = {}): Promise<readonly string[]> {
  const selected = selectTargets(await index(), [target], { directory: root, ...options });
  return selected.map(({ stage, within }) =>
    within === undefined ? stage.name : `${stage.name} | ${within}`,
  );
}

describe('a target stands for', () => {
  test.for([
    ['a stage of the dvc.yaml right here', 'train', ['train']],
    ['all that a template makes', 'build', ['build@a', 'build@b']],
    ['one of what a template makes', 'build@b', ['build@b']],
    ['a stage of another dvc.yaml', 'sub/dvc.yaml:eta', ['sub/dvc.yaml:eta']],
    ['a stage of this dvc.yaml by a colon', ':train', ['train']],
    ['all stages of a dvc.yaml', 'sub/dvc.yaml', ['sub/dvc.yaml:eta']],
    ['a .dvc file', 'data/raw.dvc', ['data/raw.dvc']],
    ['an output', 'model', ['train | /repo/model']],
    ['a tracked folder', 'data/raw/', ['data/raw.dvc | /repo/data/raw']],
    ['something inside a tracked folder', 'data/raw/day/1.csv', ['data/raw.dvc | /repo/data/raw/day/1.csv']],
  ] as const)('%s', async ([, target, expected]) => {
    expect(await select(target)).toEqual(expected);
  });

  test('what is right there, from a folder below', async () => {
    expect(await select('eta', { directory: '/repo/sub' })).toEqual(['eta']);
    expect(await select('../dvc.yaml:train', { directory: '/repo/sub' })).toEqual(['../dvc.yaml:train']);
    await expect(select('train', { directory: '/repo/sub' })).rejects.toThrow('train does not exist');
  });

  test('the stages that a wildcard fits, when it is asked for', async () => {
    expect(await select('t*', { glob: true })).toEqual(['train']);
    await expect(select('t*')).rejects.toThrow('t* does not exist');
  });

  test('what it is made from as well, first, with dependencies', async () => {
    expect(await select('train', { withDeps: true })).toEqual(['data/raw.dvc', 'prepare', 'train']);
  });

  test('no group where a single stage is wanted', async () => {
    await expect(select('build', { acceptGroup: false })).rejects.toThrow('build does not exist');
  });
});

test('a mistyped target is told with what comes nearest', async () => {
  await expect(select('trian')).rejects.toMatchObject({ remedy: 'Did you mean train?' });
  await expect(select('dvc.lock')).rejects.toThrow('is a lock file');
});

test('a name made by a template may hold colons', () => {
  expect(splitTarget('build@a:b')).toEqual({ file: undefined, name: 'build@a:b' });
  expect(splitTarget('p/dvc.yaml:build@a:b')).toEqual({ file: 'p/dvc.yaml', name: 'build@a:b' });
});
