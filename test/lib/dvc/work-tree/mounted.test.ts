// Volumes of a container: an output, or the folder that it lies in, is mounted from elsewhere. Only root may mount.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { beforeEach, expect, it, type TestContext } from 'vitest';
import { hashBytes } from '#lib/dvc/objects/md5.ts';
import type { Hashed } from '#lib/dvc/objects/object.ts';
import type { LinkType } from '#lib/dvc/work-tree/work-tree.ts';
import { mountAt } from '../../../support/mount.ts';
import { createWorkPlace, type WorkPlace } from './work-place.ts';

const FILES = { a: 'one', 'sub/b': 'two' };
const OUTPUT = 'keep/data';

let place: WorkPlace;
let hashed: Hashed;
beforeEach(async () => {
  place = createWorkPlace();
  for (const [name, text] of Object.entries(FILES)) place.write(`${OUTPUT}/${name}`, text);
  const kept = await place.open().keep(place.path(OUTPUT));
  if (!kept) throw new Error('nothing was kept');
  hashed = kept;
  rmSync(place.path(OUTPUT), { recursive: true });
});

function bind(context: TestContext, folder: string): void {
  mkdirSync(place.path('volume'));
  mountAt(context, folder, ['--bind', place.path('volume')]);
}

function mountOther(context: TestContext, folder: string): void {
  mountAt(context, folder, ['-t', 'tmpfs', 'tmpfs']);
}

const MOUNTS = [
  ['the output', 'the same file system', bind, OUTPUT],
  ['the output', 'another file system', mountOther, OUTPUT],
  ['the folder above the output', 'the same file system', bind, dirname(OUTPUT)],
  ['the folder above the output', 'another file system', mountOther, dirname(OUTPUT)],
] as const;

it.for(MOUNTS)(
  'a checkout comes through where %s is mounted from %s',
  async ([, , make, folder], context) => {
    make(context, place.path(folder));
    const path = place.path(OUTPUT);
    for (const linkTypes of [['copy'], ['hardlink', 'copy'], ['symlink']] satisfies LinkType[][]) {
      const tree = place.open({ linkTypes });
      tree.arrivals.expect({ path, ...hashed.fingerprint }, hashed.tree ?? []);
      tree.arrivals.take(hashBytes('one'), Buffer.from('one'));
      await tree.checkout(hashed.fingerprint, path);
      tree.arrivals.close();
      expect(place.read(OUTPUT)).toEqual(FILES);
      expect(readdirSync(place.path('.dvc/tmp/mainline/checkout'))).toEqual([]);
      for (const name of readdirSync(path)) rmSync(place.path(`${OUTPUT}/${name}`), { recursive: true });
    }
  },
);
