// How two models are timed beside each other. Both answer each row one right after the other, and who is first changes with
// every row and pass: whatever slows the machine down meets both alike.
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
import type { PairReply, PairTimes } from '#lib/onnx/measure-message.ts';
import { ownTimer } from '#lib/onnx/measure-own-time.ts';
import type { Table } from '#lib/tables/table.ts';

/** One pass is one block of the interval, which needs many of them, and at least so many. */
const PASSES = 40;
const FEWEST = 5;
/** Different batches, so that no one of them decides. */
const PAIRED_BATCHES = 4;

/** Measures two models in turn. */
export async function measurePair(model: Answerer, reference: Answerer): Promise<PairReply> {
  const answers = [model.answer, reference.answer] as const;
  const cutBoth = (cut: (table: Table) => readonly Table[]) => (pass: number) =>
    cutPairs([model.rows, reference.rows], cut, pass);
  const cutSingles = cutBoth(singlesOf);
  const pairMs = await warmUp(answers, cutSingles(0));
  const single = await timePairs(answers, cutSingles, planCalls(pairMs, model.rows.rows));
  // Rows in a batch are answered faster, so this is the most that one can take.
  const batchMs = pairMs * BATCH;
  if (batchMs * FEWEST > MOST_MS) return { single, batch: null };
  const cutBatches = cutBoth(table => batchesOf(table, PAIRED_BATCHES));
  return { single, batch: await timePairs(answers, cutBatches, planCalls(batchMs, PAIRED_BATCHES)) };
}

/** How many items are answered in how many passes. */
interface Plan {
  readonly items: number;
  readonly passes: number;
}

/**
 * What can be afforded where one pair of answers takes `pairMs`: fewer items for slower models, then fewer passes, and
 * never fewer than 5 of either where there are as many.
 */
export function planCalls(pairMs: number, items: number): Plan {
  const pairs = Math.floor(MOST_MS / pairMs);
  const fewer = Math.min(items, Math.max(FEWEST, Math.floor(pairs / PASSES)));
  return { items: fewer, passes: Math.max(FEWEST, Math.min(PASSES, Math.floor(pairs / fewer))) };
}

/** The same rows, as each of the two models takes them. */
type Pair = readonly [Table, Table];
type Answers = readonly [Answer, Answer];

/** Who is cut first changes from pass to pass. */
function cutPairs(
  [model, reference]: readonly [Table, Table],
  cut: (table: Table) => readonly Table[],
  pass: number,
): readonly Pair[] {
  const early = pass % 2 === 0 ? cut(model) : undefined;
  const theirs = cut(reference);
  const ours = early ?? cut(model);
  return ours.flatMap((rows, item): readonly Pair[] => {
    const others = theirs[item];
    return others ? [[rows, others]] : [];
  });
}

/** @returns milliseconds that one pair of answers takes. */
async function warmUp([model, reference]: Answers, pairs: readonly Pair[]): Promise<number> {
  const first = performance.now();
  let done = 0;
  while (done < WARM_UP_CALLS && performance.now() - first < MOST_MS / 10) {
    const [rows, others] = pairs[done % pairs.length] ?? [];
    await timeCall(model, rows);
    await timeCall(reference, others);
    done += 1;
  }
  return (performance.now() - first) / done;
}

/**
 * Times every pair in every pass. The rows are cut anew for each: where they lie in memory alone made one of two equal
 * models look up to 7 % slower.
 */
async function timePairs(
  [model, reference]: Answers,
  cut: (pass: number) => readonly Pair[],
  { items, passes }: Plan,
): Promise<PairTimes> {
  const time = ownTimer();
  const times = { model: new Float64Array(items * passes), reference: new Float64Array(items * passes) };
  for (let pass = 0; pass < passes; pass++) {
    for (const [item, [rows, others]] of cut(pass).slice(0, items).entries()) {
      const at = pass * items + item;
      const isFirst = (pass + item) % 2 === 0;
      if (isFirst) times.model[at] = await time(model, rows);
      times.reference[at] = await time(reference, others);
      if (!isFirst) times.model[at] = await time(model, rows);
    }
  }
  return { items, passes, model: nanoseconds(times.model), reference: nanoseconds(times.reference) };
}

function nanoseconds(milliseconds: Float64Array): readonly number[] {
  return Array.from(milliseconds, value => Math.round(value * 1e6));
}
