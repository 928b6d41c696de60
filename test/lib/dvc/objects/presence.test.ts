import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openPresence } from '#lib/dvc/objects/presence.ts';

const LISTING = `${'0'.repeat(32)}.dir`;
/** Enough that folders are listed. */
const NAMES = Array.from({ length: 3000 }, (_, index) =>
  (index * 2654435761).toString(16).padStart(32, 'a').slice(-32),
);
const UNTIL_SETTLED_MS = 150;

function fill(): { readonly folder: string; readonly file: string } {
  const top = mkdtempSync(join(tmpdir(), 'presence-'));
  const folder = join(top, 'md5');
  for (const name of NAMES) {
    mkdirSync(join(folder, name.slice(0, 2)), { recursive: true });
    writeFileSync(join(folder, name.slice(0, 2), name.slice(2)), '');
  }
  return { folder, file: join(top, 'whole.json') };
}

const open = ({ folder, file }: ReturnType<typeof fill>) => openPresence(folder, { file, now: Date.now });
const absentIn = (place: ReturnType<typeof fill>): readonly string[] => {
  const { isThere } = open(place).ask(NAMES.length, LISTING);
  return NAMES.filter(name => !isThere(name));
};
const place = (at: ReturnType<typeof fill>, name: string): string =>
  join(at.folder, name.slice(0, 2), name.slice(2));

/** As a command does that finds everything there. */
function rememberWhole(at: ReturnType<typeof fill>): void {
  const presence = open(at);
  const { isThere, allAreThere } = presence.ask(NAMES.length, LISTING);
  expect(NAMES.every(isThere)).toBe(true);
  allAreThere(LISTING);
  presence.save();
}

test('a listing that was whole stays so until something is taken away, and is whole again when it is back', async () => {
  const at = fill();
  expect(open(at).isWhole(LISTING)).toBe(false);
  await pause(UNTIL_SETTLED_MS);
  rememberWhole(at);
  expect(open(at).isWhole(LISTING)).toBe(true);
  expect(absentIn(at)).toEqual([]);

  const [lost = ''] = NAMES;
  renameSync(place(at, lost), join(at.folder, 'aside'));
  expect(open(at).isWhole(LISTING)).toBe(false);
  expect(absentIn(at)).toEqual([lost]);

  renameSync(join(at.folder, 'aside'), place(at, lost));
  expect(absentIn(at)).toEqual([]);
  await pause(UNTIL_SETTLED_MS);
  rememberWhole(at);
  expect(open(at).isWhole(LISTING)).toBe(true);

  rmSync(join(at.folder, lost.slice(0, 2)), { recursive: true });
  expect(absentIn(at)).toContain(lost);
});

test('what is taken away right after it was seen is noticed', () => {
  const at = fill();
  rememberWhole(at);
  const [lost = ''] = NAMES;
  rmSync(place(at, lost));
  expect(open(at).isWhole(LISTING)).toBe(false);
  expect(absentIn(at)).toEqual([lost]);
});

test('nothing is believed of another cache, of other names or of a damaged memory', async () => {
  const at = fill();
  await pause(UNTIL_SETTLED_MS);
  rememberWhole(at);
  expect(openPresence(`${at.folder}/..`, { file: at.file, now: Date.now }).isWhole(LISTING)).toBe(false);
  expect(open(at).isWhole(`${'1'.repeat(32)}.dir`)).toBe(false);
  const text = readFileSync(at.file, 'utf8');
  for (const damaged of [
    '',
    'null',
    '[]',
    '{"whole":7}',
    text.slice(0, -9),
    text.replace(/"[A-Za-z0-9+/]{60}/, '"'),
  ]) {
    writeFileSync(at.file, damaged);
    expect(open(at).isWhole(LISTING)).toBe(false);
    expect(absentIn(at)).toEqual([]);
  }
});
