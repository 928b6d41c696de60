// Where the tour happens: a scratch folder with a bare origin and a clone of it, real data and a real pipeline of this
// repository, smaller so that it trains in a second. It is removed whatever happens.
import { execFileSync, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const project = join(import.meta.dirname, '..', '..', '..');
export const launcher = join(project, 'actions', 'cli', 'mainline.js');

export const MODEL = 'delivery-time';
const ROWS = 3000;

export interface Ended {
  readonly code: number;
  readonly output: string;
  readonly seconds: number;
}

export interface Sandbox {
  /** The clone that people work in. */
  readonly work: string;
  /** The bare repository both branches live in. */
  readonly origin: string;
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  git(...args: string[]): string;
  mainline(...args: string[]): Promise<Ended>;
  remove(): Promise<void>;
}

/** Git as in a fresh account: nobody's configuration takes part. */
const environment = {
  ...process.env,
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

/** Makes the sandbox with everything committed on main, nothing trained. */
export async function createSandbox(): Promise<Sandbox> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mainline-tour-')));
  const [work, origin] = [join(folder, 'shop'), join(folder, 'shop.git')];
  await mkdir(work);
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: work, env: environment, encoding: 'utf8', stdio: 'pipe' }).trim();
  const sandbox: Sandbox = {
    ...{ work, origin, git },
    read: file => readFile(join(work, file), 'utf8'),
    write: async (file, text) => {
      await mkdir(join(work, file, '..'), { recursive: true });
      await writeFile(join(work, file), text);
    },
    mainline: (...args) => runMainline(args, work),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }),
  };
  await fill(sandbox);
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Alice');
  git('config', 'user.email', 'alice@acme.example');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'The model as a team declares it');
  git('clone', '--quiet', '--bare', work, origin);
  git('remote', 'add', 'origin', origin);
  git('fetch', '--quiet');
  git('branch', '--quiet', '--set-upstream-to=origin/main', 'main');
  await mkdir(join(origin, 'mainline'), { recursive: true });
  await writeFile(join(origin, 'mainline', 'people.yaml'), 'teams: {acme/eta: [alice, bob]}\n');
  return sandbox;
}

async function fill({ work, read, write }: Sandbox): Promise<void> {
  for (const folder of [
    `models/${MODEL}`,
    `pipelines/${MODEL}`,
    `model-cards/${MODEL}.md`,
    'data/deliveries',
  ]) {
    await cp(join(project, folder), join(work, folder), {
      recursive: true,
      filter: path => !/\.(onnx|json|lock)$|train\.csv$|test\.csv$|algorithms$/u.test(path),
    });
  }
  await symlink(join(project, 'actions'), join(work, 'actions'));
  await symlink(join(project, 'node_modules'), join(work, 'node_modules'));
  const data = await read('data/deliveries/deliveries.csv');
  await write(
    'data/deliveries/deliveries.csv',
    `${data
      .split('\n')
      .slice(0, ROWS + 1)
      .join('\n')}\n`,
  );
  await write('package.json', '{"type": "module", "imports": {"#lib/*": "./actions/lib/*"}}\n');
  await write('.gitignore', '/.mainline/\n/.dvc/cache/\n/node_modules\n/actions\n');
  await write('.github/CODEOWNERS', '* @acme/eta\n');
  const pipeline = `pipelines/${MODEL}/dvc.yaml`;
  const dependency = /^ +- \.\.\/\.\.\/actions\/lib\/training\/trainers\.json.*\n/mu;
  await write(pipeline, (await read(pipeline)).replace(dependency, ''));
  await write(`pipelines/${MODEL}/.gitignore`, '/train.csv\n/test.csv\n/algorithms\n/model.onnx\n');
  const model = `models/${MODEL}/model.yaml`;
  await write(
    model,
    (await read(model))
      .replace('[linear, random-forest, gradient-boosting]', '[linear]')
      .replace('rmse, atMost: 2.5', 'rmse, atMost: 4')
      .replace('within_tolerance, atLeast: 0.65', 'within_tolerance, atLeast: 0.3'),
  );
  const params = `pipelines/${MODEL}/params.yaml`;
  await write(params, PARAMS);
}

const PARAMS = `split:
  key: all
  testShare: 0.2
train:
  seed: 1
  folds: 3
  algorithms:
    gradient-boosting: {trees: 60, leaves: 15, learningRate: 0.1}
`;

function runMainline(args: readonly string[], cwd: string): Promise<Ended> {
  const begin = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [launcher, ...args], {
      ...{ cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (output += chunk));
    child.on('error', reject);
    child.on('close', code => {
      const seconds = (performance.now() - begin) / 1000;
      resolve({ code: code ?? 1, output: output.trimEnd(), seconds });
    });
  });
}

/** A server of its own process, as it would run in production. */
export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts mainline serve and waits until it is ready. */
export async function startServer({ work }: Sandbox, port: number): Promise<Server> {
  const child = spawn(
    process.execPath,
    [launcher, 'serve', '--environment', 'production', '--port', String(port), '--poll', '1s'],
    { cwd: work, env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk));
  const ended = new Promise<void>(resolve => child.on('close', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const stop = (): Promise<void> => {
    child.kill('SIGTERM');
    return ended;
  };
  for (let i = 0; i < 200 && child.exitCode === null; i++) {
    const isReady = await fetch(`${url}/v2/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return { url, stop };
    await wait(50);
  }
  child.kill('SIGKILL');
  throw new Error(`mainline serve did not become ready:\n${output}`);
}
