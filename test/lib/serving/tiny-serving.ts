// A real server on real ONNX models of a few hundred bytes, for tests that speak HTTP.
import { expect, onTestFinished } from 'vitest';
import { encodeModel } from '#lib/onnx/encode.ts';
import type { OnnxModel } from '#lib/onnx/model.ts';
import { openScorer } from '#lib/onnx/session.ts';
import { batchScores } from '#lib/serving/batch.ts';
import { createCounts } from '#lib/serving/counts.ts';
import { type CurrentTable, createCurrentTable } from '#lib/serving/current-table.ts';
import type { Limits } from '#lib/serving/limits.ts';
import { startServer } from '#lib/serving/server.ts';
import { describeSignature } from '#lib/serving/signature.ts';
import type { LoadedModel, Route, ServedModel, ServingTable } from '#lib/serving/table.ts';
import { floatInput, model, node } from '../onnx/models.ts';

/** How long to wait for what has to come: a busy machine may be slow. */
export const PATIENT = { timeout: 30_000 } as const;

/** prediction = a + b + offset. */
export function sumPlus(offset: number): OnnxModel {
  return model({
    inputs: [floatInput('a', 1), floatInput('b', 1)],
    outputs: [floatInput('prediction', 1)],
    initializers: [{ name: 'offset', type: 'float', shape: [1], values: [offset] }],
    nodes: [node('Add', ['a', 'b'], 'sum'), node('Add', ['sum', 'offset'], 'prediction')],
  });
}

/** prediction = ln(a): NaN below 0, minus infinity at 0. */
export const logarithm: OnnxModel = model({
  inputs: [floatInput('a', 1)],
  outputs: [floatInput('prediction', 1)],
  nodes: [node('Log', ['a'], 'prediction')],
});

/** prediction = the number behind one of two days, 0 for others: an input of texts. */
export const days: OnnxModel = model({
  inputs: [{ name: 'day', type: 'string', shape: [1] }],
  outputs: [floatInput('prediction', 1)],
  nodes: [
    {
      op: 'LabelEncoder',
      domain: 'ai.onnx.ml',
      inputs: ['day'],
      outputs: ['prediction'],
      attributes: {
        keys_strings: { kind: 'strings', value: ['Mon', 'Tue'] },
        values_floats: { kind: 'floats', value: [1, 2] },
        default_float: { kind: 'float', value: 0 },
      },
    },
  ],
});

export async function load(description: OnnxModel, features?: readonly string[]): Promise<LoadedModel> {
  const scorer = await openScorer(encodeModel(description), features ? { features } : {});
  const signature = describeSignature(scorer.interface, { features, task: 'regression' });
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (isOpen) await scorer.close();
    isOpen = false;
  };
  onTestFinished(close);
  return { digest: 'sha256:test', signature, score: batchScores(scorer.score), close };
}

type Wanted = Pick<Route, 'traffic'> & Partial<Route>;

export function route(versions: Readonly<Record<string, LoadedModel>>, wanted: Wanted): Route {
  return {
    challenger: Object.keys(wanted.traffic)[0] ?? '',
    mirror: {},
    stickyHeader: undefined,
    versions: new Map(Object.entries(versions)),
    intent: 'sha256:intent',
    step: 1,
    why: 'the test says so',
    commits: { main: 'a'.repeat(40), state: 'b'.repeat(40) },
    counts: { answers: createCounts([100]), copies: createCounts([100]) },
    ...wanted,
  };
}

export function table(routes: Readonly<Record<string, Route | undefined>>): ServingTable {
  const models = Object.entries(routes).map(([name, own]): readonly [string, ServedModel] => [
    name,
    {
      name,
      environment: 'production',
      route: own,
      problem: own ? null : { message: 'it is bad', file: null, line: null, remedy: null },
    },
  ]);
  return { models: new Map(models), commits: { main: 'a'.repeat(40), state: null } };
}

export interface TinyServer {
  readonly url: string;
  readonly port: number;
  readonly tables: CurrentTable;
  /** What was told of models that failed, and of bugs. */
  readonly failures: string[];
  readonly bugs: unknown[];
  close(): Promise<void>;
}

/** @param random what chooses the version and the copies; by default the real one */
export async function serveTable(
  first: ServingTable,
  { random = Math.random, ...limits }: Partial<Limits> & { readonly random?: () => number } = {},
): Promise<TinyServer> {
  const tables = createCurrentTable();
  tables.swap(first);
  const failures: string[] = [];
  const bugs: unknown[] = [];
  const server = await startServer(
    { host: '127.0.0.1', port: 0 },
    {
      ...{ tables, version: '0.0.0', random, limits: { drainMs: 500, ...limits } },
      now: () => performance.now(),
      onBug: bug => bugs.push(bug),
      onFailure: (name, version, error) => failures.push(`${name} ${version}: ${String(error)}`),
      onRefusedConnection: error => bugs.push(error),
    },
  );
  onTestFinished(() => server.close());
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    tables,
    failures,
    bugs,
    close: server.close,
  };
}

/** A request for a + b. */
export function ask(a: unknown, b: unknown = 0, more: object = {}): string {
  const input = (name: string, data: unknown) => ({ name, datatype: 'FP32', shape: [1, 1], data: [data] });
  return JSON.stringify({ ...more, inputs: [input('a', a), input('b', b)] });
}

export interface Reply {
  readonly status: number;
  readonly version: string | null;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared as a whole
  readonly body: any;
}

export async function call(url: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(url, init);
  const text = await response.text();
  const { status, headers } = response;
  const isJson = headers.get('content-type') === 'application/json' && text !== '';
  return {
    status,
    headers,
    version: headers.get('mainline-version'),
    body: isJson ? JSON.parse(text) : text,
  };
}

export function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  return call(url, { method: 'POST', body, headers });
}

export const INFER = '/v2/models/sum/infer';

/** One version of a + b. */
export async function serveSum(limits: Parameters<typeof serveTable>[1] = {}): Promise<TinyServer> {
  const own = route({ '1.0.0.0': await load(sumPlus(0)) }, { traffic: { '1.0.0.0': 100 } });
  return serveTable(table({ sum: own }), limits);
}

/** It answers as ever, and nothing of ours broke. */
export async function expectWell({ url, bugs }: TinyServer): Promise<void> {
  expect((await post(`${url}${INFER}`, ask(1, 2))).body.outputs[0].data).toEqual([3]);
  expect(bugs).toEqual([]);
}

/** A request for a + b with something else about `a`. */
export const askOdd = (more: object) =>
  JSON.stringify({
    inputs: [
      { name: 'a', datatype: 'FP32', shape: [1], data: [1], ...more },
      { name: 'b', datatype: 'FP32', shape: [1], data: [1] },
    ],
  });
