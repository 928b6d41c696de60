import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from '#lib/flows/dvc/locked.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'locked-')));
  mkdirSync(join(root, '.dvc/tmp'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const asked = { command: 'mainline dvc add a', onWait: () => {} };
const ownFile = () => join(root, '.dvc/tmp/mainline/lock');

test('while a verb writes, a DVC cannot take its own lock, which is all that its gc looks at', async () => {
  const tryDvc = () => spawnSync('flock', ['-x', '-n', join(root, '.dvc/tmp/lock'), 'true']).status;
  expect(await withLock(root, asked, async () => tryDvc())).toBe(1);
  expect(tryDvc()).toBe(0);
});

test('a lock whose process number somebody else has by now is no lock', async () => {
  const written = await withLock(root, asked, async () => JSON.parse(readFileSync(ownFile(), 'utf8')));
  writeFileSync(ownFile(), JSON.stringify({ ...written, started: 'another boot 1' }));
  await withLock(root, { ...asked, onWait: who => expect.fail(who) }, async () => {});
});

test('what a killed command left in the list of DVC is not in the way, whoever has its number now', async () => {
  const left = { pid: process.ppid, cmd: 'mainline dvc repro' };
  writeFileSync(join(root, '.dvc/tmp/rwlock'), JSON.stringify({ write: { [root]: left }, read: {} }));
  await withLock(root, { ...asked, onWait: who => expect.fail(who) }, async () => {});
});
