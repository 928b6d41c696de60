// A Scorer whose model runs in a limited process: for every model that somebody else may have built. Its answers are those
// of openScorer, bit by bit; it costs a start of Node, so serving keeps its models, judged before, in its own process.
import { fileURLToPath } from 'node:url';
import { ConfigurationError } from '#lib/errors.ts';
import type { LimitedReply, LimitedRequest } from '#lib/onnx/limited-message.ts';
import {
  type LimitedProcess,
  MODEL_LIMITS,
  type ModelLimits,
  speaksOfMemory,
  startLimited,
  tooLarge,
} from '#lib/onnx/limited-process.ts';
import type { Scorer } from '#lib/onnx/scorer.ts';
import { BATCH_ROWS, type ScorerOptions } from '#lib/onnx/session.ts';
import type { Table } from '#lib/tables/table.ts';

interface LimitedOptions extends ScorerOptions {
  readonly limits?: ModelLimits;
}

/** Batches a message: whole ones, so that the model sees the rows as it would without messages. */
const BATCHES_A_MESSAGE = 16;

/**
 * Opens a model that `inspectModel` has admitted and nobody vouches for.
 * @throws ConfigurationError as openScorer, and when the model needs more time or memory than `limits`; so does `score`.
 */
export async function openLimitedScorer(
  bytes: Uint8Array,
  { limits = MODEL_LIMITS, batchRows = BATCH_ROWS, features }: LimitedOptions = {},
): Promise<Scorer> {
  const main = fileURLToPath(new URL('./limited-main.ts', import.meta.url));
  const limited = startLimited(main, { limits });
  const ask = askInTurn(limited, limits);
  const close = async (): Promise<void> => {
    limited.stop();
    await limited.ended.catch(() => {});
  };
  try {
    const reply = await ask({ kind: 'open', bytes, batchRows, ...(features ? { features } : {}) });
    if (reply.kind !== 'opened') throw unexpected();
    const most = batchRows * BATCHES_A_MESSAGE;
    return {
      interface: reply.interface,
      close,
      score: table => scoreInParts(ask, table, { most }),
      scoreClasses: (table, classes) => scoreInParts(ask, table, { most, classes }),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Ask = (request: LimitedRequest) => Promise<LimitedReply>;

/** One question at a time: the model's time is counted once, and answers need no numbers. */
function askInTurn(limited: LimitedProcess, limits: ModelLimits): Ask {
  let last: Promise<unknown> = Promise.resolve();
  return request => {
    const reply = last.then(() => limited.within(exchange(limited, request)));
    last = reply.catch(() => {});
    return reply.then(found => requireAnswer(found, limits));
  };
}

function exchange({ child }: LimitedProcess, request: LimitedRequest): Promise<LimitedReply> {
  return new Promise(resolve => {
    child.once('message', reply => resolve(reply as LimitedReply));
    // A message that cannot be sent has met a process that ended, which is told by its end.
    child.send(request, () => {});
  });
}

function requireAnswer(reply: LimitedReply, limits: ModelLimits): LimitedReply {
  if (reply.kind !== 'refused' && reply.kind !== 'failed') return reply;
  if (speaksOfMemory(reply.message)) throw tooLarge(limits);
  if (reply.kind === 'failed') throw new Error(reply.message);
  throw new ConfigurationError(reply.message, { remedy: reply.remedy });
}

async function scoreInParts(
  ask: Ask,
  table: Table,
  { most, classes }: { readonly most: number; readonly classes?: number },
): Promise<Float64Array> {
  const width = classes ?? 1;
  const scores = new Float64Array(table.rows * width);
  // Once without rows as well, which tells of columns that are missing.
  for (let start = 0; start === 0 || start < table.rows; start += most) {
    const end = Math.min(table.rows, start + most);
    const part = cutTable(table, start, end);
    const reply = await ask({ kind: 'score', table: part, ...(classes === undefined ? {} : { classes }) });
    if (reply.kind !== 'scores' || reply.scores.length !== part.rows * width) throw unexpected();
    scores.set(reply.scores, start * width);
  }
  return scores;
}

function cutTable({ columns }: Table, start: number, end: number): Table {
  return {
    rows: end - start,
    columns: columns.map(column =>
      column.kind === 'number'
        ? { ...column, values: column.values.subarray(start, end) }
        : { ...column, values: column.values.slice(start, end) },
    ),
  };
}

function unexpected(): Error {
  return new Error("The model's process gave another answer than it was asked for");
}
