// One pipeline, two repositories: DVC works in one, Mainline in the other, then they change places. Lock files, cache
// objects and run-cache have to be the same bytes, and each has to find nothing to do after the other.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readPipeline } from '#lib/dvc/pipeline/pipeline.ts';
import { reproduce } from '#lib/dvc/run/reproduce.ts';
import { createRunner } from '#lib/processes/run.ts';
import { PARAMS_JSON, PARAMS_YAML, PIPELINE } from './dvc-pipeline.ts';

/** One thing that was looked at; `detail` says what differed. */
export interface Check {
  readonly name: string;
  readonly passed: boolean;
  readonly detail: string;
}

const LOCK = 'pipelines/eta/dvc.lock';
const DVC_YAML = 'pipelines/eta/dvc.yaml';

/**
 * Works on the pipeline with both tools in turn.
 * @param dvc the path of the dvc program.
 */
export async function compareWithDvc(dvc: string): Promise<readonly Check[]> {
  const home = await mkdtemp(join(tmpdir(), 'mainline-dvc-'));
  const [a, b] = [await makeRepository(join(home, 'a'), dvc), await makeRepository(join(home, 'b'), dvc)];
  try {
    return [
      ...(await compareFirstRun(a, b)),
      ...(await compareAfter('a parameter changed', { a, b, change: setParameter })),
      ...(await compareAfter('the data changed and the tools changed places', {
        a: b,
        b: a,
        change: setData,
      })),
      ...(await compareReturn(a, b)),
    ];
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

interface Repository {
  readonly folder: string;
  /** What dvc prints, standard error included. */
  readonly dvc: (...words: readonly string[]) => Promise<string>;
  /** The status of each stage by name. */
  readonly mainline: () => Promise<Readonly<Record<string, string>>>;
}

async function makeRepository(folder: string, program: string): Promise<Repository> {
  const env = {
    ...process.env,
    DVC_NO_ANALYTICS: '1',
    DVC_SITE_CACHE_DIR: `${folder}-site`,
    DVC_GLOBAL_CONFIG_DIR: `${folder}-config`,
  };
  const run = async (file: string, words: readonly string[]) => {
    const { stdout, stderr } = await promisify(execFile)(file, words, { cwd: folder, env });
    return stdout + stderr;
  };
  await mkdir(join(folder, 'pipelines/eta/src'), { recursive: true });
  await mkdir(join(folder, 'data/raw/sub'), { recursive: true });
  await run('git', ['init', '--quiet']);
  await run(program, ['init', '--quiet']);
  const files = {
    [DVC_YAML]: PIPELINE,
    'pipelines/eta/params.yaml': PARAMS_YAML,
    'pipelines/eta/conf.json': PARAMS_JSON,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await writeFile(join(folder, 'data/raw/\u{1f600}.csv'), 'a;1\r\nb;2\r\n');
  await writeFile(join(folder, 'data/raw/\ufb00.csv'), '');
  await writeFile(join(folder, 'data/raw/sub/x.csv'), Buffer.alloc(3_000_000, 'x;y\n'));
  await writeFile(join(folder, 'pipelines/eta/src/copy.sh'), '#!/bin/sh\nexec cp -r "$@"\n', { mode: 0o755 });
  return {
    folder,
    dvc: (...words) => run(program, words),
    mainline: async () => {
      const pipeline = await readPipeline(join(folder, DVC_YAML), folder);
      const options = { cacheDir: join(folder, '.dvc/cache'), run: createRunner(), now: Date.now };
      const { stages } = await reproduce({ pipeline, ...options });
      return Object.fromEntries(stages.map(({ stage, status }) => [stage, status]));
    },
  };
}

async function compareFirstRun(a: Repository, b: Repository): Promise<readonly Check[]> {
  await a.dvc('repro', DVC_YAML);
  const statuses = await b.mainline();
  return [
    check('every stage ran', onlyStatus(statuses, 'ran')),
    ...(await compareRepositories('after the first run', a, b)),
    ...(await compareNothingToDo('after the first run', a, b)),
  ];
}

interface Change {
  /** DVC works here. */
  readonly a: Repository;
  /** Mainline works here. */
  readonly b: Repository;
  readonly change: (repository: Repository) => Promise<void>;
}

async function compareAfter(what: string, { a, b, change }: Change): Promise<readonly Check[]> {
  await change(a);
  await change(b);
  await a.dvc('repro', DVC_YAML);
  await b.mainline();
  return [
    ...(await compareRepositories(`after ${what}`, a, b)),
    ...(await compareNothingToDo(`after ${what}`, a, b)),
  ];
}

async function setParameter({ folder }: Repository): Promise<void> {
  await writeFile(
    join(folder, 'pipelines/eta/params.yaml'),
    PARAMS_YAML.replace('lr: 0.00001', 'lr: 1.0e+16'),
  );
}

async function setData({ folder }: Repository): Promise<void> {
  await writeFile(join(folder, 'data/raw/sub/new.csv'), 'n;1\n');
}

/** Back to inputs seen before: each tool restores what the other one ran, on a work tree without outputs. */
async function compareReturn(a: Repository, b: Repository): Promise<readonly Check[]> {
  for (const { folder } of [a, b]) {
    await writeFile(join(folder, 'pipelines/eta/params.yaml'), PARAMS_YAML);
    await rm(join(folder, 'data/raw/sub/new.csv'));
    await rm(join(folder, LOCK));
    await rm(join(folder, 'pipelines/eta/out'), { recursive: true });
    await mkdir(join(folder, 'pipelines/eta/out'));
  }
  const [statuses, output] = [await a.mainline(), await b.dvc('repro', DVC_YAML)];
  const restored = Object.values(statuses).filter(status => status === 'restored').length;
  const cached = output.match(/is cached - skipping run/g)?.length ?? 0;
  return [
    check(
      "Mainline restores from DVC's run-cache what DVC restores from Mainline's",
      restored === cached ? '' : `${restored} and ${cached} stages`,
    ),
    check('most stages were restored', restored >= 4 ? '' : `only ${restored}`),
    ...(await compareRepositories('after going back', a, b)),
  ];
}

async function compareRepositories(when: string, a: Repository, b: Repository): Promise<readonly Check[]> {
  const [left, right] = [
    await readFile(join(a.folder, LOCK), 'utf8'),
    await readFile(join(b.folder, LOCK), 'utf8'),
  ];
  const caches = await Promise.all([a, b].map(({ folder }) => listFiles(join(folder, '.dvc/cache'), 0o777)));
  const outputs = await Promise.all(
    [a, b].map(({ folder }) => listFiles(join(folder, 'pipelines/eta/out'), 0o100)),
  );
  return [
    check(`dvc.lock is the same bytes ${when}`, firstDifference(left.split('\n'), right.split('\n'))),
    check(`cache and run-cache are the same bytes ${when}`, firstDifference(...pair(caches))),
    check(`the outputs are the same bytes ${when}`, firstDifference(...pair(outputs))),
  ];
}

async function compareNothingToDo(when: string, a: Repository, b: Repository): Promise<readonly Check[]> {
  const locks = [await readFile(join(a.folder, LOCK), 'utf8'), await readFile(join(b.folder, LOCK), 'utf8')];
  const status = await b.dvc('status', DVC_YAML);
  const output = await b.dvc('repro', DVC_YAML);
  const statuses = await a.mainline();
  const after = [await readFile(join(a.folder, LOCK), 'utf8'), await readFile(join(b.folder, LOCK), 'utf8')];
  return [
    check(`dvc status is clean ${when}, where Mainline worked`, status.includes('up to date') ? '' : status),
    check(
      `dvc repro has nothing to do ${when}, where Mainline worked`,
      /Running stage|is cached/.test(output) ? output : '',
    ),
    check(`Mainline has nothing to do ${when}, where DVC worked`, onlyStatus(statuses, 'skipped')),
    check(`neither touched the other's dvc.lock ${when}`, firstDifference(locks, after)),
  ];
}

function check(name: string, detail: string): Check {
  return { name, passed: detail === '', detail };
}

function onlyStatus(statuses: Readonly<Record<string, string>>, expected: string): string {
  const others = Object.entries(statuses).filter(([, status]) => status !== expected);
  return others.map(([stage, status]) => `${stage} ${status}`).join(', ');
}

function pair<Item>([a, b]: readonly Item[]): readonly [Item, Item] {
  if (a === undefined || b === undefined) throw new RangeError('two lists are compared');
  return [a, b];
}

function firstDifference(a: readonly string[], b: readonly string[]): string {
  const length = Math.max(a.length, b.length);
  const at = Array.from({ length }, (_, index) => index).find(index => a[index] !== b[index]);
  return at === undefined ? '' : `${JSON.stringify(a[at] ?? null)} against ${JSON.stringify(b[at] ?? null)}`;
}

/**
 * Each file as its path, permissions and content. Of an output only the owner's right to execute counts: DVC makes its own
 * copy of what a command wrote. The .gitignore that DVC adds to is no output.
 */
async function listFiles(folder: string, permissions: number): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  const files = await Promise.all(
    names
      .filter(name => name !== '.gitignore')
      .toSorted()
      .map(async name => {
        const info = await stat(join(folder, name));
        if (!info.isFile()) return [];
        return [
          `${name} ${(info.mode & permissions).toString(8)} ${await readFile(join(folder, name), 'base64')}`,
        ];
      }),
  );
  return files.flat();
}
