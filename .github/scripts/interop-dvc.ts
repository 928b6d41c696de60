// Works on one pipeline with Mainline and with the real DVC in turn, and compares every byte.
// Run: node .github/scripts/interop-dvc.ts
// What goes through S3 alone: node .github/scripts/interop-dvc.ts --s3
// One game by hand: node .github/scripts/interop-dvc.ts --seed 17 --steps 60 [--keep] [--players dvc]
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { Check } from '../../test/interop/dvc.ts';
import { PLAYERS, playTurns, SCRIPT, type TurnsOptions } from '../../test/interop/dvc-turns.ts';

const VERSION = '3.67.1';
const SEEDS = [31, 32, 27];
const STEPS_PER_SEED = 20;
/** Not the one of the bench, which may run beside it. */
const S3_PORT = 17_071;
/** Exact: with `dvc[s3]` alone pip tries versions of its parts for many minutes. */
const PACKAGES = [
  `dvc==${VERSION}`,
  'dvc-s3==3.3.0',
  's3fs==2026.9.0',
  'aiobotocore==3.10.0',
  'botocore==1.43.117',
];
const run = promisify(execFile);

/**
 * The path of a dvc program of the tested version, installed from PyPI into a virtual environment on first use.
 * @param environment the environment's folder.
 */
export async function installDvc(environment: string): Promise<string> {
  const program = join(environment, 'bin/dvc');
  const installed = await run(program, ['--version']).catch(() => undefined);
  const speaksS3 = await run(join(environment, 'bin/python'), ['-c', 'import dvc_s3']).catch(() => undefined);
  if (installed?.stdout.trim() === VERSION && speaksS3) return program;
  await run('python3', ['-m', 'venv', environment]);
  await run(join(environment, 'bin/pip'), ['install', '--quiet', ...PACKAGES]);
  return program;
}

/** All comparisons with the real DVC. */
export async function interopDvc(environment = '.mainline/venv'): Promise<readonly Check[]> {
  const dvc = await installDvc(environment).then(program => join(process.cwd(), program));
  const { compareWithDvc } = await import('../../test/interop/dvc.ts');
  return [...(await compareWithDvc(dvc)), ...(await compareAtS3(dvc)), ...(await compareInTurns(dvc))];
}

/** Nothing where no S3 server can be had, which is said. */
async function compareAtS3(dvc: string): Promise<readonly Check[]> {
  const [{ startS3 }, { compareThroughS3 }] = await Promise.all([
    import('./bench-dvc/s3.ts'),
    import('../../test/interop/dvc-s3.ts'),
  ]);
  const home = await mkdtemp(join(tmpdir(), 'mainline-s3-'));
  const server = await startS3(home, { port: S3_PORT, bucket: 'team', takesParts: true });
  try {
    return server ? await compareThroughS3({ dvc, home, s3: server }) : [];
  } finally {
    await server?.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** Every step once, beside games drawn at random. */
async function compareInTurns(dvc: string): Promise<readonly Check[]> {
  const scripted = play(dvc, { seed: 1, steps: SCRIPT });
  const drawn = async () => {
    const games: Check[] = [];
    for (const seed of SEEDS) games.push(await play(dvc, { seed, steps: STEPS_PER_SEED }));
    return games;
  };
  const [first, others] = await Promise.all([scripted, drawn()]);
  return [first, ...others];
}

async function play(dvc: string, game: Pick<TurnsOptions, 'seed' | 'steps'>): Promise<Check> {
  const taken = await playTurns({ dvc, ...game });
  const last = taken.at(-1);
  const detail = last?.difference ? `${last.step}: ${last.tool}\n  ${last.difference}` : '';
  const how = typeof game.steps === 'number' ? `drawn with seed ${game.seed}` : 'of every kind';
  const count = typeof game.steps === 'number' ? game.steps : game.steps.length;
  return { name: `DVC and Mainline in turn, ${count} steps ${how}`, passed: detail === '', detail };
}

function print(checks: readonly Check[]): void {
  for (const { name, passed, detail } of checks)
    console.log(`${passed ? 'same  ' : 'DIFFER'} ${name}${passed ? '' : `\n  ${detail}`}`);
  if (checks.some(one => !one.passed)) process.exitCode = 1;
}

async function runByHand(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      steps: { type: 'string', default: '30' },
      only: { type: 'string', multiple: true },
      dvc: { type: 'string' },
      keep: { type: 'boolean', default: false },
      players: { type: 'string', default: 'both' },
      s3: { type: 'boolean', default: false },
    },
  });
  const dvc = values.dvc ?? join(process.cwd(), await installDvc('.mainline/venv'));
  if (values.s3) return print(await compareAtS3(dvc));
  const taken = await playTurns({
    dvc,
    seed: Number(values.seed),
    steps: values.only ?? Number(values.steps),
    keep: values.keep,
    players: PLAYERS.find(name => name === values.players),
    onTurn: ({ step, tool, difference }) =>
      process.stdout.write(
        `${difference === '' ? 'same  ' : 'DIFFER'} ${step}: ${tool}${difference && `\n  ${difference}`}\n`,
      ),
  });
  if (taken.some(({ difference }) => difference !== '')) process.exitCode = 1;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  if (process.argv.length > 2) await runByHand();
  else print(await interopDvc());
}
