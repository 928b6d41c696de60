import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { classifyRemote } from '#lib/git/remote.ts';

it.each([
  ['https://github.com/acme/shop.git', 'https://github.com/acme/shop.git'],
  ['https://user:secret@github.com/acme/shop.git', 'https://github.com/acme/shop.git'],
  ['git@github.com:acme/shop.git', 'git@github.com:acme/shop.git'],
  ['ssh://git@example.org:22/shop.git', 'ssh://example.org:22/shop.git'],
])('%s is a real forge, and its password is never shown', (url, shown) => {
  expect(classifyRemote(url, '/nowhere')).toEqual({ kind: 'remote', url: shown });
});

it('paths and file URLs are folders, a name with a colon when a folder has it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'remote '));
  expect(classifyRemote('../shop.git', '/srv/work')).toEqual({ kind: 'folder', path: '/srv/shop.git' });
  expect(classifyRemote('/srv/shop.git', folder)).toEqual({ kind: 'folder', path: '/srv/shop.git' });
  expect(classifyRemote('file:///srv/a%20shop.git', folder)).toEqual({
    kind: 'folder',
    path: '/srv/a shop.git',
  });
  await mkdir(join(folder, 'a:b'));
  expect(classifyRemote('a:b', folder)).toEqual({ kind: 'folder', path: join(folder, 'a:b') });
});
