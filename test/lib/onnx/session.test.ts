import { afterEach, describe, expect, it } from 'vitest';
import { ConfigurationError } from '#lib/errors.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import type { OnnxModel, ValueInfo } from '#lib/onnx/model.ts';
import type { Scorer } from '#lib/onnx/scorer.ts';
import { openScorer } from '#lib/onnx/session.ts';
import type { Column, Table } from '#lib/tables/table.ts';
import { floatInput, model, node, sum } from './models.ts';

const scorers: Scorer[] = [];

async function open(description: OnnxModel, options?: Parameters<typeof openScorer>[1]): Promise<Scorer> {
  const scorer = await openScorer(encodeModel(description), options);
  scorers.push(scorer);
  return scorer;
}

function table(columns: Readonly<Record<string, readonly number[] | readonly string[]>>): Table {
  const list = Object.entries(columns).map(([name, values]): Column => {
    const texts = values.filter(value => typeof value === 'string');
    return texts.length > 0
      ? { name, kind: 'string', values: texts }
      : { name, kind: 'number', values: Float64Array.from(values, Number) };
  });
  return { rows: list[0]?.values.length ?? 0, columns: list };
}

/** Passes its float input [N, width] to the output `name`. */
function identity(width: readonly number[], name = 'out'): OnnxModel {
  return model({
    inputs: [floatInput('features', ...width)],
    outputs: [floatInput(name, ...width)],
    nodes: [node('Identity', ['features'], name)],
  });
}

afterEach(async () => {
  await Promise.all(scorers.splice(0).map(scorer => scorer.close()));
});

describe('inputs', () => {
  it('match columns by name, in any order, and ignore other columns', async () => {
    const scorer = await open(sum);
    const rows = table({ other: ['x', 'y'], b: [1, 2], a: [10, 20] });
    expect([...(await scorer.score(rows))]).toEqual([11, 22]);
  });

  it('score more rows than one batch holds, in order', async () => {
    const scorer = await open(sum, { batchRows: 7 });
    const numbers = Array.from({ length: 40 }, (_, i) => i);
    const rows = table({ a: numbers, b: numbers });
    expect([...(await scorer.score(rows))]).toEqual(numbers.map(i => 2 * i));
  });

  it('no rows give no scores', async () => {
    expect(await (await open(sum)).score(table({ a: [], b: [] }))).toHaveLength(0);
  });

  it('a packed input takes the named features in their order', async () => {
    const scorer = await open(identity([2]), { features: ['second', 'first'] });
    // The answer is the second of two numbers per row.
    expect([...(await scorer.score(table({ first: [1, 2], second: [3, 4], key: ['a', 'b'] })))]).toEqual([
      1, 2,
    ]);
  });

  it('a packed input takes all columns when none are named and the count is right', async () => {
    const scorer = await open(identity([2]));
    expect([...(await scorer.score(table({ first: [1, 2], second: [3, 4] })))]).toEqual([3, 4]);
    await expect(scorer.score(table({ first: [1], second: [3], third: [5] }))).rejects.toThrow(
      'The model\'s input "features" takes 2 columns, 3 are given',
    );
  });

  it('whole-number inputs take whole numbers and refuse missing ones', async () => {
    const input: ValueInfo = { name: 'n', type: 'int64', shape: [1] };
    const cast = {
      ...node('Cast', ['n'], 'prediction'),
      attributes: { to: { kind: 'int', value: 1 } },
    } as const;
    const scorer = await open(
      model({ inputs: [input], outputs: [floatInput('prediction', 1)], nodes: [cast] }),
    );
    expect([...(await scorer.score(table({ n: [3, -4] })))]).toEqual([3, -4]);
    await expect(scorer.score(table({ n: [3, Number.NaN] }))).rejects.toThrow(
      'The model takes whole numbers for "n", found a missing value',
    );
    await expect(scorer.score(table({ n: [0.5] }))).rejects.toThrow('found 0.5');
  });

  it.each([
    [{ a: [1] }, 'The model needs the column "b", the table does not have it'],
    [{ a: [1], b: ['x'] }, 'The column "b" holds text, the model needs numbers (float)'],
  ])('say which column is missing or of the wrong kind', async (columns, message) => {
    const scorer = await open(sum);
    const scored = scorer.score(table(columns));
    await expect(scored).rejects.toThrow(ConfigurationError);
    await expect(scored).rejects.toThrow(message);
  });
});

describe('outputs', () => {
  const probabilities = floatInput('probabilities', 2);
  const label: ValueInfo = { name: 'label', type: 'int64', shape: [1] };
  const labelled = (outputs: readonly ValueInfo[]): OnnxModel =>
    model({
      inputs: [floatInput('features', 2), { name: 'n', type: 'int64', shape: [1] }],
      outputs,
      nodes: [node('Identity', ['features'], 'probabilities'), node('Identity', ['n'], 'label')],
    });

  it('of one number per row are the answer, as [N] or [N, 1]', async () => {
    const flat = await open(identity([]));
    expect([...(await flat.score(table({ features: [1, 2] })))]).toEqual([1, 2]);
  });

  it('a known name decides between several float outputs', async () => {
    const scorer = await open(
      model({
        inputs: [floatInput('a', 1), floatInput('b', 1)],
        outputs: [floatInput('raw', 1), floatInput('prediction', 1)],
        nodes: [node('Identity', ['a'], 'raw'), node('Identity', ['b'], 'prediction')],
      }),
    );
    expect([...(await scorer.score(table({ a: [1], b: [2] })))]).toEqual([2]);
  });

  it('a label beside the probabilities is passed over', async () => {
    const description = labelled([label, probabilities]);
    const scorer = await open({
      ...description,
      inputs: [floatInput('p', 1), description.inputs[1]!],
      nodes: [node('Identity', ['p'], 'probabilities'), description.nodes[1]!],
      outputs: [label, floatInput('probabilities', 1)],
    });
    expect([...(await scorer.score(table({ p: [0.25], n: [1] })))]).toEqual([0.25]);
  });

  it('a label alone is refused, with the way to export probabilities', async () => {
    const refused = open(labelled([label]));
    await expect(refused).rejects.toThrow(
      'The model has no output that could be the answer; it has: label (int64)',
    );
    await expect(refused).rejects.toMatchObject({ remedy: expect.stringContaining('zipmap') });
  });

  it('three classes are refused', async () => {
    const scorer = await open(identity([3]));
    await expect(scorer.score(table({ a: [1], b: [2], c: [3] }))).rejects.toThrow(
      'The model gives 3 numbers for 1 rows, one or two per row were expected',
    );
  });
});

describe('models that do not run', () => {
  it('an operator that does not exist is refused when the model is opened', async () => {
    const refused = open({ ...sum, nodes: [node('Divinate', ['a', 'b'], 'prediction')] });
    await expect(refused).rejects.toThrow(ConfigurationError);
    await expect(refused).rejects.toThrow('onnxruntime cannot load the model');
  });

  it('a model that fails on its rows says so', async () => {
    const nodes = [node('Reshape', ['a', 'shape'], 'prediction')];
    const initializers = [{ name: 'shape', type: 'int64', shape: [2], values: [7, 7] }] as const;
    const scorer = await open({ ...sum, inputs: [floatInput('a', 1)], nodes, initializers });
    const scored = scorer.score(table({ a: [1, 2] }));
    await expect(scored).rejects.toThrow(ConfigurationError);
    await expect(scored).rejects.toThrow('The model fails on these rows');
  });
});
