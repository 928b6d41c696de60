// What our Scorer adds to onnxruntime: a million rows scored from tables, beside session.run on tensors made before. Both
// take each batch in turn, and are compared as a model is with its champion: other work on the machine meets both.
// Run: node .github/scripts/bench-scoring.ts
import { join } from 'node:path';
import type { CostRatio } from '#lib/evaluation/cost.ts';
import { compareThroughput } from '#lib/evaluation/relative-cost.ts';
import { loadNative } from '#lib/natives.ts';
import { planFeeds } from '#lib/onnx/feeds.ts';
import { BATCH_ROWS, openScorer } from '#lib/onnx/session.ts';
import { selectRows, type Table } from '#lib/tables/table.ts';
import { fitModel, readDeliveries } from './bench-models.ts';

const ROWS = 1_000_000;
const ROUNDS = 10;
/** How many times as long as onnxruntime alone it may take. */
const LIMIT = 1.05;

type Runtime = typeof import('onnxruntime-node');

export interface ScoringResult {
  readonly what: string;
  /** In times of session.run on tensors made before. */
  readonly ratio: CostRatio;
  /** Seconds for all rows, undisturbed. */
  readonly seconds: number;
}

/** Every way to score, batch by batch. */
interface Way {
  readonly what: string;
  /** Resolves when this batch is scored. */
  readonly run: (batch: number) => Promise<unknown>;
}

async function openWays(batches: readonly Table[]): Promise<readonly Way[]> {
  const folder = join(import.meta.dirname, '../../data');
  const bytes = fitModel(await readDeliveries(folder), {
    ...{ algorithm: 'gradient-boosting', trees: 100, name: 'scoring' },
  });
  const scorer = await openScorer(bytes);
  const runtime = loadNative<Runtime>('onnxruntime-node');
  const session = await runtime.InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
  });
  const [output = ''] = session.outputNames;
  const makeFeeds = (table: Table) =>
    Object.fromEntries(
      planFeeds(scorer.interface.inputs, table, undefined).map(feed => [
        feed.name,
        new runtime.Tensor(feed.cut(0, table.rows), [table.rows, ...feed.shape]),
      ]),
    );
  const prepared = batches.map(makeFeeds);
  const none: Table = { rows: 0, columns: [] };
  return [
    {
      what: 'session.run on tensors made before',
      run: batch => session.run(prepared[batch] ?? {}, [output]),
    },
    { what: 'making the tensors', run: async batch => makeFeeds(batches[batch] ?? none) },
    { what: 'Scorer.score on the table', run: batch => scorer.score(batches[batch] ?? none) },
  ];
}

/** Batches of the example's rows, as often as it takes. */
async function readBatches(rows: number): Promise<readonly Table[]> {
  const { features } = await readDeliveries(join(import.meta.dirname, '../../data'));
  return Array.from({ length: Math.ceil(rows / BATCH_ROWS) }, (_, batch) => {
    const first = batch * BATCH_ROWS;
    return selectRows(
      features,
      Array.from({ length: Math.min(BATCH_ROWS, rows - first) }, (_, row) => (first + row) % features.rows),
    );
  });
}

/** Scores the rows in every way, in turn. */
export async function benchScoring(rows = ROWS): Promise<readonly ScoringResult[]> {
  const batches = await readBatches(rows);
  const ways = await openWays(batches);
  const times = ways.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (let batch = 0; batch < batches.length; batch++) {
      for (let turn = 0; turn < ways.length; turn++) {
        const way = (turn + batch + round) % ways.length;
        const start = performance.now();
        await ways[way]?.run(batch);
        // The first round warms up.
        if (round > 0) times[way]?.push(performance.now() - start);
      }
    }
  }
  const [reference = []] = times;
  const shape = { items: batches.length, passes: ROUNDS };
  const undisturbed = batches
    .map((_, batch) => Math.min(...reference.filter((_, call) => call % batches.length === batch)))
    .reduce((sum, time) => sum + time / 1000, 0);
  return ways.map(({ what }, way) => {
    const ratio = compareThroughput({ ...shape, model: times[way] ?? [], reference });
    if (!ratio) throw new Error('every way has times');
    return { what, ratio, seconds: ratio.value * undisturbed };
  });
}

/** The results as a Markdown table. */
export function formatScoring(results: readonly ScoringResult[]): string {
  const lines = results.map(({ what, ratio: { value, ci95 }, seconds }) => {
    const interval = ci95 ? ` (95 %: ${ci95.join(' to ')})` : '';
    return `| ${what} | ${seconds.toFixed(2)} | ${value}${interval} |\n`;
  });
  const head =
    '| a million rows, batches of 4096 | seconds | in times of onnxruntime alone |\n| --- | ---: | ---: |\n';
  return `${head}${lines.join('')}\nThe limit is ${LIMIT}.\n`;
}

/** Whether ours stays within the limit. */
export function keepsScoring(results: readonly ScoringResult[]): boolean {
  return (results.at(-1)?.ratio.value ?? Number.NaN) <= LIMIT;
}

if (import.meta.main) {
  const results = await benchScoring();
  process.stdout.write(formatScoring(results));
  process.exitCode = keepsScoring(results) ? 0 : 1;
}
