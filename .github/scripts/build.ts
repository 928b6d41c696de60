// npm run build: every action as one file over shared ones, in actions/dist/. Not minified, so that people can read what
// runs; the same sources give the same bytes in any folder, so that people can check that it is what they read.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { REQUIRE_BANNER, startedEntries, startedFiles } from '../../actions/cli/compile.ts';

const root = join(import.meta.dirname, '..', '..');
export interface BuildOptions {
  /** The folder with package.json, actions/ and node_modules/. */
  readonly root: string;
  /** Emptied first. */
  readonly outdir: string;
}

/**
 * Builds all actions.
 * @returns how many bytes each file has, by name.
 */
export async function buildActions({
  root: from,
  outdir,
}: BuildOptions): Promise<Readonly<Record<string, number>>> {
  await rm(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: from,
    entryPoints: entriesOf(from),
    outdir,
    entryNames: '[name]',
    chunkNames: 'shared-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    metafile: true,
    // A linked node_modules must not put this machine's paths into the files.
    preserveSymlinks: true,
    banner: { js: REQUIRE_BANNER },
    logLevel: 'warning',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, target: 'es2024' } },
    plugins: [startedFiles],
  });
  await mkdir(outdir, { recursive: true });
  await writeFile(join(outdir, 'package.json'), '{"type": "module", "private": true}\n');
  await writeFile(join(outdir, 'LICENSES.txt'), licensesOf(from, metafile));
  return Object.fromEntries(
    Object.entries(metafile.outputs).map(([file, { bytes }]) => [basename(file), bytes]),
  );
}

/** By name of the file that comes out. */
function entriesOf(from: string): Record<string, string> {
  const mains = globSync('actions/*/main.ts', { cwd: from }).filter(
    file => !file.startsWith(join('actions', 'cli')),
  );
  const entries = [
    ...mains.map(file => [basename(dirname(file)), file] as const),
    ...Object.entries(startedEntries(from)),
  ].toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (new Set(entries.map(([name]) => name)).size < entries.length)
    throw new Error('two entries have one name');
  return Object.fromEntries(entries);
}

/** The licences of every package that is in the files, as they ask. */
function licensesOf(from: string, { inputs }: Metafile): string {
  const folders = Object.keys(inputs).flatMap(
    file => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/u.exec(file)?.[0] ?? [],
  );
  return [...new Set(folders)]
    .toSorted()
    .map(folder => {
      const { name, version, license } = JSON.parse(readFileSync(join(from, folder, 'package.json'), 'utf8'));
      const [file] = globSync('{LICENSE,LICENCE,license}*', { cwd: join(from, folder) }).toSorted();
      const text = file === undefined ? '' : readFileSync(join(from, folder, file), 'utf8').trim();
      return `${name} ${version} (${license})\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** Starts every action outside of a runner, where each must say so and nothing else. @returns those that did not. */
async function findBroken(outdir: string): Promise<readonly string[]> {
  const names = globSync('actions/*/action.yml', { cwd: root }).map(file => basename(dirname(file)));
  const started = names.map(name => {
    const { status, stdout } = spawnSync(process.execPath, [join(outdir, `${name}.js`)], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    });
    return { name, isSound: status === 1 && stdout.startsWith('::error::This runs as a step of a workflow') };
  });
  return started.filter(({ isSound }) => !isSound).map(({ name }) => name);
}

if (process.argv[1] === import.meta.filename) {
  const outdir = join(root, 'actions', 'dist');
  const sizes = await buildActions({ root, outdir });
  const broken = await findBroken(outdir);
  for (const name of broken) process.stdout.write(`actions/${name}: its bundle does not start\n`);
  process.exitCode = broken.length === 0 ? 0 : 1;
  for (const [name, bytes] of Object.entries(sizes)) {
    process.stdout.write(
      `${String(Math.ceil(bytes / 1000)).padStart(6)} kB  ${relative(root, join(outdir, name))}\n`,
    );
  }
}
