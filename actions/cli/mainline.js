#!/usr/bin/env node
// Started by whatever Node the user has (>= 20); hands over to Node 24, which runs the TypeScript as it is.
// Plain JavaScript on purpose: this file must parse on Node 20. Signals and the exit code pass through.
import { spawn } from 'node:child_process';
import { accessSync, realpathSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

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
  process.stderr.write(
    `mainline needs Node ${NEEDED_MAJOR}; this is ${process.version}, and none of ${packages.join(', ')} is installed.\n` +
      `  -> Run "npm ci" in ${join(here, '..', '..')}, or start it with Node ${NEEDED_MAJOR}.\n`,
  );
  process.exit(2);
}

const node = findNode();
if (node === undefined) explain();
// Pipeline stages call "node": they get the same one.
const path = `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`;

/** What Node compiled once; it has to be known before the first import, and lies in no folder that others can write to. */
const cache = join(modules, '.cache', 'mainline');

if (node === process.execPath) {
  process.env.PATH = path;
  nodeModule.enableCompileCache?.(process.env.NODE_COMPILE_CACHE ?? cache);
  ignoreTypeStrippingWarning();
  await import(pathToFileURL(await findMain()).href);
} else {
  handOver();
}

/** A quick verb of DVC is over before the rest of the command line would be loaded. */
async function findMain() {
  if (process.argv[2] !== 'dvc') return join(here, 'main.ts');
  const { findDvcEntry } = await import('./entry.js');
  return findDvcEntry(join(here, '..', '..'), cache);
}

/** Early releases of Node 24 call running TypeScript experimental, on every start. */
function ignoreTypeStrippingWarning() {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', warning => {
    if (warning.name === 'ExperimentalWarning') return;
    for (const listener of listeners) listener(warning);
  });
}

function handOver() {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const launcher = fileURLToPath(import.meta.url);
  const child = spawn(node, [launcher, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of signals) process.on(signal, () => forward(child, signal));
  child.on('error', error => {
    process.stderr.write(`mainline could not start ${node}: ${error.message}\n`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
    // A signal that a parent has blocked still gives the shell's code for it.
    setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 0)), 100);
  });
}

/** A terminal sends Ctrl-C to the child too; twice would count as "stop at once". */
function forward(child, signal) {
  if (signal === 'SIGINT' && process.stdin.isTTY) return;
  child.kill(signal);
}
