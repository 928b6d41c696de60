// Names and values that are commands to terminals, to GitHub, to XML and to Markdown, in every form of the report.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { validationSchema } from '#lib/contracts/validation.ts';
import { validationBlocks } from '#lib/reports/contracts/validation-blocks.ts';
import { renderMarkdown } from '#lib/reports/markdown.ts';

const mainline = join(import.meta.dirname, '../../../actions/cli/mainline.js');
/** Colours, a direction override, blanks without width, tags, links, mentions, and a line that is a command. */
const EVIL =
  'a\u001b[31m\u202e<script>x</script>|**b** [l](javascript:x) ![i](//x) <!--c @team #1 ]]>\n ::error::boo & " \' \u200b\u0085%0A\u009b2J';
const CONTRACT = {
  ...{ apiVersion: 'v3.1.0', kind: 'DataContract', id: EVIL, version: '1.0.0', status: 'active' },
  schema: [
    {
      name: `t${EVIL}`,
      properties: [
        {
          ...{ name: EVIL, logicalType: 'integer', description: EVIL },
          quality: [
            {
              name: EVIL,
              description: EVIL,
              metric: 'invalidValues',
              arguments: { validValues: ['x'] },
              mustBe: 0,
            },
            { type: 'text', name: `w${EVIL}`, description: EVIL },
          ],
        },
        { name: 'k', primaryKey: true },
        { name: `none${EVIL}` },
      ],
      quality: [{ type: 'sql', name: EVIL, query: 'SELECT count(*) FROM nowhere', mustBe: 0 }],
    },
  ],
};
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  write('contract.odcs.yaml', JSON.stringify(CONTRACT));
  write('data.csv', `${quoted(EVIL)},k,${quoted(`more${EVIL}`)}\n${quoted(EVIL)},${quoted(EVIL)},1\n`);
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string | Uint8Array): void {
  writeFileSync(join(folder, name), text);
}

function validate(...words: readonly string[]) {
  const all = [mainline, 'contract', 'validate', ...words];
  const env = { ...process.env, NO_COLOR: '1' };
  return spawnSync(process.execPath, all, { cwd: folder, encoding: 'utf8', env });
}

/** What no line of a log may hold: a command of GitHub's, and characters that are not seen. */
function expectHarmless(log: string): void {
  for (const line of log.split('\n')) expect(line).not.toMatch(/^\s*::/u);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  expect(log).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/u);
}

describe('names and values are text', () => {
  test('to the terminal and to the log', () => {
    const { status, stdout, stderr } = validate('--data', 'data.csv', '--verbose');
    expect([status, stderr]).toEqual([1, '']);
    expect(stdout).toContain('‹U+202E›<script>x</script>');
    expectHarmless(stdout);
  });

  test('to GitHub: one command a failed check, each a line', () => {
    const { stdout } = validate('--data', 'data.csv', '--format', 'github');
    const lines = stdout.trimEnd().split('\n');
    for (const line of lines)
      expect(line).toMatch(/^::error file=contract\.odcs\.yaml,line=1,col=\d+,title=[^:,]*::/u);
    expect(lines.length).toBe(5);
    expectHarmless(lines.map(line => line.slice(2)).join('\n'));
  });

  test('to XML, which stays well-formed', () => {
    const { stdout } = validate('--data', 'data.csv', '--format', 'junit');
    expect(elementsOf(stdout).filter(name => name === 'testcase')).toHaveLength(11);
    expectHarmless(stdout);
  });

  test('to programs, which get them as they are', () => {
    const { tables } = validationSchema.parse(JSON.parse(validate('--data', 'data.csv', '--json').stdout));
    expect(tables[0]?.table).toBe(`t${EVIL}`);
    expect(tables[0]?.checks.some(({ column }) => column === EVIL)).toBe(true);
  });

  test('to Markdown: no tag, link, picture, mention or bold is made of them', () => {
    const validation = validationSchema.parse(JSON.parse(validate('--data', 'data.csv', '--json').stdout));
    const markdown = renderMarkdown(validationBlocks(validation));
    expect(markdown).toContain('script');
    expect(markdown).not.toMatch(/<script|<!--c|(?<!\\)(?:\*\*b|\]\(|!\[|#1\b)|@team/u);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(markdown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u202a-\u202e]/u);
  });

  test('where a file cannot be read for its names', () => {
    write('twice.csv', `${quoted(EVIL)},${quoted(EVIL)}\n1,2\n`);
    const { status, stdout, stderr } = validate('--data', 'twice.csv');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('is named twice in the header');
    expectHarmless(stderr);
  });
});

/** The names of all elements of a document; fails where it is not well-formed (XML 1.0, 2.1), as far as JUnit's XML goes. */
function elementsOf(xml: string): readonly string[] {
  expect(xml).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/u);
  const names: string[] = [];
  const open: string[] = [];
  const text =
    "(?:[\\t\\n\\r -%'-;=-\\uD7FF\\uE000-\\uFFFD\\u{10000}-\\u{10FFFF}]|&(?:amp|lt|gt|quot|apos|#\\d+);)";
  const token = new RegExp(`<(/?)([a-z]+)((?: [a-z]+="${text}*?")*)(/?)>|${text}`, 'uy');
  token.lastIndex = xml.indexOf('\n') + 1;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const found = token.exec(xml);
    if (!found) throw new Error(`not well-formed at ${JSON.stringify(xml.slice(at, at + 60))}`);
    const [, closes, name, , isEmpty] = found;
    if (name === undefined) continue;
    if (closes) expect(open.pop()).toBe(name);
    else names.push(name);
    if (!closes && !isEmpty) open.push(name);
  }
  expect(open).toEqual([]);
  return names;
}

describe('what cannot be checked ends with 2, names the file and says what to do:', () => {
  test.each([
    [
      'a folder without data',
      'folder.csv',
      () => mkdirSync(join(folder, 'folder.csv')),
      /no data at folder\.csv/,
    ],
    [
      'a link to nowhere',
      'broken.csv',
      () => symlinkSync('nowhere', join(folder, 'broken.csv')),
      /no data at broken/,
    ],
    [
      'Arrow that is none',
      'a.arrow',
      () => write('a.arrow', 'n,c\n1,2\n'),
      /^error a\.arrow This is no Arrow file/,
    ],
    ['Arrow without a byte', 'b.arrow', () => write('b.arrow', ''), /^error b\.arrow The file is empty/],
  ])('%s', (_, name, make, told) => {
    make();
    const { status, stdout, stderr } = validate('--data', name);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(told);
    expect(stderr).toContain('\n  -> ');
    expect(stderr).not.toContain(folder);
  });

  test('a file that may not be read', context => {
    if (process.getuid?.() === 0) return context.skip('root reads whatever it wants');
    for (const name of ['secret.csv', 'secret.jsonl', 'secret.parquet']) {
      writeFileSync(join(folder, name), 'x', { mode: 0o000 });
      const { status, stderr } = validate('--data', name);
      expect(status).toBe(2);
      expect(stderr).toMatch(/may not be read|Permission denied/u);
    }
  });
});
