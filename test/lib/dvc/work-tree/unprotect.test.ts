import { chmodSync, linkSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { expect, it } from 'vitest';
import { unprotectPath } from '#lib/dvc/work-tree/unprotect.ts';
import { createWorkPlace } from './work-place.ts';

it('links become files of their own, writable; the objects stay as they are', () => {
  const { path, write } = createWorkPlace();
  const object = write('object', 'x');
  chmodSync(object, 0o444);
  mkdirSync(path('d/sub'), { recursive: true });
  symlinkSync(object, path('d/symbolic'));
  linkSync(object, path('d/sub/hard'));
  chmodSync(write('d/plain', 'y'), 0o400);
  expect(unprotectPath(path('d'), 0o644)).toBe(2);
  for (const name of ['d/symbolic', 'd/sub/hard', 'd/plain']) {
    expect(lstatSync(path(name))).toMatchObject({ nlink: 1, mode: 0o100644 });
  }
  expect(readFileSync(path('d/symbolic'), 'utf8')).toBe('x');
  expect(statSync(object).mode & 0o777).toBe(0o444);
});

it('who could execute a file still can', () => {
  const { path, write } = createWorkPlace();
  const object = write('object', 'x');
  chmodSync(object, 0o544);
  symlinkSync(object, path('run'));
  expect(unprotectPath(path('run'), 0o664)).toBe(1);
  expect(statSync(path('run')).mode & 0o777).toBe(0o764);
});

it('links to folders are not followed, and what is not there is named', () => {
  const { path, write } = createWorkPlace();
  chmodSync(write('other/f', 'x'), 0o444);
  mkdirSync(path('d'));
  symlinkSync(path('other'), path('d/link'));
  expect(unprotectPath(path('d'), 0o644)).toBe(0);
  expect(unprotectPath(path('d/link'), 0o644)).toBe(0);
  expect(statSync(path('other/f')).mode & 0o777).toBe(0o444);
  expect(() => unprotectPath(path('nothing'), 0o644)).toThrow('nothing is not there');
});
