// A git repository on a machine without git, such as a bare container: what has to ask git says so before anything runs.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Answer, launchDvc } from '../../support/launch-dvc.ts';

let top: string;
let root: string;
beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'without-git-')));
  root = join(top, 'repository');
  execFileSync('git', ['init', '-q', root]);
  mkdirSync(join(root, '.dvc'));
  writeFileSync(join(root, '.dvc/config'), '');
  writeFileSync(join(root, 'dvc.yaml'), 'stages:\n  s: {cmd: cat in > out, deps: [in], outs: [out]}\n');
  writeFileSync(join(root, 'in'), 'first\n');
  mkdirSync(join(top, 'bin'));
  for (const name of ['sh', 'cat']) {
    const program = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    symlinkSync(program, join(top, 'bin', name));
  }
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

/** `mainline dvc` with these words, with or without a git to find. */
function mainline(words: readonly string[], { git }: { readonly git: boolean }): Promise<Answer> {
  const env = { PATH: git ? process.env.PATH : join(top, 'bin'), HOME: top, NO_COLOR: '1' };
  return launchDvc(words, { folder: root, env });
}

it('repro stops before it runs anything, and goes through what did not change', async () => {
  expect(await mainline(['repro'], { git: true })).toMatchObject({ code: 0 });
  expect(await mainline(['repro'], { git: false })).toMatchObject({ code: 0 });
  expect(await mainline(['status'], { git: false })).toMatchObject({ code: 0 });
  writeFileSync(join(root, 'in'), 'second\n');
  const { code, err } = await mainline(['repro'], { git: false });
  expect(code).toBe(255);
  expect(err).toMatch(/^error .*git is not installed[\s\S]*-> Install git/u);
  expect(readFileSync(join(root, 'out'), 'utf8')).toBe('first\n');
});

it('add stops before it stores anything', async () => {
  const { code, err } = await mainline(['add', 'in'], { git: false });
  expect(code).toBe(1);
  expect(err).toMatch(/^error .*git is not installed[\s\S]*-> Install git/u);
  expect(existsSync(join(root, '.dvc/cache'))).toBe(false);
});

it('checkout works, and with core.no_scm everything does', async () => {
  await mainline(['repro'], { git: true });
  rmSync(join(root, 'out'));
  expect(await mainline(['checkout'], { git: false })).toMatchObject({ code: 0 });
  expect(readFileSync(join(root, 'out'), 'utf8')).toBe('first\n');
  writeFileSync(join(root, '.dvc/config'), '[core]\n    no_scm = true\n');
  writeFileSync(join(root, 'in'), 'second\n');
  expect(await mainline(['repro'], { git: false })).toMatchObject({ code: 0 });
});
