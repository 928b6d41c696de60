import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareText } from '#lib/documents/canonical.ts';
import { formatListing, nameListing, parseListing, sortEntries } from '#lib/dvc/objects/listing.ts';
import type { TreeEntry } from '#lib/dvc/objects/object.ts';
import { FIXTURES } from '../values/typed-values.ts';
import { readFiles } from '../work-tree/work-place.ts';

const MD5 = 'b1946ac92492d2347c6235b4d2611184';

it("DVC's own listings are read and written back byte for byte, under their own names", () => {
  const objects = Object.entries({
    ...readFiles(`${FIXTURES}edge-cache/files/md5`),
    ...readFiles(`${FIXTURES}pipeline/cache/files/md5`),
  });
  const listings = objects.filter(([name]) => name.endsWith('.dir'));
  expect(listings.length).toBeGreaterThan(3);
  for (const [name, text] of listings) {
    const entries = parseListing(text);
    if (typeof entries === 'string') throw new Error(entries);
    expect(formatListing(entries)).toBe(text);
    expect(nameListing(text)).toBe(name.replace('/', ''));
  }
});

const path = fc
  .array(fc.string({ minLength: 1, maxLength: 6, unit: 'binary' }), { minLength: 1, maxLength: 3 })
  .map(parts => parts.map(part => `f${part.replaceAll(/[/\0]/g, '_')}`).join('/'));

it('whatever the names are, what is written is read back, sorted by code point', () => {
  fc.assert(
    fc.property(fc.uniqueArray(path, { maxLength: 12 }), names => {
      const isNested = names.some(name => names.some(other => other.startsWith(`${name}/`)));
      const entries = sortEntries(names.map((relpath): TreeEntry => ({ md5: MD5, relpath })));
      expect(entries.map(({ relpath }) => relpath)).toEqual(names.toSorted(compareText));
      const read = parseListing(formatListing(entries));
      if (isNested) expect(read).toContain('is a file and a folder');
      else expect(read).toEqual(entries);
    }),
  );
});

it('the text is what Python writes', () => {
  const names = ['a b', 'é', '\u{1f600}', '"\\', '\x7f\x01\n', '\ufb00'];
  const entries = sortEntries(names.map((relpath): TreeEntry => ({ md5: MD5, relpath })));
  // json.dumps([{"md5": ..., "relpath": ...}], sort_keys=True) of Python 3.11
  const paths = ['"\\"\\\\"', '"a b"', '"\\u007f\\u0001\\n"', '"\\u00e9"', '"\\ufb00"', '"\\ud83d\\ude00"'];
  const expected = paths.map(text => `{"md5": "${MD5}", "relpath": ${text}}`).join(', ');
  expect(formatListing(entries)).toBe(`[${expected}]`);
  expect(nameListing('[]')).toBe(
    `${execFileSync('md5sum', { input: '[]', encoding: 'utf8' }).slice(0, 32)}.dir`,
  );
});

const entry = (relpath: unknown, md5: unknown = MD5) => JSON.stringify([{ md5, relpath }]);
it.each([
  ['no JSON', '[{"md5"', 'is not JSON'],
  ['an object', '{}', 'is not a list'],
  ['a number', '[1]', 'has no MD5'],
  ['null', '[null]', 'has no MD5'],
  ['a path upwards', entry('../evil'), 'leaves its folder'],
  ['a path upwards inside', entry('a/../../evil'), 'leaves its folder'],
  ['an absolute path', entry('/etc/passwd'), 'leaves its folder'],
  ['the folder itself', entry('.'), 'leaves its folder'],
  ['an empty path', entry(''), 'leaves its folder'],
  ['an empty part', entry('a//b'), 'leaves its folder'],
  ['a folder as a file', entry('a/'), 'leaves its folder'],
  ['a NUL', entry('a\0b'), 'leaves its folder'],
  ['a path that is a number', entry(7), 'leaves its folder'],
  ['half a sign', entry('a\ud800b'), 'is no Unicode'],
  ["git's own folder", entry('.git/hooks/post-checkout'), 'belongs to git or DVC'],
  ['a repository inside, in capitals', entry('sub/.GIT/config'), 'belongs to git or DVC'],
  ['a file of git', entry('sub/.git'), 'belongs to git or DVC'],
  ["DVC's own folder", entry('.Dvc/config'), 'belongs to git or DVC'],
  ['patterns of DVC', entry('a/.dvcignore'), 'belongs to git or DVC'],
  ['an MD5 that is a path', entry('a', '../../../etc/passwd'), 'has no MD5'],
  ['a path twice', `[${entry('a').slice(1, -1)}, ${entry('a').slice(1, -1)}]`, 'is there twice'],
  [
    'a file that is a folder',
    `[${entry('a').slice(1, -1)}, ${entry('a/b/c').slice(1, -1)}]`,
    'is a file and a folder',
  ],
])('a listing with %s is refused', (_, text, reason) => {
  expect(parseListing(text)).toContain(reason);
});

it('a listing of a million files is read and named', () => {
  const entries = Array.from({ length: 1_000_000 }, (_, index): TreeEntry => {
    return { md5: MD5, relpath: `d${index % 1000}/${index}` };
  });
  const read = parseListing(formatListing(entries));
  expect(read).toHaveLength(1_000_000);
});
