import { expect, it } from 'vitest';
import { chainRecord } from '#lib/audit/record.ts';
import { type AuditFile, verifyChain } from '#lib/audit/verify.ts';

const files: AuditFile[] = [];
for (const event of ['release', 'rollout', 'advance', 'abort', 'rollback'] as const) {
  const entry = {
    model: 'eta',
    event,
    at: '2026-11-21T02:00:00Z',
    by: '@ann',
    commit: 'c'.repeat(40),
    details: {},
  };
  files.push(chainRecord(files.at(-1), entry));
}
const [one, two, three, four, five] = files as [AuditFile, AuditFile, AuditFile, AuditFile, AuditFile];
const edited = (file: AuditFile, from: string, to: string) => ({
  ...file,
  text: file.text.replace(from, to),
});
const kinds = (chain: readonly AuditFile[]) =>
  verifyChain(chain).map(({ path, kind }) => `${path.slice('audit/eta/'.length, -'.json'.length)} ${kind}`);

it.each<readonly [string, readonly AuditFile[], readonly string[]]>([
  ['nothing', files, []],
  [
    'an edit',
    [one, two, edited(three, '@ann', '@bob'), four, five],
    ['000003-advance edited', '000004-abort broken link'],
  ],
  [
    'an edit of the newest',
    [one, two, three, four, edited(five, '@ann', '@bob')],
    ['000005-rollback edited'],
  ],
  [
    'a space at the end of the newest',
    [one, two, three, four, { ...five, text: `${five.text} ` }],
    ['000005-rollback edited'],
  ],
  ['a deletion', [one, two, four, five], ['000004-abort gap']],
  ['a deletion of the first', [two, three, four, five], ['000002-rollout gap']],
  [
    'a swap of two files',
    [one, two, four, three, five],
    ['000004-abort gap', '000003-advance out of order', '000005-rollback gap'],
  ],
  [
    'a swap of two contents',
    [one, { ...two, text: three.text }, { ...three, text: two.text }, four, five],
    ['000002-rollout wrong path', '000003-advance wrong path', '000004-abort broken link'],
  ],
  ['a copy', [one, two, two, three, four, five], ['000002-rollout out of order']],
  [
    'a copy under the next name',
    [one, two, { ...two, path: three.path }, four, five],
    ['000003-advance wrong path', '000004-abort broken link'],
  ],
  [
    'a cut file',
    [one, two, { ...three, text: three.text.slice(0, 99) }, four, five],
    ['000003-advance not readable', '000004-abort broken link'],
  ],
  ['an empty file', [one, two, three, four, { ...five, text: '' }], ['000005-rollback not readable']],
  [
    'another model',
    files.map(file => ({ ...file, path: file.path.replace('eta', 'tip') })).slice(0, 1),
    ['000001-release wrong path'],
  ],
  ['the newest missing, which no chain can show', files.slice(0, 3), []],
])('%s', (_, chain, expected) => {
  expect(kinds(chain)).toEqual(expected);
});

it('a chain whose record was made anew with its hash does not hold', () => {
  const forged = chainRecord(two, {
    model: 'eta',
    event: 'advance',
    at: '2026-11-21T02:00:00Z',
    by: '@mallory',
    commit: 'c'.repeat(40),
    details: {},
  });
  expect(kinds([one, two, forged, four, five])).toEqual(['000004-abort broken link']);
});

it('a problem says what was expected', () => {
  expect(verifyChain([one, three])).toEqual([
    { path: three.path, kind: 'gap', message: 'number 2 is missing before number 3' },
  ]);
});

it('a record of another model has no place in a chain', () => {
  const entry = { model: 'tip', event: 'abort', at: '2026-11-21T02:00:00Z', by: '@ann' } as const;
  const tip = chainRecord(undefined, { ...entry, commit: 'c'.repeat(40), details: {} });
  const next = chainRecord(tip, { ...entry, commit: 'c'.repeat(40), details: {} });
  expect(verifyChain([one, next]).map(({ kind }) => kind)).toEqual(['wrong path']);
});
