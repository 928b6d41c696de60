// Who may import whom: one row a zone, nearest folder wins. A new folder needs a row here, or the test says so.
import type { Import } from './import-graph.ts';

/** What the files of one zone may import besides each other. */
export interface Zone {
  /** A folder or file; the one with the longest path that holds a file is its zone. */
  readonly path: string;
  /** Paths below `actions/lib/`: folders end in `/`, so that a port is named as the one file it is. */
  readonly lib: readonly string[];
  readonly npm?: readonly string[];
  /** Modules of Node, without `node:`. */
  readonly node?: readonly string[];
  /** Data in, data out: no environment, clock or random source. */
  readonly isPure?: boolean;
}

const foundation = ['errors.ts', 'failure.ts', 'documents/', 'tables/', 'stats/'];
const ports = {
  git: 'git/git.ts',
  sql: ['sql/engine.ts', 'sql/dialect.ts', 'sql/csv-shape.ts'],
  onnx: ['onnx/model.ts', 'onnx/scorer.ts'],
  structure: 'onnx/structure.ts',
  processes: 'processes/process.ts',
  store: 'storage/store.ts',
  bucket: ['storage/bucket.ts', 'storage/bucket-failure.ts'],
};
const adapter = ['errors.ts', 'failure.ts', 'natives.ts', 'documents/', 'tables/'];
const files = ['crypto', 'fs', 'fs/promises', 'path'];

/** One folder each; a new one is named here. */
const actions = [
  'advance',
  'affected',
  'chat-ops',
  'evaluate',
  'promote-gate',
  'release',
  'report',
  'rollout',
  'setup',
  'train',
  'validate-data',
  'verify',
];

