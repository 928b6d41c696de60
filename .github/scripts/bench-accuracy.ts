// How our trainers compare with scikit-learn and XGBoost on four real tables, five folds each (row i is in fold i mod 5).
// Run: node .github/scripts/bench-accuracy.ts [folder with deliveries/ and lending-club/]
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sample } from '#lib/evaluation/metric.ts';
import { findMetric } from '#lib/evaluation/metrics.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import { findColumn, type Table } from '#lib/tables/table.ts';
import { crossValidate } from '#lib/training/cross-validation.ts';
import type { Fit } from '#lib/training/fit.ts';
import { openFitPool } from '#lib/training/fit-pool.ts';
import { findTrainer, trainers } from '#lib/training/trainers.ts';
import type { TrainingSet } from '#lib/training/training-set.ts';

const FOLDS = 5;
const SEED = 1;
/** The trainer that has to keep up with the references. */
const JUDGED = 'gradient-boosting';
const root = fileURLToPath(new URL('../..', import.meta.url));

export interface BenchTable {
  readonly name: string;
  readonly path: string;
  readonly target: string;
  /** The positive value; undefined for regression. */
  readonly positive: string | undefined;
  readonly texts: readonly string[];
  /** Measured once with these folds, 100 trees, 31 leaves, learning rate 0.1. */
  readonly reference: { readonly scikitLearn: number; readonly xgboost: number };
}

export interface BenchResult {
  readonly table: BenchTable;
  readonly metric: 'roc_auc' | 'rmse';
  /** Mean over the folds, by algorithm. */
  readonly ours: ReadonlyMap<string, number>;
  /** The weaker reference and the margin allowed. */
  readonly limit: number;
  readonly passed: boolean;
}

/** Tables that ship with the tests. */
export const fixtureTables: readonly BenchTable[] = [
  {
    name: 'credit_data',
    path: join(root, 'test/fixtures/data/credit_data.csv'),
    target: 'Status',
    positive: 'bad',
    texts: ['Home', 'Marital', 'Records', 'Job'],
    reference: { scikitLearn: 0.8355, xgboost: 0.8365 },
  },
  {
    name: 'mlc_churn',
    path: join(root, 'test/fixtures/data/mlc_churn.csv'),
    target: 'churn',
    positive: 'yes',
    texts: ['state', 'area_code', 'international_plan', 'voice_mail_plan'],
    reference: { scikitLearn: 0.9196, xgboost: 0.9184 },
  },
];

/** Tables of the examples, below a data folder. */
export function exampleTables(folder: string): readonly BenchTable[] {
  return [
    {
      name: 'lending_club',
      path: join(folder, 'lending-club/lending_club.csv'),
      target: 'Class',
      positive: 'bad',
      texts: ['term', 'sub_grade', 'addr_state', 'verification_status', 'emp_length'],
      reference: { scikitLearn: 0.7123, xgboost: 0.725 },
    },
    {
      name: 'deliveries',
      path: join(folder, 'deliveries/deliveries.csv'),
      target: 'time_to_delivery',
      positive: undefined,
      texts: ['day'],
      reference: { scikitLearn: 2.0715, xgboost: 2.086 },
    },
  ];
}

/** Cross-validates the algorithms on every table whose task they learn. */
export async function benchAccuracy(
  tables: readonly BenchTable[] = [...fixtureTables, ...exampleTables(join(root, 'data'))],
  algorithms: readonly string[] = [...trainers.keys()],
): Promise<readonly BenchResult[]> {
  const sql = await openDuckDb();
  const pool = openFitPool({ threads: 1, now: () => performance.now() });
  try {
    const results: BenchResult[] = [];
    for (const table of tables) {
      const set = await readTrainingSet(sql, table);
      results.push(await benchTable(table, set, { algorithms, fit: pool.fit }));
    }
    return results;
  } finally {
    await pool.close();
    sql.close();
  }
}

