import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { digestSubject, type Subject } from '#lib/approval/subject.ts';

const subject: Subject = {
  files: [
    { path: 'b.yaml', blob: 'b1' },
    { path: 'a.yaml', blob: null },
  ],
  promotions: [
    { model: 'm', version: '1.0.0.1', environment: 'staging', artifact: 'sha256:a', evidence: 'sha256:e' },
    { model: 'm', version: '1.0.0.1', environment: 'production', artifact: 'sha256:a', evidence: 'sha256:e' },
  ],
};

test('the digest is that of the canonical text', () => {
  const text =
    '{"files":[["a.yaml",null],["b.yaml","b1"]],"kind":"ApprovalSubject","promotions":' +
    '[["m","production","1.0.0.1","sha256:a","sha256:e"],["m","staging","1.0.0.1","sha256:a","sha256:e"]]}';
  expect(digestSubject(subject)).toBe(`sha256:${createHash('sha256').update(text).digest('hex')}`);
});

test('the order of files and promotions does not matter', () => {
  const other = { files: subject.files.toReversed(), promotions: subject.promotions.toReversed() };
  expect(digestSubject(other)).toBe(digestSubject(subject));
});

const file = subject.files[0]!;
const promotion = subject.promotions[0]!;

test.each<[string, Partial<Subject>]>([
  ['another content', { files: [{ ...file, blob: 'b2' }, subject.files[1]!] }],
  ['a deletion', { files: [{ ...file, blob: null }, subject.files[1]!] }],
  ['another name', { files: [{ ...file, path: 'c.yaml' }, subject.files[1]!] }],
  ['a file less', { files: [file] }],
  ['a promotion less', { promotions: [promotion] }],
  ['another model', { promotions: [{ ...promotion, model: 'n' }, subject.promotions[1]!] }],
  ['another version', { promotions: [{ ...promotion, version: '1.0.0.2' }, subject.promotions[1]!] }],
  ['another environment', { promotions: [{ ...promotion, environment: 'dev' }, subject.promotions[1]!] }],
  ['another artifact', { promotions: [{ ...promotion, artifact: 'sha256:b' }, subject.promotions[1]!] }],
  ['other evidence', { promotions: [{ ...promotion, evidence: 'sha256:f' }, subject.promotions[1]!] }],
])('%s is another subject', (_, changes) => {
  expect(digestSubject({ ...subject, ...changes })).not.toBe(digestSubject(subject));
});
