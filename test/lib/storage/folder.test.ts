import { createHash } from 'node:crypto';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openFolderStore } from '#lib/storage/folder.ts';

const bytes = Buffer.from('a model');
const hex = createHash('sha256').update(bytes).digest('hex');

async function folder(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'a store ')), 'store');
}

it('bytes are found by their digest, and nothing else is', async () => {
  const store = openFolderStore(await folder());
  expect(await store.read(`sha256:${hex}`)).toBeUndefined();
  expect(await store.write(bytes)).toBe(`sha256:${hex}`);
  expect(await store.write(bytes)).toBe(`sha256:${hex}`);
  expect(await store.read(`sha256:${hex}`)).toEqual(bytes);
});

it('damaged bytes are refused, naming the file', async () => {
  const root = await folder();
  const store = openFolderStore(root);
  await store.write(bytes);
  const file = join(root, 'sha256', hex.slice(0, 2), hex);
  await writeFile(file, 'another model');
  await expect(store.read(`sha256:${hex}`)).rejects.toMatchObject({ at: { file } });
});

it('a digest that is none reaches no file', async () => {
  const store = openFolderStore(await folder());
  for (const digest of ['../../etc/passwd', `md5:${hex}`, `sha256:../${hex.slice(3)}`, '']) {
    await expect(store.read(digest)).rejects.toThrow('is not a digest');
  }
});

it('writers at once leave one whole file and nothing temporary', async () => {
  const root = await folder();
  await Promise.all(Array.from({ length: 20 }, () => openFolderStore(root).write(bytes)));
  expect(await readdir(join(root, 'sha256', hex.slice(0, 2)))).toEqual([hex]);
});
