import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { LockedStage } from '#lib/dvc/lock/entry.ts';
import { parseLock } from '#lib/dvc/lock/lock.ts';
import { findRuns, runKey, runValue, saveRun } from '#lib/dvc/run/run-cache.ts';
import { FIXTURES } from '../values/typed-values.ts';

let cacheDir: string;
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'runs-'));
});

const print = (path: string, digit: string) => ({ path, md5: digit.repeat(32), size: 1 });
const run = (out: string, size: bigint): LockedStage => ({
  cmd: 'train',
  deps: [print('in', '1')],
  params: new Map([['params.yaml', new Map([['size', size]])]]),
  outs: [print('out', out)],
});

it.each([
  [
    'prep',
    '0b54001c170f173e2fe8287a952ad655dc14289e98ef0f39db862806a8dffb2c',
    'c7b859f8845af19df07e6de866248de355da601b85454757f68c33dac22a2016',
  ],
  [
    'train',
    'ecf1ededbc5519be7073aaa0538eead3894d7ebe9a71bcdc21ec0d497bc43a41',
    '988122af26b207c599a69d304f9ea7c6a7e15eba04aac69b34be193827a62943',
  ],
])('the stage %s gets the key, the value and the bytes that DVC gave it', async (name, key, value) => {
  const lock = await parseLock(readFileSync(`${FIXTURES}pipeline/dvc.lock`, 'utf8'), 'dvc.lock');
  const entry = lock.stages.get(name)?.entry as LockedStage;
  expect([runKey(entry), runValue(entry)]).toEqual([key, value]);
  await saveRun(cacheDir, entry);
  const place = join('runs', key.slice(0, 2), key, value);
  expect(await readFile(join(cacheDir, place), 'utf8')).toBe(
    readFileSync(`${FIXTURES}pipeline/cache/${place}`, 'utf8'),
  );
  expect(await findRuns(cacheDir, entry)).toEqual([entry]);
});

it('the newest of several runs on the same inputs comes first', async () => {
  for (const [index, out] of ['2', '3', '4'].entries()) {
    await saveRun(cacheDir, run(out, 1n));
    const file = join(
      cacheDir,
      'runs',
      runKey(run(out, 1n)).slice(0, 2),
      runKey(run(out, 1n)),
      runValue(run(out, 1n)),
    );
    await utimes(file, 1000, index === 1 ? 3000 : 2000 - index);
  }
  const found = await findRuns(cacheDir, run('9', 1n));
  expect(found.map(one => one.outs[0]?.md5[0])).toEqual(['3', '2', '4']);
});

it('a run with another value of a parameter called size is not used, although DVC gives it the same key', async () => {
  expect(runKey(run('2', 1n))).toBe(runKey(run('2', 5n)));
  await saveRun(cacheDir, run('2', 1n));
  expect(await findRuns(cacheDir, run('2', 5n))).toEqual([]);
});

it('a damaged entry is removed and never used', async () => {
  const entry = run('2', 1n);
  await saveRun(cacheDir, entry);
  const folder = join(cacheDir, 'runs', runKey(entry).slice(0, 2), runKey(entry));
  await writeFile(join(folder, runValue(entry)), 'cmd: [train\n');
  expect(await findRuns(cacheDir, entry)).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});
