import {
  chmodSync,
  cpSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { hashBytes } from '#lib/dvc/objects/md5.ts';
import { objectPath } from '#lib/dvc/objects/object-path.ts';
import { openObjectCache } from '#lib/dvc/objects/open-cache.ts';
import { createWriter } from '#lib/dvc/objects/store.ts';
import { FIXTURES } from '../values/typed-values.ts';
import { createWorkPlace, later, readFiles, type WorkPlace } from './work-place.ts';

let place: WorkPlace;
beforeEach(() => {
  place = createWorkPlace();
});
const objectOf = (text: string): string => objectPath(place.cacheFolder, hashBytes(text));
const modeOf = (path: string): number => statSync(path).mode & 0o7777;

it("a folder's objects have the names, bytes and permissions of DVC's", async () => {
  cpSync(`${FIXTURES}edge-cache/files`, place.path('.dvc/golden/files'), { recursive: true });
  for (const [name, text] of [
    ['u/\u{1f600}', '1\n'],
    ['u/\ufb00', '2\n'],
  ] as const)
    place.write(name, text);
  const hashed = await place.open().keep(place.path('u'));
  expect(hashed?.fingerprint).toEqual({ md5: '0d0404c0e323d00abf41e521373e730f.dir', size: 4, nfiles: 2 });
  const kept = readFiles(place.cacheFolder);
  const golden = readFiles(place.path('.dvc/golden'));
  expect(Object.keys(kept)).toHaveLength(3);
  for (const [name, text] of Object.entries(kept)) {
    expect(golden[name]).toBe(text);
    expect(modeOf(`${place.cacheFolder}/${name}`)).toBe(0o444);
  }
});

it.each(['symlink', 'copy'] as const)('it is told before files become links (%s)', async type => {
  place.write('d/f', 'x');
  const seen: unknown[] = [];
  const onStored = async ({ md5 }: { readonly md5: string }) => {
    const found = [md5.endsWith('.dir'), lstatSync(place.path('d/f')).isSymbolicLink()];
    seen.push(found, readFileSync(objectOf('x'), 'utf8'));
  };
  await place.open({ linkTypes: [type] }).keep(place.path('d'), { onStored });
  expect(seen).toEqual([[true, false], 'x']);
  expect(lstatSync(place.path('d/f')).isSymbolicLink()).toBe(type === 'symlink');
});

it('objects can be read by all whatever the umask is', async () => {
  place.write('f', 'x');
  const before = process.umask(0o077);
  try {
    await place.open({ umask: 0o077 }).keep(place.path('f'));
  } finally {
    process.umask(before);
  }
  expect(modeOf(objectOf('x'))).toBe(0o444);
});

it('in a cache of a group, folders belong to it', async () => {
  place.write('f', 'x');
  const cache = openObjectCache(place.cacheFolder, { shared: true });
  await place.open({ cache, shared: true }).keep(place.path('f'));
  expect(modeOf(dirname(objectOf('x')))).toBe(0o2775);
  expect(modeOf(objectOf('x'))).toBe(0o444);
});

it('files of every size come out as they went in', async () => {
  const sizes = [0, 1, 1_048_575, 1_048_576, 1_048_577, 40_000_000];
  for (const size of sizes) place.write(`d/${size}`, Buffer.alloc(size, `${size} `));
  const hashed = await place.open().keep(place.path('d'));
  expect(hashed?.fingerprint.nfiles).toBe(sizes.length);
  for (const { md5, relpath } of hashed?.tree ?? []) {
    const object = readFileSync(objectPath(place.cacheFolder, md5));
    expect(hashBytes(object)).toBe(md5);
    expect(object.equals(readFileSync(place.path(`d/${relpath}`)))).toBe(true);
  }
});

it('an object that is there is left alone, one that lost bytes or could be written to is made anew', async () => {
  place.write('f', 'whole');
  await place.open().keep(place.path('f'));
  const { ino } = statSync(objectOf('whole'));
  await place.open().keep(place.path('f'));
  expect(statSync(objectOf('whole')).ino).toBe(ino);
  chmodSync(objectOf('whole'), 0o644);
  writeFileSync(objectOf('whole'), 'wh');
  await place.open().keep(place.path('f'));
  expect(readFileSync(objectOf('whole'), 'utf8')).toBe('whole');
  chmodSync(objectOf('whole'), 0o644);
  writeFileSync(objectOf('whole'), 'WHOLE');
  await place.open().keep(place.path('f'));
  expect(readFileSync(objectOf('whole'), 'utf8')).toBe('whole');
});

it('what is known from the index but gone from the cache is stored again', async () => {
  for (const name of ['a', 'b']) place.write(`d/${name}`, name);
  const tree = place.open({ now: later });
  const hashed = await tree.keep(place.path('d'));
  place.cache.remove([hashBytes('a'), hashed?.fingerprint.md5 ?? '']);
  await tree.keep(place.path('d'));
  expect(place.cache.missing(hashed?.fingerprint.md5 ?? '')).toEqual([]);
});

it('a file that changed since its folder was looked at is refused, and no object is made', () => {
  const path = place.write('f', 'two');
  const { size, mtimeMs, ino } = statSync(path);
  const store = { folder: place.cacheFolder, shared: false, umask: 0o022, method: 'copy' } as const;
  for (const expected of [
    { size: 2, mtimeMs, ino },
    { size, mtimeMs: 1, ino },
    { size, mtimeMs, ino: 1 },
  ]) {
    expect(() => createWriter(store).storeFile(path, expected)).toThrow('changed while it was being stored');
  }
  expect(place.cache.has(hashBytes('two'))).toBe(false);
});

// The next five are what `dvc add` of DVC 3.67.1 leaves in the work tree.
it('with copies, a link to a file becomes a file, and so does a file with other names', async () => {
  place.write('elsewhere', 'x');
  mkdirSync(place.path('d'));
  symlinkSync(place.path('elsewhere'), place.path('d/symbolic'));
  linkSync(place.path('elsewhere'), place.path('d/hard'));
  const plain = place.write('d/plain', 'x');
  const { ino } = statSync(plain);
  await place.open().keep(place.path('d'));
  for (const name of ['symbolic', 'hard']) {
    expect(lstatSync(place.path(`d/${name}`))).toMatchObject({ nlink: 1, mode: 0o100644 });
  }
  expect(statSync(plain).ino).toBe(ino);
  expect(readFileSync(place.path('elsewhere'), 'utf8')).toBe('x');
});

it('with hard links, file and object are one, read-only', async () => {
  place.write('d/f', 'x');
  await place.open({ linkTypes: ['hardlink', 'copy'] }).keep(place.path('d'));
  expect(statSync(place.path('d/f')).ino).toBe(statSync(objectOf('x')).ino);
  expect(modeOf(place.path('d/f'))).toBe(0o444);
});

it('with hard links, an empty file stays one of its own', async () => {
  place.write('d/empty', '');
  await place.open({ linkTypes: ['hardlink'] }).keep(place.path('d'));
  expect(lstatSync(place.path('d/empty'))).toMatchObject({ nlink: 1, mode: 0o100644 });
  rmSync(place.path('d/empty'));
  const print = { md5: hashBytes('') };
  await place.open({ linkTypes: ['hardlink'] }).checkout(print, place.path('d/empty'));
  expect(lstatSync(place.path('d/empty'))).toMatchObject({ nlink: 1, mode: 0o100644 });
});

it('with symbolic links, the file leads to the object', async () => {
  place.write('d/f', 'x');
  await place.open({ linkTypes: ['symlink'] }).keep(place.path('d'));
  expect(readlinkSync(place.path('d/f'))).toBe(objectOf('x'));
  expect(modeOf(objectOf('x'))).toBe(0o444);
});

it('an executable stays executable for its owner', async () => {
  chmodSync(place.write('run.sh', 'x'), 0o755);
  const hashed = await place.open({ linkTypes: ['symlink'] }).keep(place.path('run.sh'));
  expect(hashed?.fingerprint.isexec).toBe(true);
  expect(modeOf(place.path('run.sh')) & 0o100).toBe(0o100);
});

it('what killed runs left is removed a day later, what others are writing is not', async () => {
  place.write('f', 'x');
  const [old, other] = [
    place.write('.dvc/cache/tmp/mainline-1', 'half'),
    place.write('.dvc/cache/tmp/other', 'x'),
  ];
  await place.open().keep(place.path('f'));
  expect(readFileSync(old, 'utf8')).toBe('half');
  place.write('g', 'y');
  await place.open({ now: () => Date.now() + 25 * 3600 * 1000 }).keep(place.path('g'));
  expect(Object.keys(place.read('.dvc/cache/tmp'))).toEqual(['other']);
  expect(other).toContain('other');
});
