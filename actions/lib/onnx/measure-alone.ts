// How one model is timed alone: the numbers that people know, as the machine gives them at that moment.
import {
  type Answer,
  type Answerer,
  BATCH,
  batchesOf,
  MOST_MS,
  singlesOf,
  timeCall,
  WARM_UP_CALLS,
} from '#lib/onnx/measure-calls.ts';
import type { ServingCost } from '#lib/onnx/measure-message.ts';
import type { Table } from '#lib/tables/table.ts';

const CALLS = 2000;
const BATCHES = 20;

/** Milliseconds of each call, shortest first. */
async function timeCalls(answer: Answer, items: readonly Table[], calls: number): Promise<Float64Array> {
  const times = new Float64Array(calls);
  const first = performance.now();
  let done = 0;
  while (done < calls && performance.now() - first < MOST_MS) {
    times[done] = await timeCall(answer, items[done % items.length]);
    done += 1;
  }
  return times.subarray(0, done).sort();
}

/** Measures one model alone, all but its memory. */
export async function measureAlone({ answer, rows }: Answerer): Promise<Omit<ServingCost, 'memoryMb'>> {
  const singles = singlesOf(rows);
  await timeCalls(answer, singles, WARM_UP_CALLS);
  const times = await timeCalls(answer, singles, CALLS);
  const at = (share: number): number => fourDigits(times[Math.ceil(share * times.length) - 1] ?? 0);
  const quantiles = { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
  if (quantiles.p50Ms * BATCH > MOST_MS) return { ...quantiles, rowsPerSecond: null };
  const batches = await timeCalls(answer, batchesOf(rows, 1), BATCHES);
  const median = batches[Math.floor(batches.length / 2)] ?? Number.NaN;
  return { ...quantiles, rowsPerSecond: fourDigits((BATCH * 1000) / median) };
}

function fourDigits(value: number): number {
  return Number(value.toPrecision(4));
}
