// Puts the many modules of the command line into one file of plain JavaScript, once for each state of the sources: a quick
// verb would otherwise spend most of its time finding and reading modules. Each module in it still begins when it is first
// asked for. CommonJS, because Node loads that faster. Whoever lacks esbuild runs from the sources.
import { createHash, randomBytes } from 'node:crypto';
import {
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';

/** Code that a worker or a process starts from: found by how it is named in the code that starts it. */
export const STARTED_FILE = /new URL\('(\.\/[\w-]+)\.ts', import\.meta\.url\)/gu;

/** Packages in the older format call require. */
export const REQUIRE_BANNER = `import { createRequire as requireFrom } from 'node:module';
const require = requireFrom(import.meta.url);`;

/** What code of the library starts, by the name of the file that comes out. @param root the folder with actions/ */
export function startedEntries(root: string): Readonly<Record<string, string>> {
  const files = globSync('actions/lib/**/*.ts', { cwd: root }).flatMap(file =>
    [...readFileSync(join(root, file), 'utf8').matchAll(STARTED_FILE)].map(([, name = '']) =>
      join(dirname(file), `${name}.ts`),
    ),
  );
  return Object.fromEntries([...new Set(files)].map(file => [basename(file, '.ts'), file]));
}

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

/** Large packages that few verbs need stay apart, so that the others do not read them. They are imported by names alone. */
const APART = ['smol-toml', 'yaml', 'zod'];

/** The engine's own code is a hundred small files around one of machine code; whoever asks for the package finds this first. */
const ENGINE: BuildOptions = {
  entryPoints: { 'node_modules/@duckdb/node-api/index': '@duckdb/node-api' },
  external: ['@duckdb/node-bindings-*'],
};

const packagesApart: Plugin = {
  name: 'packages apart',
  setup: bundler => {
    bundler.onResolve({ filter: new RegExp(`^(?:${APART.join('|')})$`) }, ({ path }) => {
      return { path: `./${path}.js`, external: true };
    });
  },
};

/** Verbs that are called most: each has a file without the others, which is read sooner and takes less memory. */
const ALONE: readonly string[] = ['add', 'pull', 'push', 'status'];

/** Leaves out all verbs but one. */
const onlyVerb = (name: string): Plugin => ({
  name: 'only one verb',
  setup: bundler => {
    bundler.onResolve({ filter: /^\.\/[\w-]+-verb\.ts$/ }, ({ path, importer }) => {
      const isLeftOut = importer.endsWith('/verbs.ts') && path !== `./${name}-verb.ts`;
      return isLeftOut ? { path, external: true } : undefined;
    });
  },
});

/** Modules of Node's own that take long to load, and that a quick verb does not get to use. */
const LATE =
  /(?<!__toESM\()\brequire\("(node:(?:child_process|crypto|fs\/promises|worker_threads|zlib))"\)/gu;

/** `delayed` gives what `require` would, from the first time that something in it is asked for. As long a name: columns stay. */
const BANNER = `const here = require('node:url').pathToFileURL(__filename).href;
const delayed = name => new Proxy({}, { get: (_, key) => require(name)[key] });`;

const COMMON: BuildOptions = {
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node24',
  minifyWhitespace: true,
  logLevel: 'silent',
};

/** What the launcher reads: where the files lie, and what they were made from. */
interface Compiled {
  readonly folder: string;
  /** Path from the root, bytes and time of the last change in milliseconds. */
  readonly inputs: readonly (readonly [string, number, number])[];
}

const OLD_MS = 60 * 60 * 1000;

/** `mainline dvc` has few modules of its own, and is compiled apart so that it need not read those of the others. */
export type CompiledProgram = 'dvc' | 'cli';

export interface CompileOptions {
  readonly program: CompiledProgram;
  /** The name of the file that says where the result is. */
  readonly note: string;
}

/** What is started of each, by the name of the file that comes out. Only these load modules of Node's own late. */
const ENTRIES: Readonly<Record<CompiledProgram, Readonly<Record<string, string>>>> = {
  dvc: { start: 'actions/cli/dvc/start.ts', quick: 'actions/cli/dvc/quick-answer.ts' },
  cli: { start: 'actions/cli/main.ts', 'verb-contract': 'actions/cli/contract/start.ts' },
};

/**
 * Compiles a part of the command line.
 * @param root the folder with package.json and node_modules/.
 * @param cache where the result is kept.
 * @returns the folder with `start.js`.
 */
export async function compile(
  root: string,
  cache: string,
  { program, note }: CompileOptions,
): Promise<string> {
  const begun = Date.now();
  const draft = join(cache, `draft-${randomBytes(6).toString('hex')}`);
  try {
    const packages = Object.fromEntries(APART.map(name => [name, name]));
    const started = startedEntries(root);
    const threads = Object.fromEntries(Object.entries(started).filter(([name]) => name.endsWith('-thread')));
    const own = {
      ...COMMON,
      absWorkingDir: root,
      outdir: draft,
      // Beside the files, and read only to tell where in the sources a bug is.
      sourcemap: 'external',
      sourcesContent: false,
      // Native code and what is seldom needed stay where npm put them.
      external: ['@duckdb/node-api', 'onnxruntime-node', '@aws-sdk/*'],
      define: { 'import.meta.url': 'here', 'import.meta.dirname': '__dirname' },
      banner: { js: BANNER },
      plugins: [startedFiles, packagesApart],
    } satisfies BuildOptions;
    const alone = program === 'dvc' ? ALONE : [];
    const entries = ENTRIES[program];
    const [{ metafile }] = await Promise.all([
      build({
        ...own,
        entryPoints: { ...(program === 'cli' ? started : threads), ...entries },
        metafile: true,
      }),
      build({ ...COMMON, absWorkingDir: root, entryPoints: packages, outdir: draft }),
      build({ ...COMMON, ...ENGINE, absWorkingDir: root, outdir: draft }),
      ...alone.map(verb => {
        const entryPoints = { [`verb-${verb}`]: entries.start ?? '' };
        return build({ ...own, entryPoints, plugins: [onlyVerb(verb), ...own.plugins] });
      }),
    ]);
    writeFileSync(join(draft, 'package.json'), '{"type": "commonjs"}\n');
    for (const name of [...Object.keys(entries), ...alone.map(verb => `verb-${verb}`)]) {
      const file = join(draft, `${name}.js`);
      writeFileSync(file, readFileSync(file, 'utf8').replaceAll(LATE, 'delayed("$1")'));
    }
    const paths = [...Object.keys(metafile.inputs), 'actions/cli/compile.ts', 'package-lock.json'].filter(
      path => !/^node_modules\//u.test(path),
    );
    const inputs = paths.map(path => {
      const { size, mtimeMs } = statSync(join(root, path));
      if (mtimeMs >= begun) throw new Error(`${path} changed meanwhile`);
      return [path, size, mtimeMs] as const;
    });
    const compiled: Compiled = { folder: nameOf(program, inputs), inputs };
    place(draft, join(cache, compiled.folder));
    replaceFile(join(cache, note), JSON.stringify(compiled));
    removeOld(cache, { program, current: compiled.folder });
    return join(cache, compiled.folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function nameOf(program: CompiledProgram, inputs: Compiled['inputs']): string {
  return `${program}-${createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 16)}`;
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
function removeOld(
  cache: string,
  { program, current }: { readonly program: CompiledProgram; readonly current: string },
): void {
  for (const name of readdirSync(cache)) {
    if (!(name.startsWith(`${program}-`) || name.startsWith('draft-')) || name === current) continue;
    const folder = join(cache, name);
    if (Date.now() - statSync(folder).mtimeMs > OLD_MS) rmSync(folder, { recursive: true, force: true });
  }
}
