import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type AddOptions, addData } from '#lib/flows/dvc/add.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'mainline-add-')));
  git('init', '-q');
  mkdirSync(join(root, '.dvc'));
  mkdirSync(join(root, 'data'));
  writeFileSync(join(root, '.dvc/config'), '');
  writeFileSync(join(root, 'data/a'), 'a');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

const git = (...words: readonly string[]) => execFileSync('git', words, { cwd: root, stdio: 'pipe' });

/** Long after everything was written. */
const add = (options: Partial<AddOptions> = {}) =>
  addData({
    ...{ directory: root, env: {}, targets: ['data'], now: () => Date.now() + 10_000 },
    ...{ command: 'mainline dvc add data', onWait: () => {} },
    ...options,
  });

describe('what is added again', () => {
  const withoutGit = () => vi.stubEnv('PATH', '');

  test('is not asked for in the index of git, which is as it was, nor where nobody wants to know', async () => {
    await add();
    withoutGit();
    expect((await add({ quiet: true })).added).toMatchObject([{ file: 'data.dvc', changed: false }]);
  });

  test('is asked for as long as the index may still be changing', async () => {
    await add({ now: () => Date.now() - 10_000 });
    withoutGit();
    await expect(add({ quiet: true })).rejects.toThrow('git is not installed');
  });

  test('is refused once git tracks it', async () => {
    await add();
    git('add', '--force', 'data/a');
    await expect(add()).rejects.toThrow('git tracks data already');
  });

  test('is asked for when it is another path', async () => {
    await add();
    writeFileSync(join(root, 'b'), 'b');
    git('add', 'b');
    await add();
    await expect(add({ targets: ['b'] })).rejects.toThrow('git tracks b already');
  });

  test('enters the index of git where that is configured, also when nobody is told', async () => {
    writeFileSync(join(root, '.dvc/config'), '[core]\n    autostage = true\n');
    expect((await add({ quiet: true })).written.staged).toBe(true);
    expect(String(git('ls-files'))).toContain('data.dvc');
  });
});
