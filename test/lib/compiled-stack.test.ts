import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toSourceLines } from '#lib/compiled-stack.ts';
import { compile } from '../../actions/cli/compile.ts';

const root = join(import.meta.dirname, '../..');
let cache: string;
let folder: string;
let cliFolder: string;
beforeAll(async () => {
  cache = mkdtempSync(join(tmpdir(), 'source-lines-'));
  folder = await compile(root, cache, { program: 'dvc', note: 'dvc.json' });
  cliFolder = await compile(root, cache, { program: 'cli', note: 'cli.json' });
});
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** Where a text stands in a file, as a stack names it. */
function placeOf(text: string, file: string): { readonly line: number; readonly column: number } {
  const [before = '', after] = readFileSync(file, 'utf8').split(text);
  expect(after, `${text} in ${file}`).toBeDefined();
  return { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
}

it.each([
  ['actions/lib/dvc/status/data-status.ts', 'a change without sides', 'start.js', 'verb-data.js'],
  [
    'actions/lib/dvc/scan/ignore-pattern.ts',
    'nothing follows the backslash at its end',
    'start.js',
    'verb-gc.js',
  ],
  // A verb with a file of its own.
  [
    'actions/lib/dvc/scan/ignore-pattern.ts',
    'nothing follows the backslash at its end',
    'verb-add.js',
    'verb-add.js',
  ],
])('a place in the compiled program is told as one in %s', (source, text, file, name) => {
  const call = `new Error("${text}")`;
  const { line, column } = placeOf(call, join(folder, file));
  const expected = placeOf(call.replaceAll('"', "'"), join(root, source));
  const stack = `Error: ${text}\n    at judge (${folder}/${name}:${line}:${column})\n    at node:fs:1:2`;
  expect(toSourceLines(stack, folder)).toBe(
    `Error: ${text}\n    at judge (${join(root, source)}:${expected.line}:${expected.column})\n    at node:fs:1:2`,
  );
});

it.each([
  ['start.js', 'verb-propose.js'],
  ['verb-contract.js', 'verb-contract.js'],
])('the rest of the command line has lines of its own in %s', (file, name) => {
  const text = 'a key names a column that its file lacks';
  const source = 'actions/lib/contracts/sql/orphans.ts';
  const { line, column } = placeOf(`new Error("${text}")`, join(cliFolder, file));
  const expected = placeOf(`new Error('${text}')`, join(root, source));
  expect(toSourceLines(`at find (${cliFolder}/${name}:${line}:${column})`, cliFolder)).toBe(
    `at find (${join(root, source)}:${expected.line}:${expected.column})`,
  );
});

it('what is no compiled file of ours stays as it is', () => {
  const stack = `Error: x\n    at a (/elsewhere/start.js:1:2)\n    at b (${folder}/none.js:1:2)`;
  expect(toSourceLines(stack, folder)).toBe(stack);
});
