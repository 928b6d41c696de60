import { chmod, mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { setValue } from '#lib/documents/edit.ts';
import { replaceWhole, unwritable, writeWhole } from '#lib/documents/write.ts';

async function folder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'write '));
}

it('a file is written with its folders, and no temporary file is left', async () => {
  const root = await folder();
  expect(await writeWhole(join(root, 'a', 'b', 'card.md'), 'hello')).toBe(true);
  expect(await readFile(join(root, 'a', 'b', 'card.md'), 'utf8')).toBe('hello');
  expect(await readdir(join(root, 'a', 'b'))).toEqual(['card.md']);
});

it('a file that holds the bytes already is not touched', async () => {
  const file = join(await folder(), 'card.md');
  await writeWhole(file, 'hello');
  const before = (await stat(file, { bigint: true })).mtimeNs;
  expect(await writeWhole(file, 'hello')).toBe(false);
  expect((await stat(file, { bigint: true })).mtimeNs).toBe(before);
});

it('a write that fails leaves the old file and nothing else, and says why', async () => {
  const root = await folder();
  await mkdir(join(root, 'card.md'));
  await writeFile(join(root, 'card.md', 'kept'), 'old');
  await expect(writeWhole(join(root, 'card.md'), 'new')).rejects.toThrow('a folder has that name');
  expect(await readdir(root)).toEqual(['card.md']);
  await writeFile(join(root, 'plain'), '');
  await expect(writeWhole(join(root, 'plain', 'card.md'), 'new')).rejects.toThrow(
    'a part of its path is a file',
  );
});

it.skipIf(process.getuid?.() === 0)('a folder without permission is named with the remedy', async () => {
  const root = await folder();
  await chmod(root, 0o500);
  await expect(writeWhole(join(root, 'card.md'), 'new')).rejects.toThrow('permission is denied');
});

it('a name may be as long as the file system takes; one that is longer is told as what it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mainline-write-'));
  const longest = join(folder, 'n'.repeat(255));
  await writeWhole(longest, 'one');
  replaceWhole(longest, 'two');
  expect(await readFile(longest, 'utf8')).toBe('two');
  const write = writeWhole(join(folder, 'n'.repeat(256)), 'one');
  await expect(write).rejects.toThrow('could not be written: its name is longer than the file system takes');
  expect(await readdir(folder)).toHaveLength(1);
});

it('a full disk is told as what it is', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  expect(unwritable('card.md', full)).toMatchObject({
    message: 'card.md could not be written: the disk is full',
    remedy: 'free some space and run again.',
  });
});

it('setting a value keeps comments, order and quotes', () => {
  const text = '# ours\nspec:\n  version: "1.0" # now\n  list: [a, b]\n\n  weight: 5\n';
  expect(setValue(text, ['spec', 'weight'], 50)).toBe(text.replace('weight: 5', 'weight: 50'));
  expect(setValue(text, ['spec', 'version'], '2.0')).toBe(text.replace('"1.0"', '"2.0"'));
});

it('setting a value that was not there adds it and keeps the comments', () => {
  expect(setValue('# ours\nspec:\n  a: 1 # intent\n', ['spec', 'b'], { c: 2 })).toBe(
    '# ours\nspec:\n  a: 1 # intent\n  b:\n    c: 2\n',
  );
});
