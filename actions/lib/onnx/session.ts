// The Scorer that runs on onnxruntime: one thread, from bytes that were checked before, never from a path.
// One thread because its answers are then the same on every machine, and two are slower on a busy one.
import type { InferenceSession, OnnxValue, Tensor } from 'onnxruntime-node';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { loadNative } from '#lib/natives.ts';
import { type Feed, planFeeds } from '#lib/onnx/feeds.ts';
import { pickOutput, readClasses, readScores } from '#lib/onnx/outputs.ts';
import type { Interface, InterfaceEntry, Scorer } from '#lib/onnx/scorer.ts';
import type { Table } from '#lib/tables/table.ts';

/** Rows per run unless told otherwise. */
export const BATCH_ROWS = 4096;

export interface ScorerOptions {
  /** Rows per run: bounds memory. */
  readonly batchRows?: number;
  /** Column names in order, for a model with one input [N,F]; without it the table must have exactly F columns. */
  readonly features?: readonly string[];
}

type Runtime = typeof import('onnxruntime-node');

/**
 * Opens a model that `inspectModel` has admitted.
 * @throws ConfigurationError when onnxruntime refuses it or its interface is not one row in, one answer out
 */
export async function openScorer(
  bytes: Uint8Array,
  { batchRows = BATCH_ROWS, features }: ScorerOptions = {},
): Promise<Scorer> {
  process.env.ORT_DISABLE_TELEMETRY = '1';
  const runtime = loadNative<Runtime>('onnxruntime-node');
  const session = await createSession(runtime, bytes);
  const face = describeInterface(session);
  const opened = { runtime, session, face, output: pickOutput(face).name };
  return {
    interface: face,
    score: table => scoreTable(opened, table, { batchRows, features }),
    scoreClasses: (table, classes) => scoreTable(opened, table, { batchRows, features, classes }),
    close: () => session.release(),
  };
}

async function createSession(runtime: Runtime, bytes: Uint8Array): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(bytes, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      // Fatal only: its errors reach the user through ours.
      logSeverityLevel: 4,
    });
  } catch (cause) {
    throw new ConfigurationError(`onnxruntime cannot load the model: ${errorMessage(cause)}`, {
      remedy: 'Export the model again, for ai.onnx 17 and ai.onnx.ml 3 or older.',
      cause,
    });
  }
}

function describeInterface(session: InferenceSession): Interface {
  return {
    inputs: session.inputMetadata.map(describeEntry),
    outputs: session.outputMetadata.map(describeEntry),
  };
}

function describeEntry(entry: InferenceSession.ValueMetadata): InterfaceEntry {
  if (!entry.isTensor) return { name: entry.name, type: 'not a tensor', shape: [] };
  return {
    name: entry.name,
    type: entry.type === 'float32' ? 'float' : entry.type,
    shape: entry.shape.map(size => (typeof size === 'number' ? size : -1)),
  };
}

interface Opened {
  readonly runtime: Runtime;
  readonly session: InferenceSession;
  readonly face: Interface;
  readonly output: string;
}

async function scoreTable(
  { runtime, session, face, output }: Opened,
  table: Table,
  {
    batchRows,
    features,
    classes,
  }: { batchRows: number; features: readonly string[] | undefined; classes?: number },
): Promise<Float64Array> {
  const feeds = planFeeds(face.inputs, table, features);
  const width = classes ?? 1;
  const scores = new Float64Array(table.rows * width);
  for (let start = 0; start < table.rows; start += batchRows) {
    const end = Math.min(table.rows, start + batchRows);
    const tensors = feeds.map(feed => [feed.name, cutTensor(runtime, feed, { start, end })] as const);
    const answer = await runSession(session, Object.fromEntries(tensors), output);
    const numbers = requireNumbers(answer);
    const rows = end - start;
    scores.set(
      classes === undefined ? readScores(numbers, rows) : readClasses(numbers, rows, classes),
      start * width,
    );
  }
  return scores;
}

function cutTensor(runtime: Runtime, feed: Feed, { start, end }: { start: number; end: number }): Tensor {
  return new runtime.Tensor(feed.cut(start, end), [end - start, ...feed.shape]);
}

async function runSession(
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
  output: string,
): Promise<OnnxValue | undefined> {
  try {
    return (await session.run(feeds, [output]))[output];
  } catch (cause) {
    throw new ConfigurationError(`The model fails on these rows: ${errorMessage(cause)}`, {
      remedy: 'Check that the columns are those it was trained with; if so, export the model again.',
      cause,
    });
  }
}

function requireNumbers(value: OnnxValue | undefined): Float32Array | Float64Array {
  const data = value && 'data' in value ? value.data : undefined;
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  throw new Error('onnxruntime gave an output of another type than it declared');
}
