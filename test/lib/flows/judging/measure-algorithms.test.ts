import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { digestBytes } from '#lib/documents/canonical.ts';
import type { Cost } from '#lib/evaluation/cost.ts';
import type { FoundChampion } from '#lib/flows/champion.ts';
import { measureAlgorithms } from '#lib/flows/judging/measure-algorithms.ts';
import { openMeasurements } from '#lib/flows/judging/measurements.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import { proposal } from '../../../support/proposal.ts';
import { floatInput, model as graph, node, sum } from '../../onnx/models.ts';

const { model } = proposal();
const artifact = encodeModel(sum);
let engine: SqlEngine;
let directory = '';

beforeAll(async () => {
  engine = await openDuckDb();
});

afterAll(() => engine.close());

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'measure-algorithms-'));
  await writeFile(join(directory, 'train.csv'), 'row_id,a,b,c,minutes\n1,1,2,3,4\n2,2,3,4,5\n');
  await writeFile(join(directory, 'model.onnx'), artifact);
});

/** Another model, which is asked for the sum of two of the columns. */
function found(name: string, inputs: readonly [string, string]): FoundChampion {
  const [first, second] = inputs;
  const bytes = encodeModel(
    graph({
      inputs: [floatInput(first, 1), floatInput(second, 1)],
      outputs: [floatInput('prediction', 1)],
      nodes: [node('Add', [first, second], 'prediction')],
    }),
  );
  const champion = { state: 'known', name, why: 'compared', sha256: digestBytes(bytes) } as const;
  return { champion, bytes, answering: { threshold: 0.5 } };
}

const unknown: FoundChampion = {
  champion: { state: 'unknown', name: 'production (1.0.0.0)', why: 'its bytes are gone', sha256: null },
};

async function measure(
  references: readonly (FoundChampion | undefined)[],
  algorithm = 'model',
): Promise<Cost | undefined> {
  const costs = await measureAlgorithms(
    {
      pipeline: { directory },
      ...{ model, engine, crossValidation: null, artifactPath: join(directory, 'model.onnx') },
    },
    await openMeasurements(join(directory, 'measurements.json')),
    { algorithm, references },
  );
  return costs.model;
}

it('the judged model is measured beside the champion, each with the columns it takes', async () => {
  const cost = await measure([found('main (1234567)', ['b', 'c']), undefined]);
  expect(cost?.relative?.to).toBe('main (1234567)');
  expect(cost?.relative?.latency_regression?.value).toBeGreaterThan(0);
  expect(cost?.latency_p95_ms).toBeGreaterThan(0);
});

it('the pinned baseline takes the place of a champion without bytes', async () => {
  const cost = await measure([unknown, found('baseline (0.9.0.0)', ['a', 'b'])]);
  expect(cost?.relative?.to).toBe('baseline (0.9.0.0)');
});

it.each([
  ['there is no other model', [undefined]],
  ['the bytes of the other are not to be had', [unknown]],
  ['the other needs a column that these rows lack', [found('old', ['a', 'gone'])]],
  ['the other reads the answer', [found('old', ['a', 'minutes'])]],
])('nothing is measured beside it where %s', async (_, references) => {
  const cost = await measure(references);
  expect(cost?.relative).toBeNull();
  expect(cost?.latency_p95_ms).toBeGreaterThan(0);
});

it('an algorithm that is not judged is measured alone', async () => {
  const cost = await measure([found('main (1234567)', ['a', 'b'])], 'another');
  expect(cost?.relative).toBeNull();
});

it('a champion with the same bytes costs the same', async () => {
  const same = {
    champion: { ...found('main', ['a', 'b']).champion, state: 'same' as const },
    bytes: artifact,
  };
  const cost = await measure([{ ...same, answering: { threshold: 0.5 } }]);
  expect(cost?.relative?.latency_regression).toEqual({ value: 1, ci95: [1, 1] });
});
