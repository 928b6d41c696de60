import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type LockedStage, toLockMap } from '#lib/dvc/lock/entry.ts';
import { EMPTY_LOCK, formatLock, parseLock, readLock, setLockedStage } from '#lib/dvc/lock/lock.ts';
import { writeMap } from '#lib/dvc/values/yaml-write.ts';
import { FIXTURES } from '../values/typed-values.ts';

const golden = readFileSync(`${FIXTURES}pipeline/dvc.lock`, 'utf8');
const entry: LockedStage = {
  cmd: 'echo hi > o.txt',
  deps: [{ path: 'run.sh', md5: '3e2b31c72181b87149ff995e7202c0e3', size: 10, isexec: true }],
  params: new Map([['params.yaml', new Map([['lr', 2]])]]),
  outs: [{ path: 'data', md5: '3f651a56f8af1f15a0c2d120019b5203.dir', size: 11, nfiles: 3 }],
};

it("DVC's lock file is read and written without a change", async () => {
  expect(formatLock(await parseLock(golden, 'dvc.lock'))).toBe(golden);
});

it("every stage of DVC's lock file is written anew with the same bytes", async () => {
  const lock = await parseLock(golden, 'dvc.lock');
  expect([...lock.stages.keys()]).toEqual(['prep', 'train', 'm@a-1', 'm@a-y1', 'm@b-1', 'm@b-y1']);
  for (const [name, { entry, text }] of lock.stages)
    expect(writeMap(new Map([[name, toLockMap(entry)]]), 2)).toBe(text);
});

it('a stage that ran again is replaced where it stands and a new one comes last', async () => {
  const lock = setLockedStage(
    setLockedStage(await parseLock(golden, 'dvc.lock'), 'train', entry),
    'new',
    entry,
  );
  const written = formatLock(lock);
  expect([...(await parseLock(written, 'dvc.lock')).stages.keys()].join()).toBe(
    'prep,train,m@a-1,m@a-y1,m@b-1,m@b-y1,new',
  );
  expect((await parseLock(written, 'dvc.lock')).stages.get('train')?.entry).toEqual(entry);
});

// The layout DVC 3.67.1 gave the same entry.
it('the first stage makes a whole file', async () => {
  expect(formatLock(setLockedStage(EMPTY_LOCK, 'a', entry))).toBe(`schema: '2.0'
stages:
  a:
    cmd: echo hi > o.txt
    deps:
    - path: run.sh
      hash: md5
      md5: 3e2b31c72181b87149ff995e7202c0e3
      size: 10
      isexec: true
    params:
      params.yaml:
        lr: 2.0
    outs:
    - path: data
      hash: md5
      md5: 3f651a56f8af1f15a0c2d120019b5203.dir
      size: 11
      nfiles: 3
`);
});

it('comments, other folds and datasets survive while another stage changes', async () => {
  const text =
    "schema: '2.0'\nstages:\n  # keep\n  a:\n    cmd: one\n      two\n  b:\n    cmd: x\ndatasets:\n- name: d\n";
  const lock = setLockedStage(await parseLock(text, 'dvc.lock'), 'b', {
    cmd: 'y',
    deps: [],
    params: new Map(),
    outs: [],
  });
  expect(formatLock(lock)).toBe(text.replace('cmd: x', 'cmd: y'));
});

it('a file laid out in another way is laid out as DVC does', async () => {
  const text =
    '{"schema": "2.0", "stages": {"a": {"cmd": "x", "outs": [{"path": "o", "md5": "00"}]}}, "datasets": [1]}';
  expect(formatLock(await parseLock(text, 'dvc.lock'))).toBe(
    "schema: '2.0'\nstages:\n  a:\n    cmd: x\n    outs:\n    - path: o\n      md5: '00'\ndatasets:\n- 1\n",
  );
});

it('a hash of DVC 2 is not taken for one of DVC 3', async () => {
  const text =
    "schema: '2.0'\nstages:\n  a:\n    cmd: x\n    outs:\n    - path: o\n      md5: 3e2b31c72181b87149ff995e7202c0e3\n      size: 1\n";
  expect((await parseLock(text, 'dvc.lock')).stages.get('a')?.entry.outs).toEqual([
    { path: 'o', md5: '3e2b31c72181b87149ff995e7202c0e3', hash: 'md5-dos2unix', size: 1 },
  ]);
});

it('what nobody but a cloud knows is kept as it is written', async () => {
  const entry =
    "    - path: o\n      hash: md5\n      md5: 3e2b31c72181b87149ff995e7202c0e3\n      version_id: 'x'\n";
  const text = `schema: '2.0'\nstages:\n  a:\n    cmd: x\n    outs:\n${entry}`;
  const lock = await parseLock(text, 'dvc.lock');
  const stage = lock.stages.get('a')?.entry;
  if (!stage) throw new Error('not read');
  expect(formatLock(setLockedStage(lock, 'a', stage))).toBe(text.replace("'x'", 'x'));
});

it('a path in place of a hash is not believed', async () => {
  const text = golden.replace('3f651a56f8af1f15a0c2d120019b5203.dir', '../../../../etc/passwd');
  expect((await parseLock(text, 'dvc.lock')).stages.get('prep')?.entry.deps).toEqual([]);
});

it('a merge conflict is reported at its place, with a way out', async () => {
  const text = golden.replace('  train:\n', '<<<<<<< HEAD\n  train:\n');
  await expect(parseLock(text, 'dvc.lock')).rejects.toMatchObject({
    at: { file: 'dvc.lock', line: 25 },
    remedy: expect.stringContaining('either side of a merge'),
  });
});

it.each([
  ["schema: '1.0'\nstages: {}\n", "not a lock file of schema '2.0'"],
  ["schema: '2.0'\nstages:\n  a:\n    deps: []\n", 'a in dvc.lock does not have the shape'],
  ["schema: '2.0'\nstages: 3\n", 'stages in dvc.lock does not have the shape'],
])('%j is refused', async (text, message) => {
  await expect(parseLock(text, 'dvc.lock')).rejects.toThrow(message);
});

it('a file that does not exist, and one that is empty, hold no stages', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lock-'));
  expect((await readLock(join(folder, 'dvc.lock'))).stages.size).toBe(0);
  await writeFile(join(folder, 'dvc.lock'), '');
  expect((await readLock(join(folder, 'dvc.lock'))).stages.size).toBe(0);
});
