import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type AuditEntry, chainRecord, isIntact, readAuditRecord } from '#lib/audit/record.ts';
import { verifyChain } from '#lib/audit/verify.ts';

const release: AuditEntry = {
  model: 'eta',
  event: 'release',
  at: '2026-11-21T02:00:00Z',
  by: '@ann',
  version: '1.0.0.0',
  commit: 'c'.repeat(40),
  details: { b: 1, a: ['x'] },
};
const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

it('the first record is number 1, links to nothing and hashes its canonical JSON, by hand', () => {
  const json = `{"apiVersion":"mainline.dev/v1alpha1","at":"2026-11-21T02:00:00Z","by":"@ann","commit":"${'c'.repeat(40)}","details":{"a":["x"],"b":1},"event":"release","kind":"AuditRecord","model":"eta","n":1,"prev":null,"version":"1.0.0.0"}`;
  const { path, text } = chainRecord(undefined, release);
  expect(path).toBe('audit/eta/000001-release.json');
  expect(text).toBe(`{
  "apiVersion": "mainline.dev/v1alpha1",
  "at": "2026-11-21T02:00:00Z",
  "by": "@ann",
  "commit": "${'c'.repeat(40)}",
  "details": {
    "a": [
      "x"
    ],
    "b": 1
  },
  "event": "release",
  "hash": "${sha256(json)}",
  "kind": "AuditRecord",
  "model": "eta",
  "n": 1,
  "prev": null,
  "version": "1.0.0.0"
}
`);
});

it('the next record counts on and links to the bytes of the file before', () => {
  const first = chainRecord(undefined, release);
  const { path, text } = chainRecord(first, { ...release, event: 'abort' });
  expect(path).toBe('audit/eta/000002-abort.json');
  expect(readAuditRecord(text, path)).toMatchObject({ n: 2, prev: sha256(first.text) });
});

it('a chain goes on in its own model only, and only after a record', () => {
  const first = chainRecord(undefined, release);
  expect(() => chainRecord(first, { ...release, model: 'tip' })).toThrow('tip cannot follow eta');
  expect(() => chainRecord({ text: '{}' }, release)).toThrow('is missing');
  expect(() => chainRecord({ text: 'n: 1' }, release)).toThrow('is missing');
});

it('a record with any details reads back, is intact and makes a whole chain', () => {
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), { minLength: 1, maxLength: 4 }),
      all => {
        const files: { path: string; text: string }[] = [];
        for (const details of all) {
          files.push(chainRecord(files.at(-1), { ...release, details: JSON.parse(JSON.stringify(details)) }));
        }
        expect(verifyChain(files)).toEqual([]);
        for (const { path, text } of files) expect(isIntact(readAuditRecord(text, path), text)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

it('words that mean something in YAML mean nothing here', () => {
  const details = { '<<': { a: 1 }, ['k'.repeat(3000)]: '*a', '? ': null };
  const { path, text } = chainRecord(undefined, { ...release, details });
  expect(readAuditRecord(text, path).details).toEqual(details);
});
