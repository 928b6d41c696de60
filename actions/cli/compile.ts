// Puts the many modules of `mainline dvc` into few files of plain JavaScript, once for each state of the sources: a quick
// verb would otherwise spend most of its time finding and reading modules. Whoever lacks esbuild runs from the sources.
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Code that a worker or a process starts from: found by how it is named in the code that starts it. */
export const STARTED_FILE = /new URL\('(\.\/[\w-]+)\.ts', import\.meta\.url\)/gu;

/** Packages in the older format call require. */
export const REQUIRE_BANNER = `import { createRequire as requireFrom } from 'node:module';
const require = requireFrom(import.meta.url);`;

/** All files lie in one folder, so what is started lies beside whoever starts it. */
export const startedFiles: Plugin = {
  name: 'started files',
  setup: bundler => {
    bundler.onLoad({ filter: /actions\/lib\/.*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes('import.meta.url')) return undefined;
      return { contents: text.replaceAll(STARTED_FILE, "new URL('$1.js', import.meta.url)"), loader: 'ts' };
    });
  },
};

/** What the launcher reads: where the files lie, and what they were made from. */
interface Compiled {
  readonly folder: string;
  /** Path from the root, bytes and time of the last change in milliseconds. */
  readonly inputs: readonly (readonly [string, number, number])[];
}

const OLD_MS = 60 * 60 * 1000;

/**
 * Compiles `mainline dvc`.
 * @param root the folder with package.json and node_modules/.
 * @param cache where the result is kept; `dvc.json` in it names the folder.
 * @returns the file to start from.
 */
export async function compileDvc(root: string, cache: string): Promise<string> {
  const begun = Date.now();
  const draft = join(cache, `draft-${randomBytes(6).toString('hex')}`);
  try {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: {
        start: 'actions/cli/dvc/start.ts',
        'file-thread': 'actions/lib/dvc/objects/file-thread.ts',
      },
      outdir: draft,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      metafile: true,
      // Native code and what is seldom needed stay where npm put them.
      external: ['@duckdb/node-api', 'onnxruntime-node', '@aws-sdk/*'],
      banner: { js: REQUIRE_BANNER },
      logLevel: 'silent',
      plugins: [startedFiles],
    });
    writeFileSync(join(draft, 'package.json'), '{"type": "module"}\n');
    const paths = [...Object.keys(metafile.inputs), 'package-lock.json'].filter(
      path => !/^node_modules\//u.test(path),
    );
    const inputs = paths.map(path => {
      const { size, mtimeMs } = statSync(join(root, path));
      if (mtimeMs >= begun) throw new Error(`${path} changed meanwhile`);
      return [path, size, mtimeMs] as const;
    });
    const compiled: Compiled = { folder: nameOf(inputs), inputs };
    place(draft, join(cache, compiled.folder));
    replaceFile(join(cache, 'dvc.json'), JSON.stringify(compiled));
    removeOld(cache, compiled.folder);
    return join(cache, compiled.folder, 'start.js');
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function nameOf(inputs: Compiled['inputs']): string {
  return `dvc-${createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16)}`;
}

/** Another process may have been faster with the same. */
function place(draft: string, folder: string): void {
  try {
    renameSync(draft, folder);
  } catch {
    statSync(join(folder, 'start.js'));
  }
}

function replaceFile(file: string, text: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(draft, text);
  renameSync(draft, file);
}

/** A process that started before may still load parts of an older one: only what is an hour old goes. */
function removeOld(cache: string, current: string): void {
  for (const name of readdirSync(cache)) {
    if (!/^(?:dvc|draft)-/u.test(name) || name === current) continue;
    const folder = join(cache, name);
    if (Date.now() - statSync(folder).mtimeMs > OLD_MS) rmSync(folder, { recursive: true, force: true });
  }
}
