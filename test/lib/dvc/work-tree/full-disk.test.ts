// Disks without room for what is checked out. Only root may mount them.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, it, type TestContext } from 'vitest';
import { hashBytes } from '#lib/dvc/objects/md5.ts';
import type { Hashed } from '#lib/dvc/objects/object.ts';
import { openObjectCache } from '#lib/dvc/objects/open-cache.ts';
import type { WorkTree } from '#lib/dvc/work-tree/work-tree.ts';
import { mountAt } from '../../../support/mount.ts';
import { createWorkPlace, type WorkPlace } from './work-place.ts';

const LARGE = 'x'.repeat(100_000);

let place: WorkPlace;
let hashed: Hashed;
beforeEach(async () => {
  place = createWorkPlace();
  place.write('keep/data/a', 'one');
  place.write('keep/data/b', LARGE);
  const kept = await place.open().keep(place.path('keep/data'));
  if (!kept) throw new Error('nothing was kept');
  hashed = kept;
  rmSync(place.path('keep'), { recursive: true });
});

const mountSmall = (context: TestContext, folder: string): void =>
  mountAt(context, place.path(folder), ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs']);
const checkout = (tree: WorkTree) => tree.checkout(hashed.fingerprint, place.path('keep/data'));

function fill(folder: string): void {
  expect(() => writeFileSync(place.path(`${folder}/filler`), LARGE)).toThrow('ENOSPC');
}

it('a small new folder that finds no room leaves nothing, and is told by its own name', async context => {
  mountSmall(context, 'keep');
  await expect(checkout(place.open())).rejects.toThrow(`${place.path('keep/data/b')} could not be written`);
  expect(readdirSync(place.path('keep'))).toEqual([]);
});

it('a full disk is not taken for one that cannot copy', async context => {
  mountSmall(context, 'keep');
  fill('keep');
  await expect(checkout(place.open({ linkTypes: ['reflink', 'copy'] }))).rejects.toThrow('the disk is full');
});

it('what has arrived is removed where the checkout cannot even begin', async context => {
  mountSmall(context, 'small');
  mkdirSync(place.path('keep'));
  const cache = openObjectCache(place.path('small/cache'));
  const tree = place.open({ cache });
  const path = place.path('keep/data');
  const { md5 } = hashed.fingerprint;
  await cache.adoptBytes(readFileSync(place.cache.pathOf(md5)), md5);
  tree.arrivals.expect({ path, ...hashed.fingerprint }, hashed.tree ?? []);
  for (const text of ['one', LARGE]) {
    tree.arrivals.take(hashBytes(text), Buffer.from(text));
    cache.checked.add(hashBytes(text));
  }
  fill('small');
  await expect(checkout(tree)).rejects.toThrow('the disk is full');
  tree.arrivals.close();
  expect(readdirSync(place.path('.dvc/tmp/mainline/checkout'))).toEqual([]);
  expect(existsSync(path)).toBe(false);
});
