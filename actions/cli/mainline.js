#!/usr/bin/env node
// Started by whatever Node the user has (>= 20); hands over to Node 24, which runs the TypeScript as it is.
// Plain JavaScript on purpose: this file must parse on Node 20. Signals and the exit code pass through.
import * as nodeModule from 'node:module';

// Not by import, which would load all that these modules only have in store: it takes as long as a quick verb.
const require = nodeModule.createRequire(import.meta.url);
const { accessSync, realpathSync } = require('node:fs');
const { delimiter, dirname, join } = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');

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

/** Who handed over, by process id. */
const LAUNCHER = 'MAINLINE_LAUNCHER';
const LOOK_MS = 500;
const BUSY_MICROSECONDS = 1_500_000;
/** The verbs of DVC that read little files and move no data. */
const LOOKING = new Set(['dag', 'diff', 'metrics', 'params', 'repro', 'stage', 'status']);
/** Those that go through many objects in the same few functions, and are soon done with each. */
const MOVING = new Set(['checkout', 'fetch', 'pull', 'push']);
/** The verb of DVC that goes through so many files, in so few functions, that machine code pays at once. */
const BUSY = 'add';

if (node === process.execPath) {
  process.env.PATH = path;
  stopWithLauncher();
  compileWithoutThreads();
  if (process.argv[2] === 'dvc') saveMemory(process.argv[3]);
  nodeModule.enableCompileCache?.(process.env.NODE_COMPILE_CACHE ?? cache);
  ignoreTypeStrippingWarning();
  const { findEntry } = await import('./entry.js');
  const main = await findEntry(join(here, '..', '..'), cache, process.argv.slice(2));
  if (main?.endsWith('.js')) require(main);
  else if (main !== undefined) await import(pathToFileURL(main).href);
} else {
  handOver();
}

/**
 * A thread that makes the first, quick machine code waits for the collector where memory has run out; a process that is
 * about to end waits for the thread, and so never ends: https://github.com/nodejs/node/issues/54918
 */
function compileWithoutThreads() {
  require('node:v8').setFlagsFromString('--no-concurrent-sparkplug');
}

/** Memory is not taken where that costs little time. */
function saveMemory(verb) {
  if (verb === BUSY) return;
  const { setFlagsFromString } = require('node:v8');
  // Memory for young objects stays small: hardly any of them live on.
  if (LOOKING.has(verb) || MOVING.has(verb)) setFlagsFromString('--semi-space-growth-factor=1');
  optimizeLater(setFlagsFromString);
  if (verb === 'repro') optimizeWhenBusy(setFlagsFromString, ['maglev', 'opt']);
  if (!MOVING.has(verb)) return;
  optimizeWhenBusy(setFlagsFromString, ['opt']);
}

/**
 * V8 makes machine code of what runs often, on threads of its own: a quick verb is over before that pays, so it has to run
 * ten times as often first. Work that takes seconds gets there all the same.
 */
function optimizeLater(setFlagsFromString) {
  setFlagsFromString('--invocation-count-for-maglev=4000');
  setFlagsFromString('--invocation-count-for-maglev-osr=1000');
  setFlagsFromString('--invocation-count-for-turbofan=30000');
  setFlagsFromString('--invocation-count-for-osr=5000');
  setFlagsFromString('--no-profile-guided-optimization');
}

/**
 * The first piece of machine code costs seven megabytes. Commands of stages run in processes of their own: only a run with
 * much work of its own, such as hashing very many files, gets to optimize.
 */
function optimizeWhenBusy(setFlagsFromString, compilers) {
  for (const name of compilers) setFlagsFromString(`--no-${name}`);
  const timer = setInterval(() => {
    if (process.cpuUsage().user < BUSY_MICROSECONDS) return;
    clearInterval(timer);
    for (const name of compilers) setFlagsFromString(`--${name}`);
  }, LOOK_MS);
  timer.unref();
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

/** A launcher that is killed cannot pass that on: without it nobody waits for this process, which then stops as well. */
function stopWithLauncher() {
  const launcher = Number(process.env[LAUNCHER]);
  // What is started from here has a parent of its own.
  delete process.env[LAUNCHER];
  if (!launcher) return;
  const timer = setInterval(() => {
    if (process.ppid === launcher) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_MS);
  timer.unref();
}

function handOver() {
  const { spawn } = require('node:child_process');
  const { constants } = require('node:os');
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const launcher = fileURLToPath(import.meta.url);
  const env = { ...process.env, [LAUNCHER]: String(process.pid) };
  const child = spawn(node, [launcher, ...process.argv.slice(2)], { stdio: 'inherit', env });
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