/** Read from the bottom up: a row names only what stands above it. */
export const zones: readonly Zone[] = [
  // Foundation: everything below may use it.
  { path: 'actions/lib/errors.ts', lib: [], isPure: true },
  { path: 'actions/lib/source-line.ts', lib: ['errors.ts'], node: ['fs'] },
  { path: 'actions/lib/failure.ts', lib: ['errors.ts', 'source-line.ts'], node: ['util', 'path'] },
  { path: 'actions/lib/compiled-stack.ts', lib: [], node: ['fs', 'module', 'path'] },
  { path: 'actions/lib/natives.ts', lib: ['errors.ts'], node: ['module', 'path'] },
  { path: 'actions/lib/stats/', lib: [], isPure: true },
  { path: 'actions/lib/tables/', lib: ['errors.ts'], isPure: true },
  {
    path: 'actions/lib/documents/',
    lib: ['errors.ts', 'failure.ts'],
    npm: ['yaml', 'zod', 'leven'],
    node: files,
  },
  // Adapters: the only doors outside, each with its port beside it.
  {
    path: 'actions/lib/git/',
    lib: adapter,
    npm: ['isomorphic-git'],
    node: [...files, 'child_process', 'timers/promises', 'url'],
  },
  {
    path: 'actions/lib/processes/',
    lib: adapter,
    node: ['child_process', 'events', 'fs', 'path', 'stream', 'string_decoder'],
  },
  {
    path: 'actions/lib/sql/',
    lib: adapter,
    npm: ['@duckdb/node-api', 'apache-arrow'],
    node: [...files, 'buffer', 'stream', 'zlib'],
  },
  {
    path: 'actions/lib/onnx/',
    lib: adapter,
    npm: ['onnxruntime-node', 'onnx-buf', '@bufbuild/protobuf'],
    node: ['fs/promises', 'stream/consumers', 'url', 'util'],
  },
  {
    path: 'actions/lib/storage/',
    lib: [...adapter, 'git/repository.ts'],
    npm: ['@aws-sdk/client-s3', '@aws-sdk/lib-storage'],
    node: [
      ...files,
      'http',
      'https',
      'net',
      'stream',
      'stream/consumers',
      'stream/promises',
      'timers/promises',
    ],
  },
  { path: 'actions/lib/forge/', lib: [...adapter, 'git/'], npm: ['zod'], node: files },
  {
    path: 'actions/lib/forge/github/',
    lib: [...adapter, 'git/', 'forge/'],
    npm: ['zod', '@octokit/rest', '@octokit/plugin-retry', '@octokit/plugin-throttling'],
    node: ['timers/promises'],
  },
  // Domain: nouns over the foundation; of an adapter only its port.
  {
    path: 'actions/lib/contracts/',
    lib: [...foundation, ...ports.sql],
    npm: ['zod'],
    // Patterns of others run in a thread that can be ended.
    node: [...files, 'worker_threads'],
    isPure: true,
  },
  {
    path: 'actions/lib/dvc/',
    lib: [
      ...[...foundation, ports.processes, ports.git, ...ports.bucket, 'dvc/values/'],
      ...['dvc/scan/', 'dvc/objects/', 'dvc/state/', 'dvc/work-tree/'],
    ],
    npm: ['zod', 'ignore'],
    node: files,
    isPure: true,
  },
  {
    path: 'actions/lib/dvc/values/',
    lib: foundation,
    npm: ['yaml', 'smol-toml'],
    isPure: true,
  },
  // From what lies in a folder by way of objects to the work tree.
  {
    path: 'actions/lib/dvc/scan/',
    lib: foundation,
    npm: ['ignore'],
    node: [...files, 'worker_threads'],
    isPure: true,
  },
  {
    path: 'actions/lib/dvc/objects/',
    lib: [...foundation, 'dvc/values/', 'dvc/scan/'],
    node: files,
    isPure: true,
  },
  {
    path: 'actions/lib/dvc/state/',
    lib: [...foundation, 'dvc/scan/', 'dvc/objects/'],
    node: [...files, 'zlib'],
    isPure: true,
  },
  {
    path: 'actions/lib/dvc/work-tree/',
    lib: [...foundation, 'dvc/scan/', 'dvc/objects/', 'dvc/state/'],
    node: [...files, 'worker_threads'],
    isPure: true,
  },
  {
    path: 'actions/lib/training/',
    lib: [...foundation, ...ports.onnx],
    npm: ['zod'],
    node: ['worker_threads'],
    isPure: true,
  },
  { path: 'actions/lib/evaluation/', lib: foundation, npm: ['zod'], isPure: true },
  {
    path: 'actions/lib/behaviour/',
    lib: [...foundation, 'evaluation/'],
    npm: ['zod'],
    node: ['fs/promises'],
    isPure: true,
  },
  {
    path: 'actions/lib/explanation/',
    lib: [...foundation, 'evaluation/', ports.structure],
    npm: ['zod'],
    isPure: true,
  },
  {
    path: 'actions/lib/gates/',
    lib: [...foundation, 'contracts/', 'evaluation/'],
    npm: ['zod'],
    isPure: true,
  },
  {
    path: 'actions/lib/registry/',
    lib: [...foundation, 'contracts/', 'training/', 'evaluation/', 'behaviour/', 'explanation/', 'gates/'],
    npm: ['zod'],
    node: ['fs/promises', 'path'],
    isPure: true,
  },
  { path: 'actions/lib/approval/', lib: foundation, npm: ['zod'], isPure: true },
  { path: 'actions/lib/rollout/', lib: foundation, npm: ['zod', 'yaml'], isPure: true },
  { path: 'actions/lib/audit/', lib: [...foundation, 'rollout/'], npm: ['zod'], isPure: true },
  {
    path: 'actions/lib/serving/',
    lib: [...foundation, ...ports.onnx, ports.store, 'registry/', 'rollout/'],
    npm: ['zod'],
    node: ['crypto', 'http', 'stream', 'net'],
    isPure: true,
  },
  // How a report looks knows nothing of what it says.
  { path: 'actions/lib/reports/', lib: foundation, node: ['util'], isPure: true },
  {
    path: 'actions/lib/reports/proposal/',
    lib: [
      ...[...foundation, 'contracts/', 'training/', 'evaluation/', 'behaviour/', 'explanation/'],
      ...['gates/', 'registry/', 'reports/'],
    ],
    isPure: true,
  },
  {
    path: 'actions/lib/reports/contracts/',
    lib: [...foundation, 'contracts/', 'reports/', 'reports/proposal/data.ts'],
    isPure: true,
  },
  {
    path: 'actions/lib/cards/',
    lib: [...foundation, 'evaluation/', 'registry/', 'reports/'],
    isPure: true,
  },
  {
    path: 'actions/lib/reports/comment/',
    lib: [...foundation, 'evaluation/', 'gates/', 'registry/', 'reports/', 'cards/'],
    npm: ['zod'],
    isPure: true,
  },
  // The runner of GitHub Actions: its variables in, its commands out.
  {
    path: 'actions/lib/runner/',
    lib: ['errors.ts', 'documents/'],
    npm: ['@actions/core', 'zod'],
    node: ['fs/promises', 'path'],
  },
  {
    path: 'actions/lib/action.ts',
    lib: ['errors.ts', 'failure.ts', 'runner/'],
    npm: ['@actions/core', 'zod'],
    node: ['os'],
  },
  // Flows wire domain and adapters; who starts them knows neither.
  { path: 'actions/lib/flows/', lib: [''], npm: ['zod'], node: [...files, 'os', 'timers/promises'] },
  // Puts the command line's modules together before they run.
  { path: 'actions/cli/compile.ts', lib: [], npm: ['esbuild'], node: ['crypto', 'fs', 'module', 'path'] },
  {
    path: 'actions/cli/',
    lib: [
      'flows/',
      'errors.ts',
      'failure.ts',
      'compiled-stack.ts',
      'reports/',
      'evaluation/format.ts',
      // How DVC prints: tables, graphs and Python's JSON.
      'dvc/metrics/',
      'dvc/dag/',
      'dvc/values/python-json.ts',
      'dvc/values/value.ts',
      'dvc/pipeline/stage-write.ts',
    ],
    npm: ['commander'],
    node: ['readline', 'module', 'os', 'path', 'readline/promises', 'util'],
  },
  ...actions.map(
    (name): Zone => ({
      path: `actions/${name}/`,
      lib: [
        'flows/',
        'action.ts',
        'errors.ts',
        'runner/inputs.ts',
        'natives.ts',
        'registry/model.ts',
        'reports/',
      ],
      npm: ['zod'],
      node: ['path'],
    }),
  ),
  // Theirs: a stage calls the steps made for it, and whatever their own step code needs of Node or npm.
  { path: 'pipelines/', lib: ['flows/steps/'], npm: ['*'], node: ['*'] },
];

