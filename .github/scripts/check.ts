// npm run check: everything that needs no tests. The same on a laptop and in CI; stops at nothing, reports all.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const bin = (name: string): string => join(root, 'node_modules', '.bin', name);

const checks: readonly (readonly [what: string, command: string, args: readonly string[]])[] = [
  ['format and lint', bin('biome'), ['ci', '.']],
  ['types', bin('tsc'), ['--noEmit']],
  [
    'generated files in sync (npm run docs rewrites them)',
    process.execPath,
    [join(import.meta.dirname, 'docs.ts'), '--check'],
  ],
  ['every action builds and its bundle starts', process.execPath, [join(import.meta.dirname, 'build.ts')]],
  [
    'every script and the command line start',
    process.execPath,
    [join(root, 'actions', 'cli', 'mainline.js'), '--help'],
  ],
];

let failed = 0;
for (const [what, command, args] of checks) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  });
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'}  ${what}\n`);
  if (status === 0) continue;
  failed += 1;
  process.stdout.write(`${stdout}${stderr}\n`);
}
process.stdout.write(`${checks.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
