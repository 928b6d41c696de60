// The imports of source files, as esbuild resolves them. esbuild drops what only types need, and knows nothing of
// files that a worker starts from; both are dependencies all the same, so each file is read with them spelled out.
import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';
import { build } from 'esbuild';

/** One import. Files as paths from the root with `/`; packages and modules of Node by their name. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

const statement = /^(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]/gmu;
const typeQuery = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/gu;
const fileUrl = /\bnew URL\(\s*['"](\.[^'"]+)['"],\s*import\.meta\.url/gu;

/** The text with every dependency as a plain import behind it. */
export function withPlainImports(text: string): string {
  const found = [statement, typeQuery, fileUrl].flatMap(pattern =>
    [...text.matchAll(pattern)].map(([, specifier]) => `import ${JSON.stringify(specifier)};`),
  );
  return [text, ...found].join('\n');
}

const plainImports: Plugin = {
  name: 'plain imports',
  setup: bundler => {
    bundler.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: withPlainImports(readFileSync(path, 'utf8')),
      loader: 'ts',
    }));
  },
};

/** Every import of the files and of what they import, below one root. */
export async function readImports(root: string, files: readonly string[]): Promise<readonly Import[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...files],
    bundle: true,
    write: false,
    metafile: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'esnext',
    outdir: 'unwritten',
    logLevel: 'silent',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    plugins: [plainImports],
  });
  const imports = Object.entries(metafile.inputs).flatMap(([from, input]) =>
    input.imports.map(({ path }) => ({ from, to: path.replace(/ with \{.*\}$/u, '') })),
  );
  return [...new Map(imports.map(one => [`${one.from} ${one.to}`, one])).values()];
}

/** Each cycle once, as the names along it, from the first by name to the same again. */
export function findCycles(imports: readonly Import[]): readonly string[] {
  const next = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    const start = path.indexOf(name);
    if (start >= 0) cycles.push(written(path.slice(start)));
    if (start >= 0 || done.has(name)) return;
    for (const { to } of next.get(name) ?? []) visit(to, [...path, name]);
    done.add(name);
  };
  for (const name of next.keys()) visit(name, []);
  return cycles;
}

function written(cycle: readonly string[]): string {
  const first = cycle.indexOf(cycle.toSorted()[0] ?? '');
  return [...cycle.slice(first), ...cycle.slice(0, first + 1)].join(' -> ');
}
