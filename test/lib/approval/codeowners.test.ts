import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  locateCodeowners,
  MAX_CODEOWNERS_BYTES,
  ownersOf,
  parseCodeowners,
} from '#lib/approval/codeowners.ts';

interface Cases {
  readonly whole_file: readonly {
    readonly name: string;
    readonly file: string;
    readonly path: string;
    readonly owners: readonly string[];
    readonly line: number | null;
  }[];
  readonly location: readonly { readonly present: readonly string[]; readonly used: string | null }[];
}

const fixture = join(import.meta.dirname, '../../fixtures/approval/codeowners-files.json');
const cases = JSON.parse(readFileSync(fixture, 'utf8')) as Cases;

test.each(cases.whole_file)('$name', ({ file, path, owners, line }) => {
  const rule = ownersOf(parseCodeowners(file), path);
  expect({ owners: rule?.owners ?? [], line: rule?.line ?? null }).toEqual({ owners, line });
});

test.each(cases.location)('of $present the file used is $used', ({ present, used }) => {
  expect(locateCodeowners(present) ?? null).toBe(used);
});

describe('a CODEOWNERS file', () => {
  const lineOf = (text: string, path = 'a.ts') => ownersOf(parseCodeowners(text), path);

  test('keeps its line numbers with Windows line ends, tabs, blanks and a byte order mark', () => {
    const rule = lineOf('\uFEFF# top\r\n\r\n \t* \t @a\t@b/c  \r\n');
    expect(rule).toMatchObject({ line: 3, owners: ['@a', '@b/c'] });
    expect(lineOf('\uFEFF* @a')).toMatchObject({ line: 1, owners: ['@a'] });
  });

  test('needs no line end after its last line', () => {
    expect(lineOf('* @a\n*.ts @b')?.owners).toEqual(['@b']);
  });

  test('takes ownership away with a line without owners', () => {
    expect(lineOf('* @a\n*.ts\n')).toMatchObject({ line: 2, owners: [] });
  });

  test('keeps escaped blanks in a pattern, also at its end', () => {
    expect(lineOf('a\\ b @x', 'a b')?.owners).toEqual(['@x']);
    expect(lineOf('a\\ ', 'a ')).toMatchObject({ line: 1, owners: [] });
  });

  test('ends a line at #, wherever it stands', () => {
    expect(lineOf('* @a#@b')?.owners).toEqual(['@a']);
    expect(lineOf('* @a #@b')?.owners).toEqual(['@a']);
    expect(lineOf('*#@a')?.owners).toEqual([]);
  });

  test.each([
    ['no @', '* user', '"user"'],
    ['one bad among good ones', '* @a user', '"user"'],
    ['a bot', '* @renovate[bot]', '"@renovate[bot]"'],
    ['an @ alone', '* @', '"@"'],
    ['a team without a name', '* @org/', '"@org/"'],
    ['a team of a team', '* @org/a/b', '"@org/a/b"'],
    ['an address without a domain', '* a@b', '"a@b"'],
    ['a blank that is none', '* @a\u00A0@b', 'is no @login'],
    ['a negation', '!a @x', 'later line'],
    ['a slash alone', '/ @x', 'never matches'],
    ['an escaped comment', '\\#a @x', 'backslash'],
    ['three asterisks', 'a/*** @x', 'three asterisks'],
  ])('skips a line with %s and reports it, the rest counts', (_, bad, reason) => {
    const file = parseCodeowners(`* @first\n${bad}\n`);
    expect(file.skipped).toEqual([{ line: 2, text: bad, reason: expect.stringContaining(reason) }]);
    expect(ownersOf(file, 'a')?.owners).toEqual(['@first']);
  });

  test('takes logins, teams and addresses as owners', () => {
    const owners = ['@octo-cat', '@acme/ml_leads.eu', '@user_acme', 'a.b+c@example.co.uk'];
    expect(lineOf(`* ${owners.join(' ')}`)?.owners).toEqual(owners);
  });

  test('of more than 3 MB is not loaded at all', () => {
    const rule = '* @a\n';
    const filler = (bytes: number) => `${rule}#${'é'.repeat((bytes - rule.length - 1) / 2)}`;
    expect(parseCodeowners(filler(MAX_CODEOWNERS_BYTES)).isTooLarge).toBe(false);
    expect(parseCodeowners(filler(MAX_CODEOWNERS_BYTES + 2))).toEqual({
      rules: [],
      skipped: [],
      isTooLarge: true,
    });
  });

  test.each([
    ['backslashes', '\\'.repeat(2_900_000)],
    ['blanks', `x${' '.repeat(2_900_000)}`],
    ['dots after an @', `* a@${'.'.repeat(2_900_000)}@`],
    ['owners', `*${' @a'.repeat(900_000)}`],
  ])('of one endless line of %s is read', (_, text) => {
    expect(parseCodeowners(text).isTooLarge).toBe(false);
  });
});
