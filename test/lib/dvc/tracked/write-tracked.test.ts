import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import { parseTracked } from '#lib/dvc/tracked/parse-tracked.ts';
import { editTracked, newTracked } from '#lib/dvc/tracked/write-tracked.ts';

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

test('an import is sealed with the checksum that DVC 3.67.1 gave it', async () => {
  const entry = (path: string) =>
    `- md5: 8d777f385d3dfec8815d20f7496026dc\n  size: 4\n  hash: md5\n  path: ${path}\n`;
  const said = `frozen: true\ndeps:\n${entry('../src.txt')}outs:\n${entry('imp.txt')}`;
  const text = `md5: 00000000000000000000000000000000\n${said}`;
  expect(await editTracked({ text, file }, '/repo', { seal: true })).toBe(
    `md5: 21194d53e725b8c86adcb57a1ffb8b08\n${said}`,
  );
});
