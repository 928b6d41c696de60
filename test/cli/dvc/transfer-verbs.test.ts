// push, fetch, pull and status --cloud at a remote in a folder. Names, modes and exit codes are those of DVC 3.67.1 for the
// same files and the same losses.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { launchDvc, ownConfiguration } from '../../support/launch-dvc.ts';
import { launcher } from '../../support/workspace.ts';

let top: string;
let root: string;
const store = () => join(top, 'store');

beforeEach(async () => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'mainline-push-')));
  root = join(top, 'repo');
  mkdirSync(join(root, '.dvc'), { recursive: true });
  writeFileSync(
    join(root, '.dvc/config'),
    '[core]\n    remote = s\n    no_scm = true\n[\'remote "s"\']\n    url = ../../store\n',
  );
});

afterEach(() => rmSync(top, { recursive: true, force: true }));

const run = (...words: readonly string[]) => launchDvc(words, { folder: root, env: ownConfiguration(top) });

/** The files that the expected values below were recorded with. */
async function addFiles(): Promise<void> {
  mkdirSync(join(root, 'd'));
  for (const name of ['d/a', 'd/b', 'f']) writeFileSync(join(root, name), `${name.slice(-1)}\n`);
  await run('add', 'd', 'f');
}

function objects(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .flatMap(name => {
      // Another process may be at work there.
      const info = statSync(join(folder, name), { throwIfNoEntry: false });
      return info?.isFile() ? [`${(info.mode & 0o777).toString(8)} ${name}`] : [];
    })
    .sort();
}

const A = '444 files/md5/60/b725f10c9c85c70d97880dfe8191b3';
const B = '444 files/md5/3b/5d5c3712955042212316173ccf37be';
const F = '444 files/md5/9a/8ad92c50cae39aa2c5604fd0ab6d8c';
const D = '444 files/md5/56/2ee692a592790b08e880eff9046f72.dir';
const UP_TO_DATE = 'Everything is up to date.\n';
const cacheFolder = () => join(root, '.dvc/cache');

test('what is pushed lies where DVC puts it, and a second push has nothing to do', async () => {
  await addFiles();
  expect(await run('push')).toMatchObject({ code: 0, out: '4 files pushed\n' });
  expect(objects(store())).toEqual([B, D, A, F]);
  expect(await run('push')).toMatchObject({ code: 0, out: UP_TO_DATE });
});

test('cache and remote are compared as DVC compares them', async () => {
  await addFiles();
  const read = async () => JSON.parse((await run('status', '--cloud', '--json')).out);
  expect(await read()).toEqual({ d: 'new', 'd/a': 'new', 'd/b': 'new', f: 'new' });
  await run('push');
  expect(await read()).toEqual({});
  rmSync(join(cacheFolder(), 'files/md5/60'), { recursive: true });
  expect(await read()).toEqual({ 'd/a': 'deleted' });
});

test('one file of a folder comes alone, and pull brings the rest', async () => {
  await addFiles();
  await run('push');
  for (const path of [cacheFolder(), join(root, 'f'), join(root, 'd')]) rmSync(path, { recursive: true });
  expect(await run('fetch', 'd/a')).toMatchObject({ code: 0, out: '2 files fetched\n' });
  expect(objects(join(cacheFolder(), 'files'))).toEqual([D, A].map(name => name.replace('files/', '')));
  expect(await run('checkout', 'd/a')).toMatchObject({ code: 0, out: 'A\td/\n' });
  rmSync(join(root, 'd'), { recursive: true });
  expect(await run('pull')).toMatchObject({
    code: 0,
    out: 'A\td/\nA\tf\n2 files fetched and 3 files added\n',
  });
  expect(readFileSync(join(root, 'd/b'), 'utf8')).toBe('b\n');
});

test('a pull of which something does not arrive checks out nothing, and leaves nothing half made', async () => {
  mkdirSync(join(root, 'd'));
  for (let index = 0; index < 1100; index += 1) writeFileSync(join(root, `d/${index}`), `${index}`);
  await run('add', 'd');
  await run('push');
  for (const path of [cacheFolder(), join(root, 'd')]) rmSync(path, { recursive: true });
  const damagedMd5 = createHash('md5').update('7').digest('hex');
  const damagedObject = join(store(), nameOf(damagedMd5));
  rmSync(damagedObject);
  writeFileSync(damagedObject, 'other');
  const made = () => readdirSync(join(root, '.dvc/tmp/mainline/checkout'));
  const pulled = await run('pull');
  expect(pulled.code).toBe(1);
  expect(pulled.err).toContain(damagedMd5);
  expect(existsSync(join(root, 'd'))).toBe(false);
  expect(made()).toEqual([]);
  writeFileSync(damagedObject, '7');
  expect(await run('pull')).toMatchObject({ code: 0, out: 'A\td/\n2 files fetched and 1,100 files added\n' });
  expect(readFileSync(join(root, 'd/7'), 'utf8')).toBe('7');
  expect(made()).toEqual([]);
});

