// kill -9 while several threads are at work, at moments drawn with a seed; and a disk that is full.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { hashBytes, hashFileNow } from '#lib/dvc/objects/md5.ts';
import { openObjectCache } from '#lib/dvc/objects/open-cache.ts';
import { createRandom } from '#lib/stats/random.ts';
import { createWorkPlace, type WorkPlace } from './work-place.ts';

const FILES = 1200;
const MOMENTS = 5;

const place = createWorkPlace();
for (let index = 0; index < FILES; index++) {
  place.write(`data/${index % 50}/${index}`, `row ${index}\n`.repeat(index % 100 === 0 ? 300_000 : 5000));
}
afterAll(() => rmSync(place.root, { recursive: true }));

/** Starts it, waits until it has begun and for a part of its time, kills it. @returns whether it was still at work */
async function killDuring(words: readonly string[], afterMs: number): Promise<boolean> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-worker.ts'), ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<boolean>(resolve =>
    child.once('exit', (_, signal) => resolve(signal === 'SIGKILL')),
  );
  await new Promise(resolve => child.stdout.once('data', resolve));
  await sleep(afterMs);
  child.kill('SIGKILL');
  return ended;
}

function expectWholeObjects({ cache }: WorkPlace): number {
  let count = 0;
  for (const { md5 } of cache.list()) {
    expect(hashFileNow(cache.pathOf(md5)).md5).toBe(md5.slice(0, 32));
    if (md5.endsWith('.dir')) expect(cache.missing(md5)).toEqual([]);
    count += 1;
  }
  return count;
}

it('whatever moment a keep is killed at, objects are whole, and the next one ends it', async () => {
  const random = createRandom(6);
  let killed = 0;
  for (let moment = 0; moment < MOMENTS; moment++) {
    if (await killDuring(['keep', place.root], 20 + random.next() * 400)) killed += 1;
    expectWholeObjects(place);
  }
  expect(killed).toBeGreaterThan(0);
  const kept = await place.open().keep(place.path('data'));
  expect(kept?.fingerprint.nfiles).toBe(FILES);
  expect(expectWholeObjects(place)).toBe(FILES + 1);
}, 120_000);

it('whatever moment a checkout is killed at, files are whole, and the next one ends it', async () => {
  const md5 = (await place.open().keep(place.path('data')))?.fingerprint.md5 ?? '';
  const expected = new Set([...place.cache.list()].map(object => object.md5));
  const random = createRandom(7);
  rmSync(place.path('data'), { recursive: true });
  for (let moment = 0; moment < MOMENTS; moment++) {
    await killDuring(['checkout', place.root, md5], 20 + random.next() * 250);
    if (!existsSync(place.path('data'))) continue;
    for (const text of Object.values(place.read('data'))) expect(expected.has(hashBytes(text))).toBe(true);
  }
  await place.open().checkout({ md5 }, place.path('data'));
  expect((await place.open().hash(place.path('data')))?.fingerprint.md5).toBe(md5);
}, 120_000);

/** A file system of two megabytes; only root may make one. */
function mountSmall(folder: string): boolean {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

it('a full disk is told as such, leaves whole objects only, and is no trouble once there is room', async context => {
  const small = createWorkPlace();
  const folder = small.path('small');
  if (!mountSmall(folder)) return context.skip('only root may mount');
  onTestFinished(() => void execFileSync('umount', [folder]));
  for (let index = 0; index < 30; index++) small.write(`data/${index}`, Buffer.alloc(100_000, `${index} `));
  small.write('data/large', Buffer.alloc(3_000_000, 'x'));
  const cache = openObjectCache(join(folder, 'cache'));
  await expect(small.open({ cache }).keep(small.path('data'))).rejects.toThrow('the disk is full');
  expectWholeObjects({ ...small, cache });
  expect(Object.keys(small.read('small/cache/tmp'))).toEqual([]);
  const roomy = openObjectCache(small.path('roomy'));
  cpSync(cache.folder, roomy.folder, { recursive: true });
  await small.open({ cache: roomy }).keep(small.path('data'));
  expect(expectWholeObjects({ ...small, cache: roomy })).toBe(32);
});
