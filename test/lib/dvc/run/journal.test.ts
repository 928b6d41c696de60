import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { LockedStage } from '#lib/dvc/lock/entry.ts';
import { EMPTY_LOCK, parseLock } from '#lib/dvc/lock/lock.ts';
import type { Pipeline } from '#lib/dvc/pipeline/stage.ts';
import type { Source } from '#lib/dvc/repository/source.ts';
import {
  journalFile,
  openJournal,
  readLeftOver,
  recoverLeftOver,
  withLeftOver,
} from '#lib/dvc/run/journal.ts';

let root: string;
let lockFile: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'journal-')));
  lockFile = join(root, 'dvc.lock');
});

const entry = (cmd: string): LockedStage => ({
  ...{ cmd, deps: [], outs: [] },
  params: new Map([['params.yaml', new Map([['lr', 2]])]]),
});
const text = (...stages: readonly (readonly [string, string])[]) =>
  `schema: '2.0'\nstages:\n${stages.map(([name, cmd]) => `  ${name}:\n    cmd: ${cmd}\n    params:\n      params.yaml:\n        lr: 2.0\n`).join('')}`;
const open = async () => {
  const written = existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : undefined;
  const lock = written === undefined ? EMPTY_LOCK : await parseLock(written, lockFile);
  return openJournal(root, new Map([[lockFile, { text: written, lock, order: ['a', 'b', 'c'] }]]));
};
const lock = () => readFileSync(lockFile, 'utf8');

it('new stages enter the lock in the order of the plan, whichever ended first', async () => {
  const journal = await open();
  journal.add(lockFile, 'c', entry('three'));
  journal.add(lockFile, 'a', entry('one'));
  expect(existsSync(lockFile)).toBe(false);
  await journal.fold();
  expect(lock()).toBe(text(['a', 'one'], ['c', 'three']));
  journal.add(lockFile, 'b', entry('two'));
  await journal.close();
  expect(lock()).toBe(text(['a', 'one'], ['b', 'two'], ['c', 'three']));
  expect(existsSync(journalFile(root))).toBe(false);
});

it('what a killed run left is seen by a reader and put into the lock by the next run', async () => {
  writeFileSync(lockFile, text(['a', 'old']));
  const journal = await open();
  journal.add(lockFile, 'b', entry('two'));
  journal.add(lockFile, 'a', entry('one'));
  expect([...((await readLeftOver(root)).get(lockFile)?.keys() ?? [])]).toEqual(['a', 'b']);
  expect(lock()).toBe(text(['a', 'old']));
  expect(await recoverLeftOver(root)).toBe(2);
  expect(lock()).toBe(text(['a', 'one'], ['b', 'two']));
  expect(await recoverLeftOver(root)).toBe(0);
});

it('an index of the work tree holds what a killed run left', async () => {
  writeFileSync(lockFile, text(['a', 'old']));
  const journal = await open();
  journal.add(lockFile, 'a', entry('one'));
  const pipeline = { file: join(root, 'dvc.yaml'), directory: root } as Pipeline;
  const index = {
    source: { root } as Source,
    tracked: [],
    pipelines: [{ pipeline, lock: await parseLock(lock(), lockFile) }],
  };
  expect((await withLeftOver(index)).pipelines[0]?.lock.stages.get('a')?.entry.cmd).toBe('one');
  await journal.close();
  expect(await withLeftOver(index)).toBe(index);
});

it('a line that was cut short, or is none, is left out', async () => {
  const journal = await open();
  journal.add(lockFile, 'a', entry('one'));
  const whole = readFileSync(journalFile(root), 'utf8');
  journal.add(lockFile, 'b', entry('two'));
  const longer = readFileSync(journalFile(root), 'utf8');
  for (const end of [whole.length, whole.length + 1, longer.length - 1]) {
    writeFileSync(journalFile(root), longer.slice(0, end));
    expect([...((await readLeftOver(root)).get(lockFile)?.keys() ?? [])]).toEqual(['a']);
  }
  writeFileSync(journalFile(root), `${whole}{"file": 1}\nnothing\n`);
  expect(await recoverLeftOver(root)).toBe(1);
});

it('a lock that somebody wrote since is not touched', async () => {
  const journal = await open();
  journal.add(lockFile, 'a', entry('one'));
  writeFileSync(lockFile, text(['a', 'theirs']));
  expect(await recoverLeftOver(root)).toBe(0);
  expect(lock()).toBe(text(['a', 'theirs']));
});

it('a lock that changed during the run keeps the change, and gets the stages of the run', async () => {
  writeFileSync(lockFile, text(['a', 'old'], ['b', 'old']));
  const journal = await open();
  journal.add(lockFile, 'a', entry('mine'));
  await journal.fold();
  writeFileSync(lockFile, text(['a', 'pulled'], ['b', 'pulled'], ['other', 'pulled']));
  journal.add(lockFile, 'c', entry('mine'));
  await journal.close();
  expect(lock()).toBe(text(['a', 'mine'], ['b', 'pulled'], ['other', 'pulled'], ['c', 'mine']));
});

it('a lock that was deleted during the run holds the stages of the run', async () => {
  writeFileSync(lockFile, text(['b', 'old']));
  const journal = await open();
  journal.add(lockFile, 'a', entry('mine'));
  rmSync(lockFile);
  await journal.close();
  expect(lock()).toBe(text(['a', 'mine']));
});

it('a lock that holds a merge conflict is told of at the end, and left as it is', async () => {
  const journal = await open();
  journal.add(lockFile, 'a', entry('mine'));
  const conflict = `<<<<<<< HEAD\n${text(['a', 'ours'])}=======\n`;
  writeFileSync(lockFile, conflict);
  await journal.fold();
  await expect(journal.close()).rejects.toMatchObject({ remedy: expect.stringContaining('merge') });
  expect(lock()).toBe(conflict);
});

it('killed between writing the lock and beginning anew, nothing is written twice', async () => {
  const journal = await open();
  journal.add(lockFile, 'a', entry('one'));
  await journal.fold();
  expect(existsSync(journalFile(root))).toBe(true);
  expect(await recoverLeftOver(root)).toBe(0);
  expect(lock()).toBe(text(['a', 'one']));
});

it('a journal that names a file outside of the repository writes nothing', async () => {
  const journal = await open();
  journal.add(lockFile, 'a', entry('one'));
  const hostile = readFileSync(journalFile(root), 'utf8').replaceAll('"dvc.lock"', '"../../escape.lock"');
  writeFileSync(journalFile(root), hostile);
  expect(await recoverLeftOver(root)).toBe(0);
  expect(existsSync(join(root, '../../escape.lock'))).toBe(false);
});
