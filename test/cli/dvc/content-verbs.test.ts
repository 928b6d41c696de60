import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const launcher = join(import.meta.dirname, '../../../actions/cli/mainline.js');

function createRepository() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'content-verbs-')));
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  };
  write('.dvc/config', '[core]\n    no_scm = True\n');
  const run = (args: readonly string[], input = '') =>
    new Promise<{ code: number; stdout: string; stderr: string }>(resolve => {
      const child = execFile(
        process.execPath,
        [launcher, 'dvc', ...args],
        { cwd: root },
        (error, stdout, stderr) => {
          resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
        },
      );
      child.stdin?.end(input);
    });
  return { root, write, run };
}

// The texts, hashes and .dvc files below are those of DVC 3.67.1.
const TEXT = 'a\r\nb\n\r\n';
const LEGACY = '2a78ec56388379f8d199c845f73d611f';
const MD5 = '693c85b1eaa9d91b60b3d5ee667e3339';

it('cache migrate gives objects of DVC 2 a second name, and with --dvc-files entries the form of DVC 3', async () => {
  const { root, write, run } = createRepository();
  write(`.dvc/cache/${LEGACY.slice(0, 2)}/${LEGACY.slice(2)}`, TEXT);
  write('f', TEXT);
  write('f.dvc', `outs:\n- md5: ${LEGACY}\n  size: 7\n  path: f\n`);
  write('binary', 'x\0');
  write('binary.dvc', 'outs:\n- md5: 50be5485f84a58d460ffa25ebf1012c7\n  size: 2\n  path: binary\n');
  const object = join(root, '.dvc/cache/files/md5', MD5.slice(0, 2), MD5.slice(2));
  expect(await run(['cache', 'migrate', '--dry', '--dvc-files'])).toMatchObject({ code: 0 });
  expect(statSync(object, { throwIfNoEntry: false })).toBeUndefined();
  expect(await run(['cache', 'migrate', '--dvc-files'])).toMatchObject({ code: 0, stderr: '' });
  expect(statSync(object)).toMatchObject({ nlink: 2, mode: 0o100444 });
  expect(readFileSync(join(root, 'f.dvc'), 'utf8')).toBe(
    `outs:\n- md5: ${MD5}\n  size: 7\n  path: f\n  hash: md5\n`,
  );
  expect(readFileSync(join(root, 'binary.dvc'), 'utf8')).toContain('  hash: md5\n');
});

it('check-ignore answers with the lines and exit codes of DVC', async () => {
  const { write, run } = createRepository();
  write('.dvcignore', '*.log\n!keep.log\n');
  const details = '.dvcignore:1:*.log\tz.log\n.dvcignore:2:!keep.log\tkeep.log\n';
  expect(await run(['check-ignore', 'z.log', 'keep.log'])).toMatchObject({ code: 0, stdout: 'z.log\n' });
  expect(await run(['check-ignore', '-d', 'z.log', 'keep.log', 'x'])).toMatchObject({
    code: 0,
    stdout: details,
  });
  expect(await run(['check-ignore', '-d', '-n', 'x'])).toMatchObject({ code: 1, stdout: '::\tx\n' });
  expect(await run(['check-ignore', '--stdin'], 'x\nz.log\n')).toMatchObject({ code: 0, stdout: 'z.log\n' });
  expect(await run(['check-ignore', '-q', 'z.log'])).toMatchObject({ code: 0, stdout: '' });
  for (const wrong of [[], ['--stdin', 'x'], ['-n', 'x'], ['-a', 'x'], ['-q', '-d', 'x']]) {
    expect(await run(['check-ignore', ...wrong])).toMatchObject({ code: 255, stdout: '' });
  }
});

it('unprotect makes links files, and says what is not there', async () => {
  const { root, write, run } = createRepository();
  write('object', 'x');
  symlinkSync('object', join(root, 'link'));
  expect(await run(['unprotect', 'link'])).toMatchObject({ code: 0 });
  expect(statSync(join(root, 'link'))).toMatchObject({ nlink: 1, mode: 0o100644 });
  expect(await run(['unprotect', 'nothing'])).toMatchObject({
    code: 255,
    stderr: expect.stringContaining('nothing is not there'),
  });
});
