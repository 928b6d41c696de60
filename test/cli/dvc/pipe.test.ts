import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const LAUNCHER = resolve('actions/cli/mainline.js');
const FILES = 3000;
let root: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'mainline-pipe-')));
  mkdirSync(join(root, '.dvc'));
  mkdirSync(join(root, 'data'));
  for (let file = 0; file < FILES; file++) writeFileSync(join(root, 'data', `${file}${'x'.repeat(60)}`), '');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const shell = (line: string) =>
  execFileSync('bash', ['-c', `list() { "${process.execPath}" "${LAUNCHER}" dvc ls . data; }; ${line}`], {
    cwd: root,
  }).toString();

describe('what is written to a pipe', () => {
  test('arrives whole, however late it is read', () => {
    expect(Number(shell('list | (sleep 1; wc -l)'))).toBe(FILES);
  });

  test('ends the verb as a signal would where nobody reads on', () => {
    expect(shell('{ list; echo $? >&3; } 3>code | head -n 1 > line; cat code')).toBe('141\n');
  });
});
