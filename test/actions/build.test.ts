import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, symlink } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { beforeAll, expect, test } from 'vitest';
import { digestBytes } from '#lib/documents/canonical.ts';
import { type FitReply, replyTo } from '#lib/training/fit-reply.ts';
import { buildActions } from '../../.github/scripts/build.ts';
import { mixedSet } from '../lib/training/sets.ts';
import { listActions } from '../support/run-action.ts';

const repository = join(import.meta.dirname, '..', '..');

/** A copy of the sources; packages are linked, as they lie anywhere else too. */
async function copySources(...below: readonly string[]): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'build-')), ...below);
  await mkdir(folder, { recursive: true });
  await cp(join(repository, 'package.json'), join(folder, 'package.json'));
  await cp(join(repository, 'actions'), join(folder, 'actions'), {
    recursive: true,
    filter: source => basename(source) !== 'dist',
  });
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

async function build(root: string): Promise<Readonly<Record<string, string>>> {
  const outdir = join(root, 'actions', 'dist');
  await buildActions({ root, outdir });
  const files = (await readdir(outdir)).sort();
  return Object.fromEntries(
    await Promise.all(files.map(async file => [file, await readFile(join(outdir, file), 'utf8')] as const)),
  );
}

let files: Readonly<Record<string, string>>;
let root: string;
beforeAll(async () => {
  root = await copySources();
  files = await build(root);
});

test('the same sources give the same bytes in any folder', async () => {
  const other = await build(await copySources('far', 'down', 'a b'));
  const digests = (all: Readonly<Record<string, string>>) =>
    Object.entries(all).map(([name, text]) => `${name} ${digestBytes(text)}`);
  expect(digests(other)).toEqual(digests(files));
});

test('every action has a bundle, and what it starts lies beside it', async () => {
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining([...(await listActions()).map(name => `${name}.js`), 'measure-main.js']),
  );
  const started = Object.values(files).flatMap(text =>
    [...text.matchAll(/new URL\("\.\/([\w.-]+)", import\.meta\.url\)/gu)].map(([, name]) => name),
  );
  expect(started).toContain('measure-main.js');
  expect(started.filter(name => !(`${name}` in files))).toEqual([]);
});

test('nothing is imported but what lies beside it and what Node has', () => {
  const imports = Object.entries(files)
    .filter(([name]) => name.endsWith('.js'))
    .flatMap(([, text]) =>
      [...text.matchAll(/^(?:import|export)\b[^"'\n]*?(?:\bfrom )?"([^"]+)";$|\bimport\("([^"]+)"\)/gmu)].map(
        ([, one, other]) => one ?? other ?? '',
      ),
    );
  expect(imports.length).toBeGreaterThan(20);
  expect(imports.filter(name => !isBuiltin(name) && !(name.replace(/^\.\//u, '') in files))).toEqual([]);
});

test('nothing in it tells where it was built', () => {
  const telling = Object.entries(files).filter(
    ([, text]) => text.includes(root) || text.includes(repository),
  );
  expect(telling.map(([name]) => name)).toEqual([]);
});

test('licences of what is in it come with it', () => {
  expect(files['LICENSES.txt']).toMatch(/^zod \d.* \(MIT\)$/mu);
  expect(files['LICENSES.txt']).toMatch(/^@actions\/core \d.* \(MIT\)$/mu);
});

test('a fitting thread that starts from a bundle fits as one that starts from the sources', async () => {
  const set = mixedSet('binary-classification');
  const job = { algorithm: 'logistic', parameters: {}, seed: 5, set, label: 'all', predict: set.features };
  const worker = new Worker(join(root, 'actions', 'dist', 'fit-worker.js'));
  worker.postMessage(job);
  const [reply] = (await once(worker, 'message')) as [FitReply];
  await worker.terminate();
  expect(reply).toEqual(replyTo(job));
  expect(reply.kind).toBe('outcome');
});
