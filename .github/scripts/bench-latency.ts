// Does a busy machine flip the gate on latency? Models of known speed are held against one of 100 boosted trees, again and again,
// alone and while a busy process sits on every processor; beside it what two separate measurements would have said.
// Run: node .github/scripts/bench-latency.ts [runs under load] [runs without]
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CostRatio } from '#lib/evaluation/cost.ts';
import { compareLatency, compareThroughput, sameCosts } from '#lib/evaluation/relative-cost.ts';
import { gateSchema } from '#lib/gates/declared.ts';
import { judgeThreshold } from '#lib/gates/kinds/threshold.ts';
import { type ModelFile, measureBeside, measureServing } from '#lib/onnx/measure.ts';
import { selectRows } from '#lib/tables/table.ts';
import { gateContext } from '../../test/support/proposal.ts';
import { type BenchModel, fitModel, readDeliveries } from './bench-models.ts';

const LOADED_RUNS = 50;
const QUIET_RUNS = 10;
const ROWS = 200;
const WARN_ABOVE = 1.1;
const FAIL_ABOVE = 2;
const REFERENCE: BenchModel = { algorithm: 'gradient-boosting', trees: 100, name: 'reference' };

type Decision = 'passed' | 'warned' | 'failed';

/** What a single answer costs is mostly the call itself: it takes many trees to be twice as slow. */
const cases: readonly (BenchModel & { readonly expected: Decision })[] = [
  { algorithm: 'gradient-boosting', trees: 100, name: 'the same trees in other bytes', expected: 'passed' },
  { algorithm: 'gradient-boosting', trees: 175, name: '175 boosted trees', expected: 'passed' },
  { algorithm: 'random-forest', trees: 450, name: 'a forest of 450 trees', expected: 'failed' },
];

export interface LatencyRow {
  readonly name: string;
  readonly load: 'quiet' | 'loaded';
  readonly runs: number;
  /** Ratio of the 95th percentiles: lowest, median, highest. */
  readonly p95: readonly [number, number, number];
  /** Ratio of the times of batches, likewise. */
  readonly batches: readonly [number, number, number];
  /** Decisions other than the one that is right. */
  readonly flips: number;
  /** The same for two processes measured one after the other. */
  readonly apartP95: readonly [number, number, number];
  readonly apartFlips: number;
}

/** What the two gates of a new model's default set say of a ratio. */
function decide(ratio: CostRatio): Decision {
  const context = gateContext();
  const relative = { to: REFERENCE.name, ...sameCosts, latency_regression: ratio };
  const isKept = (atMost: number): boolean => {
    const gate = gateSchema.parse({ metric: 'latency_regression', atMost });
    return judgeThreshold(gate, { ...context, cost: { ...context.cost, relative } }).outcome === 'passed';
  };
  if (!isKept(FAIL_ABOVE)) return 'failed';
  return isKept(WARN_ABOVE) ? 'passed' : 'warned';
}

/** Runs every case without load and with. */
export async function benchLatency(
  runs: { readonly loaded: number; readonly quiet: number } = { loaded: LOADED_RUNS, quiet: QUIET_RUNS },
  tell: (row: LatencyRow) => void = () => {},
): Promise<readonly LatencyRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-latency-'));
  try {
    const files = await writeModels(folder);
    const rows: LatencyRow[] = [];
    for (const load of ['quiet', 'loaded'] as const) {
      const busy = load === 'loaded' ? startBusy() : [];
      try {
        for (const one of cases) {
          const row = await runCase({ ...one, load, runs: runs[load] }, files);
          tell(row);
          rows.push(row);
        }
      } finally {
        for (const child of busy) child.kill('SIGKILL');
      }
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One for each processor. */
function startBusy(): readonly ChildProcess[] {
  return Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
}

/** By name. */
type Files = ReadonlyMap<string, ModelFile>;

async function writeModels(folder: string): Promise<Files> {
  const deliveries = await readDeliveries(join(import.meta.dirname, '../../data'));
  const rows = selectRows(
    deliveries.features,
    Array.from({ length: ROWS }, (_, row) => row),
  );
  const files = new Map<string, ModelFile>();
  for (const [index, one] of [REFERENCE, ...cases].entries()) {
    const path = join(folder, `${index}.onnx`);
    await writeFile(path, fitModel(deliveries, one));
    files.set(one.name, { path, rows });
  }
  return files;
}

interface Case {
  readonly name: string;
  readonly expected: Decision;
  readonly load: LatencyRow['load'];
  readonly runs: number;
}

async function runCase({ name, expected, load, runs }: Case, files: Files): Promise<LatencyRow> {
  const [model, reference] = [files.get(name), files.get(REFERENCE.name)];
  if (!model || !reference) throw new Error(`there is no model ${name}`);
  const found = {
    p95: [] as number[],
    batches: [] as number[],
    apart: [] as number[],
    flips: 0,
    apartFlips: 0,
  };
  for (let run = 0; run < runs; run++) {
    const { single, batch } = await measureBeside(model, reference);
    const { latency_regression: p95 } = compareLatency(single);
    const batches = batch && compareThroughput(batch);
    if (!p95 || !batches) throw new Error('the models answer');
    const apart = (await measureServing(model)).p95Ms / (await measureServing(reference)).p95Ms;
    found.p95.push(p95.value);
    found.batches.push(batches.value);
    found.apart.push(apart);
    if (decide(p95) !== expected) found.flips += 1;
    if (decide({ value: apart, ci95: null }) !== expected) found.apartFlips += 1;
  }
  return {
    ...{ name, load, runs, flips: found.flips, apartFlips: found.apartFlips },
    ...{ p95: rangeOf(found.p95), batches: rangeOf(found.batches), apartP95: rangeOf(found.apart) },
  };
}

function rangeOf(values: readonly number[]): readonly [number, number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return [at(0), at(Math.floor(sorted.length / 2)), at(sorted.length - 1)];
}

const head = ['against 100 boosted trees', 'machine', 'p95', 'batches', 'flips', 'p95 apart', 'flips apart'];

/** The results as a Markdown table; ranges are lowest, median, highest. */
export function formatLatency(rows: readonly LatencyRow[]): string {
  const lines = rows.map(row => [
    ...[row.name, row.load, showRange(row.p95), showRange(row.batches)],
    ...[`${row.flips} of ${row.runs}`, showRange(row.apartP95), `${row.apartFlips} of ${row.runs}`],
  ]);
  return [head, head.map(() => '---'), ...lines].map(cells => `| ${cells.join(' | ')} |\n`).join('');
}

function showRange(range: readonly number[]): string {
  return range.map(value => value.toFixed(2)).join(' / ');
}

if (import.meta.main) {
  const [loaded = LOADED_RUNS, quiet = QUIET_RUNS] = process.argv.slice(2).map(Number);
  const rows = await benchLatency({ loaded, quiet }, row => process.stderr.write(formatLatency([row])));
  process.stdout.write(formatLatency(rows));
  process.exitCode = rows.every(({ flips }) => flips === 0) ? 0 : 1;
}
