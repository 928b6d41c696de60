// A small real repository with one model, for tests of whole commands: about a second per proposal.
import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRandom } from '#lib/stats/random.ts';

const repository = join(import.meta.dirname, '..', '..');
export const launcher = join(repository, 'actions', 'cli', 'mainline.js');

export interface Workspace {
  readonly root: string;
  path(file: string): string;
  read(file: string): Promise<string>;
  write(file: string, content: string): Promise<void>;
  /** Replaces text in a file that must contain it. */
  edit(file: string, from: string, to: string): Promise<void>;
  git(...args: string[]): string;
  mainline(args: readonly string[], options?: RunOptions): Promise<Ended>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Another copy's launcher. */
  readonly launcher?: string;
  /** Called with everything printed so far and a way to signal the process. */
  readonly onOutput?: (output: string, kill: (signal: NodeJS.Signals) => void) => void;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const ROWS = 600;

/** Parcels: minutes grow with distance and, on Sunday, by five. */
export function parcels({ rows = ROWS, seed = 7 } = {}): string {
  const random = createRandom(seed);
  const lines = Array.from({ length: rows }, (_, row) => {
    const distance = (random.next() * 10).toFixed(5);
    const day = ['Mon', 'Tue', 'Sun'][random.integer(3)];
    const minutes = 5 + 2 * Number(distance) + (day === 'Sun' ? 5 : 0) + 2 * random.next();
    return `p${row},${distance},${day},${minutes.toFixed(2)}`;
  });
  return `parcel,distance,day,minutes\n${lines.join('\n')}\n`;
}

const files: Readonly<Record<string, string>> = {
  'package.json': '{"type": "module", "imports": {"#lib/*": "./actions/lib/*"}}\n',
  '.gitignore':
    '/.mainline\n/.dvc/cache\n/pipelines/parcels/train.csv\n/pipelines/parcels/test.csv\n/pipelines/parcels/algorithms\n/pipelines/parcels/model.onnx\n',
  'data/parcels/contract.odcs.yaml': `apiVersion: v3.1.0
kind: DataContract
id: parcels
version: 1.0.0
status: active
schema:
  - name: parcels
    properties:
      - {name: parcel, logicalType: string, required: true, unique: true}
      - name: distance
        logicalType: number
        required: true
        logicalTypeOptions: {minimum: 0, maximum: 100}
      - {name: day, logicalType: string, quality: [{metric: invalidValues, arguments: {validValues: [Mon, Tue, Sun]}, mustBe: 0}]}
      - {name: minutes, logicalType: number, required: true}
`,
  'models/parcels/model.yaml': `apiVersion: mainline.dev/v1alpha1
kind: Model
metadata:
  name: parcels
  owners: ["@acme/post"]
  description: Minutes until a parcel is there
spec:
  task: regression
  pipeline: pipelines/parcels
  artifact: {path: model.onnx, format: onnx}
  evaluation:
    rows: {path: test.csv, key: row_id}
    trainingRows: train.csv
    target: minutes
    unit: min
    primary: rmse
  algorithms: {select: best, among: [linear, gradient-boosting]}
  gates:
    - {metric: rmse, atMost: 3}
    - {metric: rmse, notWorseThan: champion, margin: {relative: 0.05}}
    - {metric: rmse, betterThan: trivial}
    - {metric: latency_p95_ms, atMost: 500}
`,
  'pipelines/parcels/dvc.yaml': `stages:
  prepare:
    cmd: node prepare.ts
    deps: [prepare.ts, ../../data/parcels/parcels.csv]
    params: [split]
    outs: [train.csv, test.csv]
  train:
    cmd: node train.ts
    deps: [train.ts, train.csv, ../../data/parcels/contract.odcs.yaml]
    params:
      - train
      - ../../models/parcels/model.yaml: [spec.task, spec.algorithms.among, spec.evaluation]
    outs: [algorithms]
    metrics: [{cross-validation.json: {cache: false}}]
  select:
    cmd: node select.ts
    deps: [select.ts, algorithms, cross-validation.json]
    params: [{../../models/parcels/model.yaml: [spec.algorithms, spec.gates]}]
    outs: [model.onnx]
    metrics: [{selection.json: {cache: false}}]
`,
  'pipelines/parcels/params.yaml': `split: {key: [parcel], testShare: 0.25}
train:
  features: [distance, day]
  folds: 3
  algorithms:
    gradient-boosting: {trees: 10, leaves: 7}
`,
  'pipelines/parcels/prepare.ts': `import { splitRows } from '#lib/flows/steps/split-rows.ts';
await splitRows({ from: '../../data/parcels/parcels.csv' });
`,
  'pipelines/parcels/train.ts': `import { trainAlgorithms } from '#lib/flows/steps/train-algorithms.ts';
await trainAlgorithms({ model: '../../models/parcels/model.yaml', contract: '../../data/parcels/contract.odcs.yaml' });
`,
  'pipelines/parcels/select.ts': `import { selectModel } from '#lib/flows/steps/select-model.ts';
await selectModel({ model: '../../models/parcels/model.yaml' });
`,
};

/** Makes the repository, in a folder with spaces in its name, with everything committed on main. */
export async function createWorkspace({ git: withGit = true } = {}): Promise<Workspace> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'a work space ')));
  const workspace = openWorkspace(root);
  for (const [file, content] of Object.entries(files)) await workspace.write(file, content);
  await workspace.write('data/parcels/parcels.csv', parcels());
  await symlink(join(repository, 'actions'), join(root, 'actions'));
  if (!withGit) return workspace;
  workspace.git('init', '--quiet', '--initial-branch=main');
  workspace.git('add', '--all');
  workspace.git('commit', '--quiet', '-m', 'begin');
  return workspace;
}

/** The same conveniences for a repository that exists. */
export function openWorkspace(root: string): Workspace {
  const path = (file: string): string => join(root, file);
  const read = (file: string): Promise<string> => readFile(path(file), 'utf8');
  const write = async (file: string, content: string): Promise<void> => {
    await mkdir(dirname(path(file)), { recursive: true });
    await writeFile(path(file), content);
  };
  return {
    root,
    path,
    read,
    write,
    edit: async (file, from, to) => {
      const text = await read(file);
      if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
      await write(
        file,
        text.replace(from, () => to),
      );
    },
    git: (...args) =>
      execFileSync('git', args, { cwd: root, env: gitEnvironment(), encoding: 'utf8' }).trim(),
    mainline: (args, options) => runMainline(args, { cwd: root, ...options }),
  };
}

function gitEnvironment(): NodeJS.ProcessEnv {
  const who = { NAME: 'Ada', EMAIL: 'ada@example.org' };
  return {
    ...process.env,
    GIT_AUTHOR_NAME: who.NAME,
    GIT_AUTHOR_EMAIL: who.EMAIL,
    GIT_COMMITTER_NAME: who.NAME,
    GIT_COMMITTER_EMAIL: who.EMAIL,
  };
}

/** No-break spaces are for readers; tests compare words. */
export function plain(text: string): string {
  return text.replace(/[\u00a0\u202f]/g, ' ');
}

function runMainline(
  args: readonly string[],
  { env, cwd, onOutput, launcher: own = launcher }: RunOptions,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [own, ...args], {
      cwd,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    const tell = (): void => onOutput?.(stdout + stderr, signal => child.kill(signal));
    child.stdout.on('data', chunk => {
      stdout += chunk;
      tell();
    });
    child.stderr.on('data', chunk => {
      stderr += chunk;
      tell();
    });
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code, signal, stdout: plain(stdout), stderr: plain(stderr) }),
    );
  });
}
