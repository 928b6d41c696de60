import { expect, it } from 'vitest';
import { encodeModel } from '#lib/onnx/encode.ts';
import { openScorer } from '#lib/onnx/session.ts';
import { batchScores } from '#lib/serving/batch.ts';
import { describeSignature, widthOf } from '#lib/serving/signature.ts';
import type { LoadedModel } from '#lib/serving/table.ts';
import { floatInput, model, node } from '../onnx/models.ts';
import { call, post, route, serveTable, table } from './tiny-serving.ts';

const classes = ['late', 'early', 'never'];

/** Gives back the three numbers it is asked with. */
const echo = model({
  inputs: [floatInput('p', 3)],
  outputs: [floatInput('probabilities', 3)],
  nodes: [node('Identity', ['p'], 'probabilities')],
});

async function serveEcho() {
  const scorer = await openScorer(encodeModel(echo));
  const signature = describeSignature(scorer.interface, {
    features: undefined,
    task: 'multiclass-classification',
    classes,
  });
  const score = batchScores(rows => scorer.scoreClasses(rows, 3), widthOf(signature));
  const loaded: LoadedModel = { digest: 'sha256:test', signature, score, close: scorer.close };
  return serveTable(table({ echo: route({ '1.0.0.0': loaded }, { traffic: { '1.0.0.0': 100 } }) }));
}

function ask(rows: readonly (readonly number[])[]): string {
  return JSON.stringify({
    inputs: [{ name: 'p', datatype: 'FP32', shape: [rows.length, 3], data: rows.flat() }],
  });
}

it('a model of several classes says which they are, in the order of the probabilities', async () => {
  const { url } = await serveEcho();
  expect((await call(`${url}/v2/models/echo`)).body.outputs).toEqual([
    { name: 'probabilities', datatype: 'FP64', shape: [-1, 3], parameters: { classes } },
  ]);
});

it('callers whose rows run together get their own lines back', async () => {
  let runs = 0;
  const score = batchScores(async ({ rows, columns: [column] }) => {
    runs += 1;
    return Float64Array.from({ length: rows * 3 }, (_, i) =>
      column?.kind === 'number' ? (column.values[Math.floor(i / 3)] ?? 0) + (i % 3) / 10 : 0,
    );
  }, 3);
  const rowsOf = (...values: readonly number[]) =>
    score({
      rows: values.length,
      columns: [{ name: 'a', kind: 'number', values: Float64Array.from(values) }],
    });
  const found = await Promise.all([rowsOf(1), rowsOf(2, 3), rowsOf(4)]);
  expect(found.map(scores => [...scores])).toEqual([
    [1, 1.1, 1.2],
    [2, 2.1, 2.2, 3, 3.1, 3.2],
    [4, 4.1, 4.2],
  ]);
  expect(runs).toBe(1);
});

it('it answers one line of probabilities a row, also where requests are brought together', async () => {
  const { url } = await serveEcho();
  const asked = [
    [[0.5, 0.25, 0.25]],
    [
      [1, 0, 0],
      [0, 0.125, 0.875],
    ],
    [[0.25, 0.75, 0]],
  ];
  const replies = await Promise.all(asked.map(rows => post(`${url}/v2/models/echo/infer`, ask(rows))));
  expect(replies.map(({ body }) => body.outputs)).toEqual(
    asked.map(rows => [
      { name: 'probabilities', datatype: 'FP64', shape: [rows.length, 3], data: rows.flat() },
    ]),
  );
});
