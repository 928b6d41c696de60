// What is remembered of files: damaged, killed while it is written, written by two at once, without room.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openPartials } from '#lib/contracts/run/partials.ts';
import { createRandom } from '#lib/stats/random.ts';
import { brokenOf, checkFile, type Entry, labPath, openDataLab } from './data-lab.ts';

openDataLab();

const worker = join(import.meta.dirname, 'check-one.ts');
const rule = { metric: 'duplicateValues', mustBe: 0 };
const SQL = { type: 'sql', id: 'sum', query: 'SELECT sum(n) FROM t', mustBe: 0 };
const COLUMNS: readonly Entry[] = [
  { name: 'n', logicalType: 'integer', required: true, quality: [rule] },
  { name: 'c', logicalType: 'string', logicalTypeOptions: { maxLength: 1 } },
];
/** Five rows: one repeats a number, one has none, two have a text too long; the numbers sum up to seven. */
const CSV = 'n,c\n1,a\n1,bb\n2,c\n,dd\n3,e\n';
const FOUND = { total: 5, sum: null, 'n.required': 1, 'n.duplicateValues': 1, 'c.maxLength': 2 };

/** What is found with what a folder remembers. */
async function found(folder: string): Promise<Entry> {
  const asked = { columns: COLUMNS, table: { quality: [SQL] }, partials: openPartials(folder) };
  return brokenOf(await checkFile('t.csv', asked));
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'partials-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(labPath('t.csv'), CSV);
  return folder;
}

describe('what is remembered', () => {
  test.each<readonly [string, (text: string) => string]>([
    ['nothing', () => ''],
    ['cut in half', text => text.slice(0, text.length >> 1)],
    ['without its end', text => text.slice(0, -2)],
    ['zeros', text => '\0'.repeat(text.length)],
    ['null', () => 'null'],
    ['no answer', () => '{}'],
    ['a list', () => '[1,2]'],
    ['a text', () => '"x"'],
    ['other digits', text => text.replace(/\d/gu, digit => `${(Number(digit) + 1) % 10}`)],
    [
      'other digits in the answer alone',
      text => text.replace(/(?<=,.*)\d/gu, digit => `${(Number(digit) + 1) % 10}`),
    ],
    ['very long', () => '['.repeat(1_000_000)],
  ])('is asked again where it is damaged: %s', async (_, damage) => {
    const folder = newFolder();
    expect(await found(folder)).toEqual(FOUND);
    const names = readdirSync(folder);
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) {
      const file = join(folder, name);
      writeFileSync(file, damage(readFileSync(file, 'utf8')));
    }
    expect(await found(folder)).toEqual(FOUND);
    // And mended by that.
    for (const name of names) expect(JSON.parse(readFileSync(join(folder, name), 'utf8'))).toHaveLength(2);
  });

  test('of another question is no answer to this one', async () => {
    const folder = newFolder();
    await found(folder);
    const [first = '', ...others] = readdirSync(folder);
    for (const name of others) writeFileSync(join(folder, name), readFileSync(join(folder, first)));
    expect(await found(folder)).toEqual(FOUND);
  });

  test('is a folder where a file should be, or a file where the folder should be', async () => {
    const folder = newFolder();
    await found(folder);
    for (const name of readdirSync(folder)) {
      rmSync(join(folder, name));
      mkdirSync(join(folder, name));
    }
    expect(await found(folder)).toEqual(FOUND);
    writeFileSync(labPath('file'), '');
    expect(await found(labPath('file'))).toEqual(FOUND);
    expect(await found(join(labPath('file'), 'below'))).toEqual(FOUND);
  });

  test('is cleared of the longest unused beyond twenty thousand, whatever lies there', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'x', 'y'), { recursive: true });
    for (let i = 0; i < 20_001; i++) writeFileSync(join(folder, `${i}.json`), '');
    expect(await found(folder)).toEqual(FOUND);
    expect(readdirSync(folder).length).toBeLessThan(15_100);
  });
});

test('a full disk remembers nothing, and stops no check', async context => {
  const folder = newFolder();
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
  if (mounted.status !== 0) return context.skip('only root may mount a file system');
  onTestFinished(() => void execFileSync('umount', [folder]));
  spawnSync('dd', ['if=/dev/zero', `of=${join(folder, 'full')}`, 'bs=4k']);
  expect(() => writeFileSync(join(folder, 'more'), 'x')).toThrow('ENOSPC');
  rmSync(join(folder, 'more'), { force: true });
  for (let run = 0; run < 2; run++) expect(await found(folder)).toEqual(FOUND);
  expect(readdirSync(folder)).toEqual(['full']);
});

/** Checks the table in a process of its own. */
function start(folder: string) {
  const child = spawn(process.execPath, [worker, labPath('t.csv'), 'contract.odcs.yaml', folder]);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', piece => {
    text += piece;
  });
  const ended = new Promise<string>(resolve => child.once('close', () => resolve(text)));
  return { child, ended };
}

test('of two checks at once each finds all, and what they remember is whole', async () => {
  const folder = newFolder();
  await found(join(folder, 'other'));
  const shared = join(folder, 'shared');
  const texts = await Promise.all([start(shared).ended, start(shared).ended, start(shared).ended]);
  for (const text of texts) expect(brokenOf(JSON.parse(text))).toEqual(FOUND);
  const names = readdirSync(shared);
  expect(names.filter(name => name.includes('tmp'))).toEqual([]);
  expect(names).toEqual(readdirSync(join(folder, 'other')));
  expect(await found(shared)).toEqual(FOUND);
});

test('whatever moment a check is killed at, the next one finds all', async () => {
  const folder = newFolder();
  await found(join(folder, 'first'));
  const random = createRandom(7);
  const begin = performance.now();
  await start(join(folder, 'second')).ended;
  const tookMs = performance.now() - begin;
  for (let moment = 0; moment < 4; moment++) {
    const { child, ended } = start(join(folder, 'killed'));
    await sleep(tookMs * (0.4 + 0.6 * random.next()));
    child.kill('SIGKILL');
    await ended;
    expect(await found(join(folder, 'killed'))).toEqual(FOUND);
    rmSync(join(folder, 'killed'), { recursive: true });
  }
  // What a killed one leaves has a name of its own, which is no answer.
  await found(join(folder, 'killed'));
  const [name = ''] = readdirSync(join(folder, 'killed'));
  const text = readFileSync(join(folder, 'killed', name));
  rmSync(join(folder, 'killed', name));
  writeFileSync(join(folder, 'killed', '.mainline-tmp-0123456789ab'), text.subarray(0, 10));
  expect(await found(join(folder, 'killed'))).toEqual(FOUND);
});
