// How long an evaluation of a million rows takes: twenty metrics and ten slices with intervals, and all of them against a
// champion, beside scikit-learn with a thousand bootstraps. Values must agree; of the bootstraps a few are timed.
// Run: node .github/scripts/bench-evaluation.ts (needs Python 3)
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BusinessDeclaration } from '#lib/evaluation/business.ts';
import { compare } from '#lib/evaluation/comparison.ts';
import { evaluate } from '#lib/evaluation/evaluation.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { metricsOf } from '#lib/evaluation/metrics.ts';
import { createRandom } from '#lib/stats/random.ts';

const PACKAGES = ['scikit-learn==1.9.1', 'scipy==1.17.1', 'numpy==2.4.6'];
const BOOTSTRAPS = 1000;
const TIMED_DRAWS = 3;
const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

const unit = { unit: 'EUR', better: 'higher' } as const;
const business: readonly BusinessDeclaration[] = [
  { ...unit, name: 'gain', value: '(answer = truth) * amount' },
  { ...unit, name: 'gain_per_euro', value: '(answer = truth) * amount', per: 'amount' },
  { ...unit, name: 'missed', value: '(answer < truth) * amount', better: 'lower' },
];

interface Table {
  readonly sample: Sample;
  readonly champion: Sample;
  readonly amount: Float64Array;
  readonly group: Float64Array;
}

/** Loans of which one in five is bad, with scores that know something. */
function makeTable(rows: number): Table {
  const random = createRandom(2026);
  const [truth, own, other, amount, group] = [0, 1, 2, 3, 4].map(() => new Float64Array(rows)) as [
    ...[Float64Array, Float64Array, Float64Array, Float64Array, Float64Array],
  ];
  for (let row = 0; row < rows; row++) {
    const risk = random.next();
    truth[row] = random.next() < 0.4 * risk ? 1 : 0;
    own[row] = 0.01 + 0.7 * risk + 0.25 * random.next();
    other[row] = 0.01 + 0.6 * risk + 0.35 * random.next();
    amount[row] = 100 + 900 * random.next();
    group[row] = random.integer(10);
  }
  const common = { truth, threshold: 0.5, tolerance: undefined, beta: 2 };
  const costs = { falsePositive: 5, falseNegative: 50 };
  const answered = (prediction: Float64Array): Sample => ({
    ...{ ...common, costs, prediction },
    business: valuesOf({ truth, prediction, amount }),
  });
  return { sample: answered(own), champion: answered(other), amount, group };
}

/** What the expressions give; DuckDB's part is not what is timed here. */
function valuesOf({ truth, prediction, amount }: Readonly<Record<string, Float64Array>>) {
  const worth = (is: (answer: number, truth: number) => boolean): Float64Array =>
    (amount ?? new Float64Array()).map((one, row) =>
      is(Number((prediction?.[row] ?? 0) >= 0.5), truth?.[row] ?? 0) ? one : 0,
    );
  const right = worth((answer, actual) => answer === actual);
  return new Map([
    ['gain', { value: right, per: undefined }],
    ['gain_per_euro', { value: right, per: amount }],
    ['missed', { value: worth((answer, actual) => answer < actual), per: undefined }],
  ]);
}

export interface EvaluationResult {
  readonly rows: number;
  readonly metrics: number;
  /** Seconds. */
  readonly evaluation: number;
  readonly comparisons: number;
  readonly scikitLearn: { readonly once: number; readonly bootstraps: number };
  /** Metrics whose value differs from scikit-learn's beyond six digits. */
  readonly differing: readonly string[];
}

/** Evaluates in both, on the same rows. */
export async function benchEvaluation(rows = 1_000_000): Promise<EvaluationResult> {
  const table = makeTable(rows);
  const { sample, champion } = table;
  const groups = Array.from(table.group, one => `group ${one}`);
  const trivial = { ...sample, prediction: sample.prediction.map(() => 0.2) };
  const task = 'binary-classification';
  const [evaluation, found] = timed(() =>
    evaluate(sample, trivial, {
      ...{ task, primary: 'roc_auc', business, reference: champion },
      slices: new Map([['group', groups]]),
    }),
  );
  const [comparisons] = timed(() =>
    metricsOf(task, business).map(metric => compare(metric, { sample, reference: champion })),
  );
  const theirs = await runPython(table);
  const differing = found.metrics
    .filter(({ metric, value }) => !isNear(value ?? Number.NaN, theirs.values[metric]))
    .map(({ metric }) => metric);
  const scikitLearn = { once: theirs.once, bootstraps: theirs.draw * BOOTSTRAPS };
  return { rows, metrics: found.metrics.length, evaluation, comparisons, scikitLearn, differing };
}

function timed<Result>(work: () => Result): readonly [seconds: number, result: Result] {
  const start = performance.now();
  const result = work();
  return [(performance.now() - start) / 1000, result];
}

function isNear(value: number, other = Number.NaN): boolean {
  return Math.abs(value - other) <= 2e-6 * Math.abs(other);
}

interface Theirs {
  readonly once: number;
  readonly draw: number;
  readonly values: Readonly<Record<string, number>>;
}

async function runPython({ sample, amount, group }: Table): Promise<Theirs> {
  const python = await installPython(join(root, '.mainline/venv-evaluation'));
  const folder = await mkdtemp(join(tmpdir(), 'bench-evaluation-'));
  try {
    const columns = { truth: sample.truth, score: sample.prediction, amount, group };
    for (const [name, values] of Object.entries(columns)) {
      await writeFile(join(folder, `${name}.f64`), new Uint8Array(values.buffer));
    }
    const script = join(import.meta.dirname, 'bench-evaluation.py');
    const { stdout } = await run(python, [script, folder, String(TIMED_DRAWS)]);
    return JSON.parse(stdout) as Theirs;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function installPython(environment: string): Promise<string> {
  const python = join(environment, 'bin/python');
  const installed = await run(python, ['-m', 'pip', 'freeze']).catch(() => ({ stdout: '' }));
  if (!PACKAGES.every(one => installed.stdout.includes(one))) {
    await run('python3', ['-m', 'venv', environment]);
    await run(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
  }
  return python;
}

/** The result as a Markdown table. */
export function formatEvaluation(result: EvaluationResult): string {
  const { rows, metrics, evaluation, comparisons, scikitLearn, differing } = result;
  const lines = [
    ['ours, with intervals, trivial model and slices against a champion', evaluation],
    ['ours, every metric against the champion', comparisons],
    ['scikit-learn, values alone', scikitLearn.once],
    [`scikit-learn, ${BOOTSTRAPS} bootstraps (${TIMED_DRAWS} timed)`, scikitLearn.bootstraps],
  ] as const;
  const table = lines.map(([what, seconds]) => `| ${what} | ${seconds.toFixed(1)} |\n`).join('');
  const agreement =
    differing.length === 0 ? 'All values agree.' : `Values that differ: ${differing.join(', ')}.`;
  return `| ${rows} rows, ${metrics} metrics, 10 slices | seconds |\n| --- | ---: |\n${table}\n${agreement}\n`;
}

/** Whether the values agree and ours takes a hundredth of the time at most. */
export function keepsEvaluation({ evaluation, scikitLearn, differing }: EvaluationResult): boolean {
  return differing.length === 0 && evaluation * 100 <= scikitLearn.bootstraps;
}

if (import.meta.main) {
  const result = await benchEvaluation();
  process.stdout.write(formatEvaluation(result));
  process.exitCode = keepsEvaluation(result) ? 0 : 1;
}
