#!/usr/bin/env node
// Started by whatever Node the user has (>= 20); hands over to Node 24, which runs the TypeScript as it is.
// Plain JavaScript on purpose: this file must parse on Node 20. Signals and the exit code pass through.
import { spawn } from 'node:child_process';
import { accessSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED_MAJOR = 24;
const here = dirname(realpathSync(fileURLToPath(import.meta.url)));
const modules = join(here, '..', '..', 'node_modules');

/** The packages that carry Node 24, one per platform; npm installs the one that fits. */
const packages = [
  `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
  `node-bin-${process.platform}-${process.arch}`,
];

function findNode() {
  if (Number(process.versions.node.split('.')[0]) === NEEDED_MAJOR) return process.execPath;
  for (const name of packages) {
    const path = join(modules, name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    try {
      accessSync(path);
      return path;
    } catch {
      // The next package, then the explanation below.
    }
  }
  return undefined;
}

function explain() {
  const cause = packages.length > 0 ? `none of the packages ${packages.join(', ')} is installed` : '';
  process.stderr.write(
    `mainline needs Node ${NEEDED_MAJOR}; this is ${process.version} and ${cause}.\n` +
      `  -> Run "npm ci" in ${join(here, '..', '..')}, or start it with Node ${NEEDED_MAJOR}.\n`,
  );
  process.exit(2);
}

const node = findNode();
if (node === undefined) explain();
const main = join(here, 'main.ts');
// Pipeline stages call "node": they get the same one.
const environment = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
const child = spawn(node, ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: environment,
});
// A terminal sends Ctrl-C to both; the child decides how to end, this process only waits for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('error', error => {
  process.stderr.write(`mainline could not start ${node}: ${error.message}\n`);
  process.exit(2);
});
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) process.removeAllListeners(name);
  process.kill(process.pid, signal);
  // A signal that does not end this process (blocked by a parent) still gives the shell's code for it.
  setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 100);
});
