import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hashBytes } from '#lib/dvc/objects/md5.ts';
import { MD5_BYTES, readRow } from '#lib/dvc/objects/md5-rows.ts';
import { createIgnore } from '#lib/dvc/scan/ignore.ts';
import { type Scan, scanPath } from '#lib/dvc/scan/scan.ts';
import { openStateIndex, type Recalled } from '#lib/dvc/state/state-index.ts';
import { createWorkPlace, later, type WorkPlace } from '../work-tree/work-place.ts';

const scan = ({ root, path }: WorkPlace, name: string): Scan => {
  const found = scanPath(path(name), createIgnore(root));
  if (!found) throw new Error(`${name} is not there`);
  return found;
};
const open = ({ stateFile, root }: WorkPlace) => openStateIndex(stateFile, root, Date.now);
const textsOf = ({ md5s }: Recalled) =>
  Array.from({ length: md5s.length / MD5_BYTES }, (_, row) => readRow(md5s, row));
const unknown = (place: WorkPlace, name: string) => open(place).recall(scan(place, name)).unknown;

/** A folder of three files that a process hashed and wrote down. */
async function createKnown(): Promise<WorkPlace> {
  const place = createWorkPlace();
  for (const name of ['a', 'b', 'sub/c']) place.write(`data/${name}`, `this is ${name}`);
  const tree = place.open({ now: later });
  await tree.hash(place.path('data'));
  tree.save();
  return place;
}

it('what did not change is known to the next process, with the hash of the whole', async () => {
  const place = await createKnown();
  const recalled = open(place).recall(scan(place, 'data'));
  expect(recalled).toMatchObject({ unknown: 0, md5: expect.stringMatching(/\.dir$/) });
  const names = scan(place, 'data').relpaths;
  expect(textsOf(recalled)).toEqual(names.map(name => hashBytes(`this is ${name}`)));
});

it('a file inside of a known folder is known too, and so is a folder inside', async () => {
  const place = await createKnown();
  expect(textsOf(open(place).recall(scan(place, 'data/a')))).toEqual([hashBytes('this is a')]);
  expect(open(place).recall(scan(place, 'data/sub'))).toMatchObject({ unknown: 0 });
});

it('only what changed, came or was renamed has to be read', async () => {
  const place = await createKnown();
  place.write('data/a', 'THIS IS A');
  expect(unknown(place, 'data')).toBe(1);
  place.write('data/new', 'x');
  expect(unknown(place, 'data')).toBe(2);
  rmSync(place.path('data/b'));
  expect(unknown(place, 'data')).toBe(2);
});

it('a change that leaves size and time as they were is seen', async () => {
  const place = await createKnown();
  const { mtimes } = scan(place, 'data/a');
  writeFileSync(place.path('data/a'), 'THIS IS A');
  const seconds = (mtimes[0] ?? 0) / 1000;
  utimesSync(place.path('data/a'), seconds, seconds);
  expect(unknown(place, 'data')).toBe(1);
});

it('a file that was written just before it was hashed is not remembered', async () => {
  const place = createWorkPlace();
  place.write('data/a', 'x');
  const tree = place.open();
  await tree.hash(place.path('data'));
  tree.save();
  expect(unknown(place, 'data')).toBe(1);
});

it('another name for a file, made later, does not make it unknown', async () => {
  const place = await createKnown();
  linkSync(place.path('data/a'), place.path('other name'));
  expect(unknown(place, 'data')).toBe(0);
});

it('in another folder, times with more than milliseconds have to do; coarser ones are not believed', async () => {
  const place = await createKnown();
  utimesSync(place.path('data/b'), 1_700_000_000, 1_700_000_000);
  const tree = place.open({ now: later });
  await tree.hash(place.path('data'));
  tree.save();
  const moved = createWorkPlace();
  execFileSync('cp', ['-a', place.path('data'), moved.path('data')]);
  mkdirSync(moved.path('.dvc/tmp/mainline'));
  cpSync(place.stateFile, moved.stateFile);
  const recalled = open(moved).recall(scan(moved, 'data'));
  const known = scan(moved, 'data').relpaths.filter((_, index) => textsOf(recalled)[index] !== '');
  expect(known.toSorted()).toEqual(['a', 'sub/c']);
  moved.write('data/a', 'this is A');
  expect(unknown(moved, 'data')).toBe(2);
  moved.write('data/sub/c', 'longer than it was');
  execFileSync('touch', ['-r', place.path('data/sub/c'), moved.path('data/sub/c')]);
  expect(unknown(moved, 'data')).toBe(3);
});

it('after a move, a file that changed since the index was first opened there is not believed', async () => {
  const place = await createKnown();
  const moved = createWorkPlace();
  execFileSync('cp', ['-a', place.path('data'), moved.path('data')]);
  mkdirSync(moved.path('.dvc/tmp/mainline'));
  cpSync(place.stateFile, moved.stateFile);
  const first = moved.open();
  await first.hash(moved.path('data'));
  first.save();
  expect(unknown(moved, 'data')).toBe(0);
  moved.write('data/a', 'THIS IS A');
  execFileSync('touch', ['-r', place.path('data/a'), moved.path('data/a')]);
  expect(unknown(moved, 'data')).toBe(1);
  expect((await moved.open().hash(moved.path('data/a')))?.fingerprint.md5).toBe(hashBytes('THIS IS A'));
});

it('a damaged index is as good as none, whatever byte it lost or got', async () => {
  const place = await createKnown();
  const sound = readFileSync(place.stateFile);
  fc.assert(
    fc.property(
      fc.nat(sound.length - 1),
      fc.integer({ min: 1, max: 255 }),
      fc.boolean(),
      (at, change, isCut) => {
        const bytes = Buffer.from(isCut ? sound.subarray(0, at) : sound);
        if (!isCut) bytes[at] = (bytes[at] ?? 0) ^ change;
        writeFileSync(place.stateFile, bytes);
        const md5s = textsOf(open(place).recall(scan(place, 'data')));
        const names = scan(place, 'data').relpaths;
        for (const [index, md5] of md5s.entries())
          expect(['', hashBytes(`this is ${names[index]}`)]).toContain(md5);
      },
    ),
  );
});

it('places that are gone leave the index when it is written', async () => {
  const place = await createKnown();
  rmSync(place.path('data'), { recursive: true });
  place.write('other', 'x');
  const tree = place.open({ now: later });
  await tree.hash(place.path('other'));
  tree.save();
  expect(readFileSync(place.stateFile, 'latin1')).not.toContain('md5:data');
});

it('nothing new leaves the file alone; a folder that cannot be made is no error', async () => {
  const place = await createKnown();
  rmSync(place.stateFile);
  const known = open(place);
  known.save();
  expect(existsSync(place.stateFile)).toBe(false);
  place.write('blocked', '');
  const tree = place.open({ now: later, stateFile: place.path('blocked/state') });
  await tree.hash(place.path('data'));
  expect(() => tree.save()).not.toThrow();
});
