import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createWorkspace, launcher } from '../support/workspace.ts';

const root = join(import.meta.dirname, '..', '..');

/** Node 20 or newer as the user has it, if another than ours is installed. */
function otherNode(): string | undefined {
  const found = spawnSync('sh', ['-c', 'which -a node'], { encoding: 'utf8' }).stdout.trim().split('\n');
  return found.find(path => {
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    const major = Number(stdout.slice(1).split('.')[0]);
    return major >= 20 && major !== 24;
  });
}

it('help teaches with examples and the exit codes', () => {
  const help = execFileSync(process.execPath, [launcher, 'propose', '--help'], { encoding: 'utf8' });
  for (const part of ['Examples:', 'Exit codes:', 'mainline propose delivery-time', '--json'])
    expect(help).toContain(part);
});

it('works from any directory, also through a link', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'elsewhere '));
  await symlink(launcher, join(folder, 'mainline'));
  const version = execFileSync(join(folder, 'mainline'), ['--version'], { cwd: folder, encoding: 'utf8' });
  expect(version.trim()).toBe('0.1.0');
});

it('npx --no mainline works in the clone', () => {
  const { stdout, status } = spawnSync('npx', ['--no', 'mainline', 'help'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  expect(stdout).toContain('Usage: mainline');
});

it('the exit code passes through, with whatever Node it is started', async () => {
  const workspace = await createWorkspace({ git: false });
  for (const node of [process.execPath, otherNode() ?? process.execPath]) {
    const { status, stderr } = spawnSync(node, [launcher, '-C', workspace.root, 'propose', 'nothing'], {
      encoding: 'utf8',
    });
    expect(stderr).toContain('There is no model "nothing"');
    expect(status).toBe(2);
  }
});

it('stages run on Node 24, whatever Node started the command', async () => {
  const workspace = await createWorkspace({ git: false });
  await workspace.write(
    'pipelines/parcels/prepare.ts',
    'throw new Error(`node ${process.versions.node}`);\n',
  );
  const { stderr } = spawnSync(otherNode() ?? process.execPath, [launcher, '-C', workspace.root, 'propose'], {
    encoding: 'utf8',
  });
  expect(stderr).toContain('Error: node 24.');
});

it('without the package for this platform it says what to run', async () => {
  const node = otherNode();
  if (!node) return;
  const folder = await mkdtemp(join(tmpdir(), 'bare '));
  execFileSync('mkdir', ['-p', join(folder, 'actions', 'cli')]);
  execFileSync('cp', [launcher, join(folder, 'actions', 'cli', 'mainline.js')]);
  execFileSync('sh', ['-c', 'echo \'{"type":"module"}\' > package.json'], { cwd: folder });
  const { status, stderr } = spawnSync(node, [join(folder, 'actions', 'cli', 'mainline.js')], {
    encoding: 'utf8',
  });
  expect(stderr).toContain('Run "npm ci"');
  expect(status).toBe(2);
});
