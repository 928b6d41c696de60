// Files that are not what their names say, too large, or written by somebody who means harm: contract init says what is
// wrong and where, or writes a sound contract, and never anything of a person.
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const mainline = join(import.meta.dirname, '../../../actions/cli/mainline.js');
const fixtures = join(import.meta.dirname, '../../fixtures/contracts');

let all = '';
let folder = '';
let temporary = '';
beforeAll(() => {
  all = mkdtempSync(join(tmpdir(), 'hostile-init-'));
});
beforeEach(() => {
  folder = mkdtempSync(join(all, 'data-'));
  temporary = mkdtempSync(join(all, 'temporary-'));
});
afterAll(() => rmSync(all, { recursive: true }));

const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
const environment = () => ({ ...process.env, NO_COLOR: '1', TMPDIR: temporary });

/** @param before shell words that go before */
function init(words: readonly string[], before = '') {
  const script = `${before} exec "$0" "$@"`;
  const run = ['-c', script, process.execPath, mainline, 'contract', 'init', ...words];
  const options = { cwd: folder, encoding: 'utf8', env: environment(), maxBuffer: 1 << 28 } as const;
  return spawnSync('bash', run, options);
}

/** Nothing is left beside the data, or where copies are made. */
function expectNothingLeft(): void {
  expect(readdirSync(folder).filter(name => /contract|mainline/u.test(name))).toEqual([]);
  expect(readdirSync(temporary).filter(name => name.startsWith('mainline-'))).toEqual([]);
}

/** No character that a terminal obeys, and no command to GitHub. */
function expectHarmless(text: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]|^[ \t]*::/mu);
}

const ROWS = '{"a":1}\n'.repeat(100_000);
const LINES = `a,b\n${'1,2\n'.repeat(100_000)}`;
const NOISE = Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 31 + i * 7 + 200) % 256);
const cut = (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 20);
const fixture = (name: string) => readFileSync(join(fixtures, name));

