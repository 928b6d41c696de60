// Where the command line starts: from its compiled files while they are as new as the sources, else they are made first.
// Plain JavaScript: this is loaded on every start, before anything is compiled.
import { createRequire } from 'node:module';

// Not by import, which would load all that these modules only have in store.
const require = createRequire(import.meta.url);
const { existsSync, linkSync, readFileSync, statSync } = require('node:fs');
const { join } = require('node:path');

/** The verbs that may find that nothing changed since they were last called. */
const ASKED_AGAIN = new Set(['repro', 'status']);

/**
 * The file to start from; undefined when the answer is known and was given.
 * @param {string} root the folder with package.json and node_modules/
 * @param {string} cache where compiled files are kept
 * @param {readonly string[]} words of the command line, after the name of the program
 */
export async function findEntry(root, cache, words) {
  const program = words[0] === 'dvc' ? 'dvc' : 'cli';
  const verb = words[program === 'dvc' ? 1 : 0];
  const note = noteOf(root, program);
  const compiled = readCompiled(join(cache, note));
  if (compiled && isFresh(root, compiled.inputs)) {
    const folder = join(cache, compiled.folder);
    const isAskedAgain = program === 'dvc' && ASKED_AGAIN.has(verb);
    if (isAskedAgain && require(join(folder, 'quick.js')).answerQuickly(words.slice(1))) return undefined;
    return compiledFile(folder, verb);
  }
  try {
    const { compile } = await import('./compile.ts');
    return compiledFile(await compile(root, cache, { program, note }), verb);
  } catch {
    // Nothing may be written there, or this is an installation without esbuild: the sources run as well, only slower.
    return join(root, 'actions', 'cli', ...(program === 'dvc' ? ['dvc', 'start.ts'] : ['main.ts']));
  }
}

/**
 * Every verb has its own name for the file: Node keeps, by name, what of a file it compiled when it first ran it, and that is
 * then as much as this verb needs.
 */
function compiledFile(folder, verb = '') {
  const start = join(folder, 'start.js');
  if (!/^[a-z][a-z-]*$/u.test(verb)) return start;
  const own = join(folder, `verb-${verb}.js`);
  try {
    if (!existsSync(own)) linkSync(start, own);
    return own;
  } catch {
    return start;
  }
}

/**
 * The name of the file that says where the compiled files of a checkout are: several may share one folder of packages.
 * @param {string} root the folder with package.json
 * @param {string} program `dvc` or `cli`
 */
function noteOf(root, program) {
  let sum = 0;
  for (const sign of root) sum = (Math.imul(sum, 31) + sign.codePointAt(0)) >>> 0;
  return `${sum.toString(16)}.${program}.json`;
}

function readCompiled(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isFresh(root, inputs) {
  const options = { throwIfNoEntry: false };
  for (const [path, size, mtimeMs] of inputs) {
    const found = statSync(`${root}/${path}`, options);
    if (found === undefined || found.size !== size || found.mtimeMs !== mtimeMs) return false;
  }
  return true;
}
