import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import { newTracked, renewTracked } from '#lib/dvc/tracked/new-tracked.ts';
import { parseTracked } from '#lib/dvc/tracked/parse-tracked.ts';
import { editTracked } from '#lib/dvc/tracked/write-tracked.ts';
import type { Value } from '#lib/dvc/values/value.ts';
import { writeMap } from '#lib/dvc/values/yaml-write.ts';

interface Edit {
  readonly text: string;
  readonly fingerprint: Fingerprint | null;
  /** As DVC 3.67.1 wrote it. */
  readonly result: string;
}

const recorded: { readonly cases: readonly Edit[] } = JSON.parse(
  readFileSync('test/fixtures/dvc/tracking/edits.json', 'utf8'),
);
const file = '/repo/f.dvc';

describe('a .dvc file that people wrote in', () => {
  test.for(recorded.cases.map((one, index) => [index, one] as const))(
    'is changed to the bytes that DVC writes: case %i',
    async ([, { text, fingerprint, result }]) => {
      const outs = fingerprint ? [{ fingerprint }] : [];
      expect(await editTracked({ text, file }, '/repo', { outs })).toBe(result);
      expect((await parseTracked(result, file, '/repo')).outs).toHaveLength(1);
    },
  );

  test('keeps its values, though not its layout, when it uses anchors for whole maps', async () => {
    const text = 'meta:\n  a: &x\n    k: 1\n  b: *x\nouts:\n- path: d\n';
    const md5 = 'd3b07384d113edec49eaa6238ad5ff00';
    const result = await editTracked({ text, file }, '/repo', { outs: [{ fingerprint: { md5, size: 4 } }] });
    expect(result).toBe(
      `outs:\n- md5: ${md5}\n  size: 4\n  hash: md5\n  path: d\nmeta:\n  a:\n    k: 1\n  b:\n    k: 1\n`,
    );
  });
});

test('a new .dvc file is the one that DVC 3.67.1 writes', () => {
  const print = { md5: '9dd4e461268c8034f5c8564e155c67a6', size: 1, isexec: true } as const;
  expect(newTracked('m.bin', print)).toBe(
    'outs:\n- md5: 9dd4e461268c8034f5c8564e155c67a6\n  size: 1\n  isexec: true\n  hash: md5\n  path: m.bin\n',
  );
});

describe('a .dvc file that says nothing else', () => {
  const print = fc.record({
    md5: fc.stringMatching(/^[0-9a-f]{32}$/u),
    size: fc.nat(),
    more: fc.constantFrom<Partial<Fingerprint>>({}, { nfiles: 3 }, { isexec: true }),
  });
  const name = fc.constantFrom(
    'data',
    'a b',
    'é.bin',
    '1.0',
    '- x',
    'null',
    "it's",
    'x: y',
    '#',
    'long'.repeat(40),
  );

  test('has the lines of the general writer, whatever its name and content', () => {
    const odd = fc.constantFrom(
      '1e5',
      '0x1f',
      '.5',
      'yes',
      '~',
      '=',
      '1_000',
      '...',
      '---',
      '-',
      '@a',
      'a@b',
    );
    const content = fc.oneof(print, fc.constantFrom({ md5: '1'.repeat(32), size: 0, more: {} }));
    fc.assert(
      fc.property(fc.oneof(name, odd, fc.stringMatching(/^[\w./+=@-]{1,6}$/)), content, (path, drawn) => {
        const { md5, size, more } = drawn;
        const meta = Object.entries(more).map(([key, value]): readonly [string, Value] => {
          return [key, typeof value === 'number' ? BigInt(value) : (value ?? null)];
        });
        const out = new Map<string, Value>([
          ['md5', md5],
          ['size', BigInt(size)],
          ...meta,
          ['hash', 'md5'],
          ['path', path],
        ]);
        expect(newTracked(path, { md5, size, ...more })).toBe(writeMap(new Map([['outs', [out]]]), 0));
      }),
      { numRuns: 500 },
    );
  });

  test('is renewed as its editor would do it, whatever its name and content', async () => {
    await fc.assert(
      fc.asyncProperty(name, print, print, async (path, before, after) => {
        const [first, next] = [before, after].map(({ more, ...one }): Fingerprint => ({ ...one, ...more }));
        if (!first || !next) throw new Error('two were drawn');
        const text = newTracked(path, first);
        const tracked = await parseTracked(text, file, '/repo');
        const edited = await editTracked(tracked, '/repo', { outs: [{ fingerprint: next }] });
        const renewed = renewTracked(tracked, next);
        expect(renewed ?? edited).toBe(edited);
        if (Object.keys(first).join() === Object.keys(next).join()) expect(renewed).toBeDefined();
      }),
    );
  });

  test.for([
    ['a comment', '# mine\n'],
    ['a description', 'desc: mine\n'],
    ['a blank line', '\n'],
    ['another output', '- md5: 9dd4e461268c8034f5c8564e155c67a6\n  hash: md5\n  path: other\n'],
  ])('is left to its editor with %s', async ([, more]) => {
    const text = newTracked('data', { md5: '9dd4e461268c8034f5c8564e155c67a6', size: 1 });
    const next = { md5: '8d777f385d3dfec8815d20f7496026dc', size: 2 };
    expect(renewTracked(await parseTracked(text, file, '/repo'), next)).toBeDefined();
    expect(renewTracked(await parseTracked(text + more, file, '/repo'), next)).toBeUndefined();
  });
});

test('an import is sealed with the checksum that DVC 3.67.1 gave it', async () => {
  const entry = (path: string) =>
    `- md5: 8d777f385d3dfec8815d20f7496026dc\n  size: 4\n  hash: md5\n  path: ${path}\n`;
  const said = `frozen: true\ndeps:\n${entry('../src.txt')}outs:\n${entry('imp.txt')}`;
  const text = `md5: 00000000000000000000000000000000\n${said}`;
  expect(await editTracked({ text, file }, '/repo', { seal: true })).toBe(
    `md5: 21194d53e725b8c86adcb57a1ffb8b08\n${said}`,
  );
});