async function benchTable(
  table: BenchTable,
  set: TrainingSet,
  { algorithms, fit }: { algorithms: readonly string[]; fit: Fit },
): Promise<BenchResult> {
  const metric = set.task === 'regression' ? 'rmse' : 'roc_auc';
  const ours = new Map<string, number>();
  for (const algorithm of algorithms.filter(name => findTrainer(name).tasks.includes(set.task))) {
    const folds = Uint8Array.from(set.target, (_, row) => row % FOLDS);
    const prediction = await crossValidate({
      set,
      algorithm,
      parameters: {},
      folds,
      foldCount: FOLDS,
      seed: SEED,
      fit,
    });
    ours.set(algorithm, meanOverFolds(set, prediction, metric));
  }
  return { table, metric, ours, ...judge(table, metric, ours.get(JUDGED) ?? Number.NaN) };
}

async function readTrainingSet(sql: SqlEngine, table: BenchTable): Promise<TrainingSet> {
  const isText = (name: string): boolean =>
    table.texts.includes(name) || (name === table.target && table.positive !== undefined);
  const header = await sql.readHeader(table.path);
  const all = await sql.readTable(
    table.path,
    header.map(name => ({ name, kind: isText(name) ? 'string' : 'number' })),
  );
  const features: Table = { ...all, columns: all.columns.filter(column => column.name !== table.target) };
  const target = Array.from<string | number>(findColumn(all, table.target)?.values ?? []);
  if (table.positive === undefined) {
    return { task: 'regression', features, target: Float64Array.from(target, Number) };
  }
  const isPositive = Float64Array.from(target, value => Number(value === table.positive));
  return { task: 'binary-classification', features, target: isPositive };
}

/** Metric of each fold, averaged: what the reference figures are. */
function meanOverFolds({ task, target }: TrainingSet, prediction: Float64Array, name: string): number {
  const metric = findMetric(task, name);
  if (!metric) throw new RangeError(`There is no metric ${name}`);
  const folds = Array.from({ length: FOLDS }, (_, fold) => {
    const isHeld = (_value: number, row: number): boolean => row % FOLDS === fold;
    const sample: Sample = {
      truth: target.filter(isHeld),
      prediction: prediction.filter(isHeld),
      threshold: 0.5,
      tolerance: undefined,
    };
    return metric.prepare(sample)(new Float64Array(sample.truth.length).fill(1));
  });
  return folds.reduce((sum, value) => sum + value, 0) / FOLDS;
}

/** At most 0.005 AUC or 0.02 minutes behind the weaker of the two references. */
function judge(
  { reference }: BenchTable,
  metric: BenchResult['metric'],
  ours: number,
): Pick<BenchResult, 'limit' | 'passed'> {
  if (metric === 'roc_auc') {
    const limit = Math.min(reference.scikitLearn, reference.xgboost) - 0.005;
    return { limit, passed: ours >= limit };
  }
  const limit = Math.max(reference.scikitLearn, reference.xgboost) + 0.02;
  return { limit, passed: ours <= limit };
}

/** The results as a Markdown table. */
export function formatAccuracy(results: readonly BenchResult[]): string {
  const algorithms = [...trainers.keys()];
  const head = ['table', 'metric', 'scikit-learn', 'XGBoost', ...algorithms, 'limit', `${JUDGED} keeps it`];
  const lines = results.map(({ table, metric, ours, limit, passed }) => [
    table.name,
    metric === 'roc_auc' ? 'AUC' : 'RMSE, minutes',
    table.reference.scikitLearn.toFixed(4),
    table.reference.xgboost.toFixed(4),
    ...algorithms.map(name => ours.get(name)?.toFixed(4) ?? ''),
    limit.toFixed(4),
    passed ? 'yes' : 'NO',
  ]);
  return [head, head.map(() => '---'), ...lines].map(cells => `| ${cells.join(' | ')} |\n`).join('');
}

if (import.meta.main) {
  const [folder = join(root, 'data')] = process.argv.slice(2);
  const results = await benchAccuracy([...fixtureTables, ...exampleTables(folder)]);
  process.stdout.write(formatAccuracy(results));
  process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
}