describe('what is not sound ends with 2, names file and line and says what to do:', () => {
  test.each<readonly [string, string, string | Uint8Array, RegExp]>([
    ['an empty CSV', 'a.csv', '', /a\.csv:1 The file is empty/],
    ['empty JSON lines', 'a.jsonl', '', /a\.jsonl There is no column/],
    ['an empty Parquet file', 'a.parquet', '', /too small to be a Parquet file/],
    ['an empty Arrow file', 'a.arrow', '', /a\.arrow The file is empty/],
    ['an empty packed file', 'a.csv.gz', '', /no sound gzip file: unexpected end of file/],
    ['rows without keys', 'a.jsonl', '{}\n{}\n', /There is no column/],
    ['NUL in CSV', 'a.csv', 'a,b\n1,\0\n', /a\.csv:2:3 A NUL byte stands here/],
    ['NUL in JSON', 'a.jsonl', '{"a":1}\n{"a":"\0"}\n', /a\.jsonl:2 .* control character/],
    [
      'other text',
      'a.csv',
      Buffer.from('a\né\n', 'latin1'),
      /a\.csv:2:\d These bytes are not UTF-8 .*\n.*or name the encoding/,
    ],
    ['other text in JSON', 'a.jsonl', Buffer.from('{"a":"é"}\n', 'latin1'), /a\.jsonl:1 .*invalid UTF-8/],
    ['UTF-32', 'a.csv', Uint8Array.of(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0), /a\.csv:1 A NUL character/],
    ['a line of 64 MiB', 'a.csv', `a,b\n1,${'x'.repeat(1 << 26)}\n`, /a\.csv:2 This row is longer than 2 MB/],
    ['a header of 64 MiB', 'a.csv', 'x'.repeat(1 << 26), /a\.csv:1 This header is longer/],
    [
      'a line of 64 MiB in JSON',
      'a.jsonl',
      `{"a":"${'x'.repeat(1 << 26)}"}\n`,
      /A row is longer than 16 MiB/,
    ],
    ['an array among rows', 'a.jsonl', '{"a":1}\n\n[1,2]\n', /a\.jsonl:3 This row is an array/],
    ['rows that are texts', 'a.jsonl', '"ada@example.org"\n', /a\.jsonl:1 This row is a text/],
    ['an array of rows', 'a.json', '[{"a":1},\n{"a":2}]\n', /a\.json:1 .*\n.*jq -c/],
    ['a cut .gz', 'a.csv.gz', cut(gzipSync(LINES)), /no sound gzip file: unexpected end/],
    ['a cut .jsonl.gz', 'a.jsonl.gz', cut(gzipSync(ROWS)), /no sound gzip file: unexpected end/],
    ['a cut .zst', 'a.csv.zst', cut(zstdCompressSync(LINES)), /no sound zstd file/],
    ['a cut .jsonl.zst', 'a.jsonl.zst', cut(zstdCompressSync(ROWS)), /no sound zstd file/],
    ['a cut .arrow', 'a.arrow', cut(fixture('types.lz4.feather')), /its end is missing/],
    [
      'a cut stream of Arrow',
      'a.arrow',
      fixture('types.stream.arrow').subarray(0, 1512),
      /cannot be read as Arrow/,
    ],
    ['another ending', 'a.xlsx', 'x', /none of the kinds of files.*\n.*\.parquet/],
  ])('%s', (_, name, content, told) => {
    write(name, content);
    const { status, stdout, stderr } = init([name]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(told);
    expect(stderr).toContain('\n  -> ');
    expect(stderr).not.toContain(all);
    expect(stderr).not.toContain('ada@');
    expectHarmless(stderr);
    expectNothingLeft();
  });

  test.each(
    'csv tsv txt parquet pq jsonl ndjson json arrow feather ipc csv.gz csv.zst jsonl.gz jsonl.zst'.split(' '),
  )('random bytes as .%s', ending => {
    write(`noise.${ending}`, NOISE);
    const { status, stdout, stderr } = init([`noise.${ending}`]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(new RegExp(`^error noise\\.${ending}(:\\d+)* .*\\n {2}-> .*\\n$`, 'u'));
    expectNothingLeft();
  });

  test('a Parquet file that is cut', () => {
    const script = `require(process.argv[1]).DuckDBInstance.create().then(async one => (await one.connect()).run("COPY (SELECT range AS a FROM range(9999)) TO 'a.parquet'"))`;
    const library = require.resolve('@duckdb/node-api');
    expect(spawnSync(process.execPath, ['-e', script, library], { cwd: folder }).status).toBe(0);
    write('b.parquet', cut(readFileSync(join(folder, 'a.parquet'))));
    expect(init(['a.parquet', '--stdout']).status).toBe(0);
    expect(init(['b.parquet']).stderr).toMatch(/^error b\.parquet This cannot be read as Parquet: /u);
    expectNothingLeft();
  });

  test.each([
    ['a folder', () => mkdirSync(join(folder, 'x.csv')), 'x.csv is a folder, not a file'],
    ['a pipe', () => spawnSync('mkfifo', [join(folder, 'x.csv')]), 'x.csv is no regular file'],
    ['a device', () => symlinkSync('/dev/zero', join(folder, 'x.csv')), 'x.csv is no regular file'],
    ['a link to nowhere', () => symlinkSync('none', join(folder, 'x.csv')), 'There is no file x.csv'],
    ['a link to itself', () => symlinkSync('x.csv', join(folder, 'x.csv')), 'x.csv cannot be opened'],
    ['nothing', () => undefined, 'There is no file x.csv'],
  ])('%s', (_, make, told) => {
    make();
    const { status, stderr } = init(['x.csv']);
    expect(status).toBe(2);
    expect(stderr).toContain(told);
    expect(stderr).toContain('\n  -> ');
    expectNothingLeft();
  });

  test('a file that may not be read', context => {
    if (process.getuid?.() === 0) return context.skip('root reads whatever it wants');
    for (const name of ['a.csv', 'a.jsonl', 'a.parquet', 'a.arrow']) {
      writeFileSync(join(folder, name), 'x', { mode: 0o000 });
      expect(init([name])).toMatchObject({
        status: 2,
        stderr: expect.stringMatching(/may not be read|denied/u),
      });
    }
  });
});

describe('a packed file of three GiB of zeros ends soon, in little memory and on no disk:', () => {
  const pack = { gz: gzipSync, zst: zstdCompressSync } as const;
  const packed = (how: keyof typeof pack) => Buffer.concat(Array(192).fill(pack[how](Buffer.alloc(1 << 24))));

  test.each([
    ['gz', ['a.csv.gz'], /a\.csv\.gz:1:1 A NUL byte/],
    ['zst', ['a.csv.zst'], /a\.csv\.zst:1:1 A NUL byte/],
    ['gz', ['a.jsonl.gz'], /longer than 16 MiB/],
    ['zst', ['a.jsonl.zst'], /longer than 16 MiB/],
    ['gz', ['a.csv.gz', '--encoding', 'utf-16le'], /a\.csv\.gz:1 A NUL character/],
    ['gz', ['a.jsonl.gz', '--encoding', 'latin1'], /a\.jsonl\.gz:1 A NUL character/],
  ] as const)('%s %j', (how, words, told) => {
    write(words[0], packed(how));
    const tell = join(all, 'tell.cjs');
    writeFileSync(tell, "process.on('exit', () => console.error('KiB', process.resourceUsage().maxRSS));");
    const limits = `export NODE_OPTIONS=--require=${tell}; trap '' XFSZ; ulimit -t 20 -f 8192;`;
    const { status, stderr } = init(words, limits);
    expect([status, stderr]).toEqual([2, expect.stringMatching(told)]);
    expect(Number(/^KiB (\d+)/mu.exec(stderr)?.[1])).toBeLessThan(600_000);
    expectNothingLeft();
  });
});

describe('sound contracts of odd files', () => {
  const NAMES = [
    ...['\u001b[31mred', 'a\nb', '::error::boo', '\n::error::boo', '"q"', "it's", '__proto__', 'constructor'],
    ...[
      'yes',
      'null',
      '~',
      '- x',
      'key: v',
      '# c',
      '{x}',
      '*a',
      '&a',
      '!t',
      '|',
      '@',
      '\u202e',
      '<<',
      '.inf',
    ],
  ];
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

  test.each([
    ['a.csv', `${NAMES.map(quoted).join()}\n${NAMES.map((_, i) => i).join()}\n`],
    ['a.jsonl', `{${NAMES.map((name, i) => `${JSON.stringify(name)}:${i}`).join()}}\n`],
  ])('names of columns that are commands, or mean something else elsewhere: %s', (name, content) => {
    write(name, content);
    const { status, stdout } = init([name, '--stdout']);
    expect(status).toBe(0);
    expectHarmless(stdout);
    for (const version of ['1.1', '1.2'] as const) {
      const { schema } = parse(stdout, { version }) as { schema: { properties: { name: string }[] }[] };
      expect(schema[0]?.properties.map(column => column.name)).toEqual(NAMES);
    }
    const written = init([name]);
    expect([written.status, written.stderr]).toEqual([0, '']);
    expectHarmless(written.stdout);
    const validate = [mainline, 'contract', 'validate'];
    expect(spawnSync(process.execPath, validate, { cwd: folder, env: environment() }).status).toBe(0);
  });

  test('a name of a file that is a command', () => {
    const name = '\u001b[31m\n::error::x{model}*.csv';
    write(name, 'a;b\n1;2\n');
    const { status, stdout } = init([name]);
    expect(status).toBe(0);
    expectHarmless(stdout);
    expectHarmless(readFileSync(join(folder, 'contract.odcs.yaml'), 'utf8'));
    const validate = [mainline, 'contract', 'validate'];
    expect(spawnSync(process.execPath, validate, { cwd: folder, env: environment() }).status).toBe(0);
  });

  test('a header alone', () => {
    write('a.csv', 'a;b');
    expect(init(['a.csv', '--stdout']).stdout).toContain('2 columns, 0 rows');
  });

  test('JSON that is 2,000 deep', () => {
    const deep = (open: string, close: string) => `${open.repeat(2000)}1${close.repeat(2000)}`;
    write('a.jsonl', `{"a":${deep('{"k":', '}')},"b":${deep('[', ']')}}\n`);
    const { status, stdout } = init(['a.jsonl', '--stdout']);
    expect(status).toBe(0);
    expect(stdout).toContain('logicalType: object # 1 of 1 values');
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThan(120);
  });
});

describe('nothing of a person is shown', () => {
  const PEOPLE = Array.from({ length: 300 }, (_, i) => ({
    ...{
      id: i,
      email: `ada${i % 3}@example.org`,
      phone: 4930123 + (i % 5),
      birth_date: `1971-03-0${1 + (i % 3)}`,
    },
    ...{
      contact: ['Ada Secret', 'bob@example.org', 'Eve Hidden'][i % 3],
      nested: { email: 'ada@example.org' },
    },
  }));
  const SECRETS = /ada|bob|4930|1971|example\.org/iu;

  test.each([
    [
      'people.csv',
      `id,email,phone,birth_date,contact\n${PEOPLE.map(({ nested: _, ...one }) => Object.values(one).join()).join('\n')}\n`,
    ],
    ['people.jsonl', PEOPLE.map(one => `${JSON.stringify(one)}\n`).join('')],
  ])('in the contract of %s, to people or to programs', (name, content) => {
    write(name, content);
    for (const words of [['--stdout'], ['--json', '--stdout'], ['--force']]) {
      const { status, stdout, stderr } = init([name, ...words]);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).not.toMatch(SECRETS);
    }
    const text = readFileSync(join(folder, 'contract.odcs.yaml'), 'utf8');
    expect(text.match(/classification: personal/gu)).toHaveLength(name === 'people.csv' ? 3 : 4);
    expect(text).not.toMatch(SECRETS);
  });

  test.each([
    [
      'no header',
      'ada@example.org,1\nbob@example.org,2\n',
      /a\.csv:1 Column 1 of the header looks like data/,
    ],
    ['a quote', 'email,n\nada@example.org,1\nbob@example.org,"2"3\n', /a\.csv:3:\d+ Text follows/],
    ['a row too short', 'email,n\nada@example.org\n', /a\.csv:2 This row has 1 field/],
    ['bytes that are no text', Buffer.from('email\nadaé@example.org\n', 'latin1'), /a\.csv:2:\d These bytes/],
  ])('in what is said of a file with %s', (_, content, told) => {
    write('a.csv', content);
    const { status, stdout, stderr } = init(['a.csv']);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(told);
    expect(stderr).not.toMatch(SECRETS);
  });
});

describe('nothing is half written', () => {
  const LIMITED = "trap '' XFSZ; ulimit -f 64;";

  test('where the disk is full, and what was there stays', () => {
    const header = Array.from({ length: 2000 }, (_, i) => `column_${i}`);
    write('a.csv', `${header.join()}\n${header.map(() => 1).join()}\n`);
    const { status, stderr } = init(['a.csv'], LIMITED);
    expect([status, stderr]).toEqual([2, expect.stringContaining('contract.odcs.yaml could not be written')]);
    expectNothingLeft();
    write('contract.odcs.yaml', 'mine');
    expect(init(['a.csv', '--force'], LIMITED).status).toBe(2);
    expect(readFileSync(join(folder, 'contract.odcs.yaml'), 'utf8')).toBe('mine');
  });

  test('where there is no space for a copy', () => {
    write('a.csv', Buffer.from(`\ufeffa,b\n${'1,2\n'.repeat(100_000)}`, 'utf16le'));
    const { status, stderr } = init(['a.csv'], LIMITED);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/could not be written: files may not be so large/u),
    ]);
    expectNothingLeft();
  });

  test('over a contract that is there, or a link in its place', () => {
    write('a.csv', 'a\n1\n');
    symlinkSync('nowhere', join(folder, 'contract.odcs.yaml'));
    const { status, stderr } = init(['a.csv']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('There is a contract already')]);
    expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  });

  test('by whoever is interrupted', async () => {
    const row = `{${Array.from({ length: 40 }, (_, i) => `"k${i}":"${i}"`).join()}}\n`;
    write('a.jsonl', Buffer.from(`\ufeff${row.repeat(60_000)}`, 'utf16le'));
    const child = spawn(process.execPath, [mainline, 'contract', 'init', 'a.jsonl'], {
      ...{ cwd: folder, env: environment(), stdio: ['ignore', 'ignore', 'pipe'] },
    });
    const ended = new Promise<NodeJS.Signals | null>(resolve =>
      child.on('exit', (_, signal) => resolve(signal)),
    );
    const isCopied = () =>
      readdirSync(temporary).some(name =>
        readdirSync(join(temporary, name)).some(file => file.startsWith('copy-')),
      );
    while (!isCopied() && child.exitCode === null) await wait(20);
    child.kill('SIGINT');
    expect(await ended).toBe('SIGINT');
    expectNothingLeft();
  });
});