test('what is damaged in the cache comes from the remote, by the same pull', async () => {
  await addFiles();
  await run('push');
  for (const path of ['d', 'f']) rmSync(join(root, path), { recursive: true });
  for (const object of [A, F].map(name => join(cacheFolder(), name.slice('444 '.length)))) {
    rmSync(object);
    writeFileSync(object, 'other', { mode: 0o444 });
  }
  expect(await run('pull')).toMatchObject({ code: 0, err: '' });
  for (const name of ['d/a', 'd/b', 'f'])
    expect(readFileSync(join(root, name), 'utf8')).toBe(`${name.slice(-1)}\n`);
  expect(objects(cacheFolder())).toEqual([B, D, A, F].toSorted());
});

test('what neither side has is told, and fails only where it is needed', async () => {
  await addFiles();
  rmSync(cacheFolder(), { recursive: true });
  expect(await run('push')).toMatchObject({ code: 0, out: UP_TO_DATE });
  const fetched = await run('fetch');
  expect(fetched).toMatchObject({ code: 0, out: UP_TO_DATE });
  expect(fetched.err).toContain('f (9a8ad92c50cae39aa2c5604fd0ab6d8c)');
  rmSync(join(root, 'f'));
  const pulled = await run('pull');
  expect(pulled).toMatchObject({ code: 1, out: 'No changes.\n' });
  expect(pulled.err).toContain('content is missing: f\n');
  expect(await run('pull', '--allow-missing')).toMatchObject({ code: 0 });
});

test('a target or remote that does not exist ends with 1, and no repository with 253', async () => {
  await addFiles();
  expect(await run('push', 'nothere')).toMatchObject({ code: 1 });
  expect(await run('push', '--remote', 'zz')).toMatchObject({ code: 1 });
  rmSync(join(root, '.dvc'), { recursive: true });
  expect(await run('push')).toMatchObject({ code: 253 });
});

const COUNT = 300;
const nameOf = (md5: string) => join('files/md5', md5.slice(0, 2), md5.slice(2));

/** Every object below a folder has the bytes that its name says. */
function damaged(folder: string): readonly string[] {
  return objects(folder)
    .map(line => line.split(' ')[1] ?? '')
    .filter(name => /^files\/md5\/[0-9a-f]{2}\/[0-9a-f]{30}/u.test(name))
    .filter(name => {
      const md5 = createHash('md5')
        .update(readFileSync(join(folder, name)))
        .digest('hex');
      return !name.startsWith(nameOf(md5));
    });
}

/** Runs a verb and kills it once there are so many objects. */
async function killAt(verb: string, { folder, count }: { folder: string; count: number }): Promise<void> {
  const child = spawn(process.execPath, [launcher, 'dvc', verb], { cwd: root, env: ownConfiguration(top) });
  const ended = once(child, 'exit');
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver && objects(folder).length < count) await sleep(1);
  child.kill('SIGKILL');
  await ended;
}

test('killed at any moment, push and fetch leave whole objects only, and the next run brings the rest', async () => {
  mkdirSync(join(root, 'd'));
  for (let index = 0; index < COUNT; index += 1)
    writeFileSync(join(root, `d/${index}`), `${index}`.repeat(3000));
  await run('add', 'd');
  for (const count of [1, 40, COUNT - 1]) {
    rmSync(store(), { recursive: true, force: true });
    await killAt('push', { folder: store(), count });
    expect(damaged(store())).toEqual([]);
    const arrived = objects(join(store(), 'files'));
    expect(arrived.some(name => name.endsWith('.dir'))).toBe(arrived.length === COUNT + 1);
    expect(await run('push')).toMatchObject({ code: 0 });
    expect(objects(join(store(), 'files'))).toHaveLength(COUNT + 1);
  }
  for (const count of [1, 40, COUNT - 1]) {
    rmSync(cacheFolder(), { recursive: true });
    await killAt('fetch', { folder: cacheFolder(), count });
    expect(damaged(cacheFolder())).toEqual([]);
    expect(await run('fetch')).toMatchObject({ code: 0 });
    expect(objects(join(cacheFolder(), 'files'))).toHaveLength(COUNT + 1);
  }
}, 60_000);

test('a remote that keeps versions of the cloud is refused before anything is sent in another layout', async () => {
  await addFiles();
  await run('remote', 'modify', 's', 'version_aware', 'true');
  const pushed = await run('push');
  expect(pushed.code).not.toBe(0);
  expect(pushed.err).toContain('The remote s keeps versions of the cloud (version_aware)');
  expect(existsSync(store())).toBe(false);
});
