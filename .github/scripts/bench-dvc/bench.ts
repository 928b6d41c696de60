// Mainline beside the real DVC, case by case in one run: each tool works in a copy of its own of the same repository, in
// turn. What limits a case is measured in the same run: the disk and the hash by cp and md5sum, the rest by bare processes.
// Run: npm run bench dvc, or node .github/scripts/bench-dvc/bench.ts <words of cases> for some.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { installDvc } from '../interop-dvc.ts';
import { CASES, type Case, type Place } from './cases.ts';
import { startS3 } from './s3.ts';

const run = promisify(execFile);
const MEASURE = join(import.meta.dirname, 'measure.py');
const LAUNCHER = resolve('actions/cli/mainline.js');
const measured = z.object({ code: z.number(), seconds: z.number(), memory: z.number(), stderr: z.string() });

export interface DvcRow {
  readonly what: string;
  /** Medians in seconds. */
  readonly dvc: number;
  readonly ours: number;
  readonly limit: { readonly what: string; readonly seconds: number };
  /** KiB, the largest of any process. */
  readonly dvcMemory: number;
  readonly ourMemory: number;
  /** How many times faster it has to be. */
  readonly needed: number;
}

/** What was written before is on the disk, and what will be read is in memory: neither tool pays for the other. */
const WARM = 'sync; find . -path ./.git -prune -o -type f -print0 | xargs -0 -r cat > /dev/null; node -e 0';

/** @param only words that a case's name has to contain one of; all cases without any. */
export async function benchDvc(only: readonly string[] = []): Promise<readonly DvcRow[]> {
  const environment = resolve('.mainline/venv');
  const dvc = await installDvc('.mainline/venv');
  const home = await mkdtemp(join(tmpdir(), 'mainline-bench-dvc-'));
  const s3 = await startS3(home);
  const rows: DvcRow[] = [];
  try {
    for (const one of CASES) {
      if (only.length > 0 && !only.some(word => one.what.includes(word))) continue;
      const context = { home, dvc: resolve(dvc), python: join(environment, 'bin/python'), s3: s3?.url };
      if (one.needsS3 && !s3) continue;
      const row = await measureCase(one, context);
      process.stdout.write(formatRow(row));
      rows.push(row);
    }
    return rows;
  } finally {
    await s3?.stop();
    await rm(home, { recursive: true, force: true });
  }
}

interface Context {
  readonly home: string;
  readonly dvc: string;
  readonly python: string;
  readonly s3: string | undefined;
}

async function measureCase(one: Case, context: Context): Promise<DvcRow> {
  const tools = {
    dvc: [context.dvc],
    ours: [process.execPath, LAUNCHER, 'dvc'],
  } as const;
  const folder = await mkdtemp(join(context.home, 'case-'));
  const place = async (name: 'dvc' | 'ours'): Promise<Place> => {
    const root = join(folder, name);
    await mkdir(root);
    const env = environmentOf(folder, name);
    const call = async (words: readonly string[]) => {
      const [program = '', ...first] = tools[name];
      await run(program, [...first, ...words], { cwd: root, env, maxBuffer: 1 << 28 });
    };
    const shell = async (line: string) => {
      await run('bash', ['-ec', line], { cwd: root, env, maxBuffer: 1 << 28 });
    };
    return { name, root, call, shell, s3: context.s3 && `${context.s3}/${one.id}-${name}` };
  };
  const places = { dvc: await place('dvc'), ours: await place('ours') };
  const samples = { dvc: [] as Sample[], ours: [] as Sample[], limit: [] as number[] };
  for (const name of ['dvc', 'ours'] as const) await one.prepare(places[name]);
  for (let round = 0; round < one.runs; round++) {
    for (const name of ['dvc', 'ours'] as const) {
      if (name === 'dvc' && round >= (one.dvcRuns ?? one.runs)) continue;
      const at = places[name];
      await one.before?.(at, round);
      await at.shell(`${WARM}; ${one.atLast ?? ''}`);
      samples[name].push(
        await measure(context, [...tools[name], ...one.words], at.root, environmentOf(folder, name)),
      );
    }
    await one.limit.before?.(places.ours);
    await places.ours.shell(`${WARM}; ${one.atLast ?? ''}`);
    const env = environmentOf(folder, 'ours');
    samples.limit.push(
      (await measure(context, ['bash', '-ec', one.limit.command], places.ours.root, env)).seconds,
    );
  }
  return {
    what: one.what,
    dvc: median(samples.dvc.map(({ seconds }) => seconds)),
    ours: median(samples.ours.map(({ seconds }) => seconds)),
    limit: { what: one.limit.what, seconds: median(samples.limit) },
    dvcMemory: median(samples.dvc.map(({ memory }) => memory)),
    ourMemory: median(samples.ours.map(({ memory }) => memory)),
    needed: one.needed,
  };
}

function environmentOf(folder: string, name: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    DVC_NO_ANALYTICS: '1',
    DVC_SITE_CACHE_DIR: join(folder, `${name}-site`),
    DVC_GLOBAL_CONFIG_DIR: join(folder, `${name}-config`),
    AWS_ACCESS_KEY_ID: 'mainline',
    AWS_SECRET_ACCESS_KEY: 'mainline-bench',
    GIT_AUTHOR_NAME: 'bench',
    GIT_AUTHOR_EMAIL: 'bench@localhost',
    GIT_COMMITTER_NAME: 'bench',
    GIT_COMMITTER_EMAIL: 'bench@localhost',
    SHELL: '/bin/sh',
  };
}

interface Sample {
  readonly seconds: number;
  readonly memory: number;
}

async function measure(
  { python }: Context,
  command: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Sample> {
  const { stdout } = await run(python, [MEASURE, ...command], { cwd, env });
  const { code, seconds, memory, stderr } = measured.parse(JSON.parse(stdout));
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${stderr}`);
  return { seconds, memory };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** True when every case is as many times faster as it has to be, with less memory. */
export function keepsDvc(rows: readonly DvcRow[]): boolean {
  return rows.every(row => row.dvc / row.ours >= row.needed && row.ourMemory < row.dvcMemory);
}

function formatRow({ what, dvc, ours, limit, dvcMemory, ourMemory, needed }: DvcRow): string {
  const mark = dvc / ours >= needed && ourMemory < dvcMemory ? 'ok ' : 'NO ';
  const times = `DVC ${seconds(dvc)}, Mainline ${seconds(ours)}: ${(dvc / ours).toFixed(1)}x (needed ${needed}x)`;
  const memory = `memory ${mebibytes(dvcMemory)} and ${mebibytes(ourMemory)} MiB`;
  const bound = `limit: ${limit.what} ${seconds(limit.seconds)}, ${(ours / limit.seconds).toFixed(1)} times that`;
  return `${mark} ${what}\n      ${times}; ${memory}\n      ${bound}\n`;
}

function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 3 : 1)} s`;
}

function mebibytes(kibibytes: number): string {
  return (kibibytes / 1024).toFixed(0);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const rows = await benchDvc(process.argv.slice(2));
  if (!keepsDvc(rows)) process.exitCode = 1;
}
