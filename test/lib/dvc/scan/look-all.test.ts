import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { lookInside, lookTogether } from '#lib/dvc/scan/look-all.ts';
import { type LookJob, takeBlock } from '#lib/dvc/scan/look-job.ts';
import { KIND, type Looks } from '#lib/dvc/scan/looks.ts';

const top = mkdtempSync(join(tmpdir(), 'look-all-'));
afterAll(() => rmSync(top, { recursive: true, force: true }));

/** Files of one name and of two, a folder and a link among them. Long names make a folder of this size large. */
function fill(name: string, count: number): string {
  const folder = join(top, name);
  mkdirSync(folder);
  for (let index = 0; index < count; index++) {
    const file = join(folder, `${String(index).padStart(6, '0')}-of-many.bin`);
    if (index % 100 < 98) writeFileSync(file, 'x'.repeat(index % 7));
    else linkSync(join(folder, `${String(index - 98).padStart(6, '0')}-of-many.bin`), file);
  }
  mkdirSync(join(folder, '000003-folder'));
  symlinkSync('nowhere', join(folder, '999999-link'));
  return folder;
}

/** What node:fs says of each, one after the other. */
function expectTrue(folder: string, names: readonly string[], looks: Looks | undefined): void {
  const found = names.map((_, row) => [
    looks?.kinds[row],
    looks?.sizes[row],
    looks?.mtimes[row],
    looks?.ctimes[row],
    looks?.inodes[row],
  ]);
  const wanted = names.map(name => {
    const info = lstatSync(join(folder, name));
    const file = info.nlink > 1 ? KIND.shared : KIND.file;
    const kind = info.isDirectory() ? KIND.folder : info.isSymbolicLink() ? KIND.link : file;
    return [kind, info.size, info.mtimeMs, info.ctimeMs, info.ino];
  });
  expect(found).toEqual(wanted);
}

test.each([
  ['few', 20],
  ['many', 2000],
  ['very many', 60_000],
])('%s names are looked at as node:fs sees them', (name, count) => {
  const folder = fill(name, count);
  const { names, looks } = lookInside(folder);
  expect(names).toEqual(readdirSync(folder));
  expect(names).toHaveLength(count + 2);
  expectTrue(folder, names, looks);
});

test('what a thread has taken and never does is done without it', () => {
  const folder = fill('abandoned', 3000);
  const names = readdirSync(folder);
  let late: LookJob | undefined;
  const postMessage = (job: LookJob) => {
    late = job;
    takeBlock(job.counters);
    takeBlock(job.counters);
  };
  const looks = lookTogether(folder, names, { postMessage });
  expectTrue(folder, names, looks);
  // It comes back to life when nobody waits any more.
  late?.looks.kinds.fill(KIND.other);
  expectTrue(folder, names, looks);
});
