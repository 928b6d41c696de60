import { mkdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { expect, it } from 'vitest';
import { createIgnore } from '#lib/dvc/scan/ignore.ts';
import recorded from '../../../fixtures/dvc/ignore/recorded.json' with { type: 'json' };
import { createWorkPlace } from '../work-tree/work-place.ts';

const ROOT = '/repository';

/** Patterns in files of folders, without a disk. */
function ignoreBy(files: Readonly<Record<string, string | undefined>>) {
  return createIgnore(ROOT, file => files[file.slice(ROOT.length + 1).replace(/\/?\.dvcignore$/, '')]);
}

it.each(recorded.cases)(
  'random patterns $files leave out what DVC leaves out, and are named as there',
  one => {
    const ignore = ignoreBy(one.files);
    const answers = one.answers.map(([name, isFolder]) => {
      const path = `${ROOT}/${name}`;
      const { isIgnored, origin } = ignore.explain(path, isFolder === true);
      expect(ignore.in(dirname(path))(basename(path), isFolder === true)).toBe(isIgnored);
      return [name, isFolder, isIgnored, origin ?? null];
    });
    expect(answers).toEqual(one.answers);
  },
);

it("git's, Mercurial's and DVC's own folders are left out without any pattern", () => {
  const ignore = ignoreBy({});
  const isLeftOut = ignore.in(`${ROOT}/data`);
  expect(['.git', '.hg', '.dvc', 'x'].map(name => isLeftOut(name, true))).toEqual([true, true, true, false]);
  expect(ignore.explain(`${ROOT}/a/.git/config`, false)).toEqual({ isIgnored: true, origin: ':.git' });
});

it('a repository inside the repository is left out, also when patterns say otherwise', () => {
  const { root, path, write } = createWorkPlace();
  write('.dvcignore', '!inner\n');
  mkdirSync(path('a/inner/.dvc'), { recursive: true });
  const ignore = createIgnore(root);
  const expected = { isIgnored: true, origin: 'in sub_repo:inner' };
  expect(ignore.explain(path('a/inner'), true)).toEqual(expected);
  expect(ignore.explain(path('a/inner/deep/file'), false)).toEqual(expected);
  expect(ignore.explain(path('a/other'), false)).toEqual({ isIgnored: false, origin: undefined });
});

it('what lies outside of the repository is never left out', () => {
  expect(ignoreBy({ '': '*' }).explain('/elsewhere/x', false).isIgnored).toBe(false);
  expect(ignoreBy({ '': '*' }).in('/repository-too')('x', false)).toBe(false);
});

it('a pattern that cannot be read is named with its file and line', () => {
  const ignore = ignoreBy({ a: '# fine\nb\\\n' });
  expect(() => ignore.explain(`${ROOT}/a/x`, false)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('cannot be read'),
      at: { file: `${ROOT}/a/.dvcignore`, line: 2, column: 1 },
    }),
  );
});
