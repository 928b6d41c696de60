import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openFolderStore } from '#lib/storage/folder.ts';
import { openSeveralStores } from '#lib/storage/several.ts';

it('bytes come from the first store that has them whole, and go to the first', async () => {
  const folders = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'stores '))));
  const [a = '', b = ''] = folders;
  const [first, second] = [openFolderStore(a), openFolderStore(b)];
  const both = openSeveralStores([first, second]);
  const bytes = Buffer.from('a model');
  const digest = await second.write(bytes);
  expect(await both.read(digest)).toEqual(bytes);
  expect(await both.read(`sha256:${'0'.repeat(64)}`)).toBeUndefined();
  expect(await both.write(bytes)).toBe(digest);
  expect(await readdir(join(a, 'sha256'))).toHaveLength(1);
  const file = join(a, 'sha256', digest.slice(7, 9), digest.slice(7));
  await writeFile(file, 'something else');
  expect(await both.read(digest)).toEqual(bytes);
  await expect(first.read(digest)).rejects.toThrow('other bytes');
});