/** Imports that break a rule, or close a cycle, for a reason; the test fails for one that is gone. */
export const exceptions: readonly (Import & { readonly why: string })[] = [
  {
    from: 'actions/lib/onnx/limited-process.ts',
    to: 'node:child_process',
    why: 'a process with limits and a channel for messages, which the port for shell commands cannot give',
  },
];

const lib = 'actions/lib/';

function isWithin(path: string, folder: string): boolean {
  return path === folder || (folder.endsWith('/') && path.startsWith(folder));
}

/** The zone of a file, or undefined for one that no row covers. */
export function zoneOf(file: string): Zone | undefined {
  return zones
    .filter(({ path }) => isWithin(file, path))
    .reduce<Zone | undefined>(
      (best, zone) => (best && best.path.length > zone.path.length ? best : zone),
      undefined,
    );
}

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

function isAllowed(zone: Zone, { from, to }: Import): boolean {
  const names = (list: readonly string[] = [], name: string) => list.includes('*') || list.includes(name);
  if (to.startsWith('node:')) return names(zone.node, to.slice('node:'.length));
  if (to === 'package.json') return from.startsWith('actions/cli/');
  if (!/^(actions|pipelines|test|\.github)\//u.test(to)) return names(zone.npm, packageOf(to));
  if (zoneOf(to) === zone) return zone.path !== 'pipelines/' || from.split('/')[1] === to.split('/')[1];
  return to.startsWith(lib) && zone.lib.some(path => path === '' || isWithin(to.slice(lib.length), path));
}

/** Every import that no rule allows, as `from -> to`. */
export function forbiddenImports(imports: readonly Import[]): readonly string[] {
  return imports.flatMap(one => {
    const zone = zoneOf(one.from);
    if (!zone) return [`${one.from} has no row in import-rules.ts`];
    const isExcused = exceptions.some(({ from, to }) => from === one.from && to === one.to);
    return isAllowed(zone, one) || isExcused ? [] : [`${one.from} -> ${one.to}`];
  });
}

/** Sources of hidden input; comments may speak of them. Random names of temporary files reach no result. */
const impure =
  /\bprocess\.(env|argv|hrtime)\b|\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bperformance\.now\b/u;

/** What a file of a pure zone reads from its surroundings. */
export function impureReads(file: string, text: string): readonly string[] {
  if (!zoneOf(file)?.isPure) return [];
  const code = text.replace(/^\s*(?:\/\/|\/?\*).*$/gmu, '');
  const found = impure.exec(code);
  return found ? [`${file} reads ${found[0]}`] : [];
}
