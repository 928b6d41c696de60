// The measuring process: loads one model, answers single rows, prints quantiles and its memory. Started by measure.ts.
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { MeasureRequest, ServingCost } from '#lib/onnx/measure-message.ts';
import { openScorer } from '#lib/onnx/session.ts';
import { type Column, selectRows, type Table } from '#lib/tables/table.ts';

const WARM_UP_CALLS = 200;
const CALLS = 2000;
/** A slow model is measured on fewer calls: warming up and measuring may take so long each. */
const MOST_MS = 20_000;

const request = JSON.parse(await text(process.stdin)) as MeasureRequest;
const columns = request.columns.map(
  ({ name, kind, values }): Column =>
    kind === 'number'
      ? {
          name,
          kind,
          values: Float64Array.from(values, value => (value === null ? Number.NaN : Number(value))),
        }
      : { name, kind, values: values.map(String) },
);
const rows = columns[0]?.values.length ?? 0;
const table: Table = { rows, columns };
const single = Array.from({ length: rows }, (_, row) => selectRows(table, [row]));
const scorer = await openScorer(await readFile(request.model));

/** Milliseconds of each call, shortest first. */
async function timeCalls(calls: number): Promise<Float64Array> {
  const times = new Float64Array(calls);
  const first = performance.now();
  let done = 0;
  while (done < calls && performance.now() - first < MOST_MS) {
    const row = single[done % rows];
    if (!row) break;
    const start = performance.now();
    await scorer.score(row);
    times[done++] = performance.now() - start;
  }
  return times.subarray(0, done).sort();
}

await timeCalls(WARM_UP_CALLS);
const times = await timeCalls(CALLS);
const at = (share: number): number =>
  Number((times[Math.ceil(share * times.length) - 1] ?? 0).toPrecision(4));
const memoryMb = Math.round(process.memoryUsage.rss() / 1e5) / 10;
const cost: ServingCost = { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99), memoryMb };
process.stdout.write(JSON.stringify(cost));
await scorer.close();
