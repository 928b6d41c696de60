import { describe, expect, it } from 'vitest';
import { answersOf } from '#lib/explanation/sums.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import type { Attribute, GraphNode, OnnxModel } from '#lib/onnx/model.ts';
import { readStructure } from '#lib/onnx/read-structure.ts';
import { openScorer } from '#lib/onnx/session.ts';
import { columnsOf, type ModelStructure } from '#lib/onnx/structure.ts';
import type { Table } from '#lib/tables/table.ts';
import { findTrainer } from '#lib/training/trainers.ts';
import { features, libraryModels, numberTable } from '../explanation/models.ts';
import { mixedSet, strangeRows } from '../training/sets.ts';
import { floatInput, model, node, sum } from './models.ts';

function required(structure: ModelStructure | undefined): ModelStructure {
  if (!structure) throw new Error('The structure was not read');
  return structure;
}

async function score(bytes: Uint8Array, table: Table, names?: readonly string[]): Promise<Float64Array> {
  const scorer = await openScorer(bytes, names ? { features: names } : {});
  try {
    return await scorer.score(table);
  } finally {
    await scorer.close();
  }
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(found.length).toBe(expected.length);
  Array.from(expected).forEach((value, row) => {
    expect(Math.abs((found[row] ?? Number.NaN) - value)).toBeLessThan(5e-6 * (1 + Math.abs(value)));
  });
}

describe('models of other libraries', () => {
  it.each(libraryModels)('$name: the structure answers as onnxruntime and the library do', async one => {
    const structure = required(readStructure(one.bytes, { features }));
    const answers = answersOf(structure, one.asked);
    expectClose(answers, await score(one.bytes, one.asked, features));
    expectClose(answers, one.answers);
  });

  it('is not read from a packed input whose columns nobody names', () => {
    expect(readStructure(libraryModels[0]?.bytes ?? new Uint8Array())).toBeUndefined();
  });
});

describe('models of our trainers', () => {
  it.each([
    ['linear', 'regression'],
    ['random-forest', 'regression'],
    ['gradient-boosting', 'regression'],
    ['logistic', 'binary-classification'],
    ['random-forest', 'binary-classification'],
    ['gradient-boosting', 'binary-classification'],
  ] as const)('%s for %s answers as onnxruntime, also for missing and unseen values', async (name, task) => {
    const set = mixedSet(task);
    const trainer = findTrainer(name);
    const fitted = trainer.fit(set, trainer.parameters.parse({}), { seed: 1 });
    const bytes = encodeModel(fitted.toOnnx('model'));
    const structure = required(readStructure(bytes));
    expect([...columnsOf(structure)].sort()).toEqual(['city', 'count', 'minutes']);
    for (const rows of [set.features, strangeRows()]) {
      expectClose(answersOf(structure, rows), await score(bytes, rows));
    }
  });
});

const rows = numberTable([[0], [1], [2], [null], [16_777_217], [1.5]], ['x']);

/** One tree of one test on x: 10 where it holds, 20 where not. */
function stump(attributes: Readonly<Record<string, Attribute>>): OnnxModel {
  const ints = (...value: readonly number[]): Attribute => ({ kind: 'ints', value });
  const tree: GraphNode = {
    op: 'TreeEnsembleRegressor',
    domain: 'ai.onnx.ml',
    inputs: ['x'],
    outputs: ['prediction'],
    attributes: {
      nodes_treeids: ints(0, 0, 0),
      nodes_nodeids: ints(0, 1, 2),
      nodes_featureids: ints(0, 0, 0),
      nodes_values: { kind: 'floats', value: [1, 0, 0] },
      nodes_truenodeids: ints(1, 0, 0),
      nodes_falsenodeids: ints(2, 0, 0),
      target_treeids: ints(0, 0),
      target_nodeids: ints(1, 2),
      target_ids: ints(0, 0),
      target_weights: { kind: 'floats', value: [10, 20] },
      n_targets: { kind: 'int', value: 1 },
      ...attributes,
    },
  };
  return model({ inputs: [floatInput('x', 1)], outputs: [floatInput('prediction', 1)], nodes: [tree] });
}

function modes(mode: string): Attribute {
  return { kind: 'strings', value: [mode, 'LEAF', 'LEAF'] };
}

describe('trees', () => {
  it.each(
    ['LEQ', 'LT', 'GTE', 'GT', 'EQ', 'NEQ'].flatMap(mode => [0, 1].map(missing => ({ mode, missing }))),
  )('BRANCH_$mode with missing_value_tracks_true $missing goes where onnxruntime goes', async one => {
    const bytes = encodeModel(
      stump({
        nodes_modes: modes(`BRANCH_${one.mode}`),
        nodes_missing_value_tracks_true: { kind: 'ints', value: [one.missing, 0, 0] },
      }),
    );
    const answers = answersOf(required(readStructure(bytes)), rows);
    expect([...answers]).toEqual([...(await score(bytes, rows))]);
  });

  it('compare in float32: 2^24 + 1 is 2^24', async () => {
    const bytes = encodeModel(
      stump({
        nodes_modes: modes('BRANCH_EQ'),
        nodes_values: { kind: 'floats', value: [16_777_216, 0, 0] },
      }),
    );
    const answers = answersOf(required(readStructure(bytes)), rows);
    expect(answers[4]).toBe(10);
    expect([...answers]).toEqual([...(await score(bytes, rows))]);
  });

  it.each(['SUM', 'AVERAGE'])('are combined by %s, and base values added', async aggregate => {
    const twice = (value: readonly number[], second: readonly number[] = value): readonly number[] => [
      ...value,
      ...second,
    ];
    const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
    const bytes = encodeModel(
      stump({
        nodes_modes: { kind: 'strings', value: ['BRANCH_LEQ', 'LEAF', 'LEAF', 'BRANCH_LEQ', 'LEAF', 'LEAF'] },
        nodes_treeids: ints([0, 0, 0, 1, 1, 1]),
        nodes_nodeids: ints(twice([0, 1, 2])),
        nodes_featureids: ints(twice([0, 0, 0])),
        nodes_values: { kind: 'floats', value: [1, 0, 0, 0, 0, 0] },
        nodes_truenodeids: ints(twice([1, 0, 0])),
        nodes_falsenodeids: ints(twice([2, 0, 0])),
        target_treeids: ints([0, 0, 1, 1]),
        target_nodeids: ints([1, 2, 1, 2]),
        target_ids: ints([0, 0, 0, 0]),
        target_weights: { kind: 'floats', value: [10, 20, 100, 200] },
        base_values: { kind: 'floats', value: [0.5] },
        aggregate_function: { kind: 'string', value: aggregate },
      }),
    );
    const answers = answersOf(required(readStructure(bytes)), rows);
    expect([...answers]).toEqual([...(await score(bytes, rows))]);
  });

  it.each(['MIN', 'MAX'])('combined by %s are not a sum and have no structure', aggregate => {
    const bytes = encodeModel(
      stump({
        nodes_modes: modes('BRANCH_LEQ'),
        aggregate_function: { kind: 'string', value: aggregate },
      }),
    );
    expect(readStructure(bytes)).toBeUndefined();
  });

  it.each([1, -1])('that test a column %d of one are refused', id => {
    const bytes = encodeModel(
      stump({ nodes_modes: modes('BRANCH_LEQ'), nodes_featureids: { kind: 'ints', value: [id, 0, 0] } }),
    );
    expect(readStructure(bytes)).toBeUndefined();
  });

  it('that lead back to their root are refused, not followed for ever', () => {
    const bytes = encodeModel(
      stump({ nodes_modes: modes('BRANCH_LEQ'), nodes_truenodeids: { kind: 'ints', value: [0, 0, 0] } }),
    );
    expect(readStructure(bytes)).toBeUndefined();
  });
});

const pairs = numberTable(
  [
    [1, 2],
    [-3, 0.5],
    [0, 0],
  ],
  ['a', 'b'],
);

/** Columns a and b side by side, then the given nodes to `prediction` or `probabilities`. */
function joined(nodes: readonly GraphNode[], rest: Partial<OnnxModel> = {}): Uint8Array {
  const concat: GraphNode = {
    ...node('Concat', ['a', 'b'], 'both'),
    attributes: { axis: { kind: 'int', value: 1 } },
  };
  return encodeModel(
    model({
      inputs: [floatInput('a', 1), floatInput('b', 1)],
      outputs: [floatInput('prediction', 1)],
      nodes: [concat, ...nodes],
      ...rest,
    }),
  );
}

const weights = { name: 'weights', type: 'float', shape: [2, 1], values: [0.5, -2] } as const;
const bias = { name: 'bias', type: 'float', shape: [1], values: [0.25] } as const;
const floats = (...value: readonly number[]): Attribute => ({ kind: 'floats', value });

function classifier(op: string, attributes: Readonly<Record<string, Attribute>>): Uint8Array {
  const labels = op === 'LinearClassifier' ? 'classlabels_ints' : 'classlabels_int64s';
  const answer: GraphNode = {
    op,
    domain: 'ai.onnx.ml',
    inputs: ['both'],
    outputs: ['label', 'probabilities'],
    attributes: { [labels]: { kind: 'ints', value: [0, 1] }, ...attributes },
  };
  return joined([answer], { outputs: [floatInput('probabilities', 2)] });
}

describe('weighted sums', () => {
  const gemm = (attributes: GraphNode['attributes']): GraphNode => ({
    ...node('Gemm', ['both', 'weights', 'bias'], 'sum'),
    attributes,
  });
  const linear = (transform: string, coefficients: readonly number[], intercepts: readonly number[]) =>
    classifier('LinearClassifier', {
      coefficients: floats(...coefficients),
      intercepts: floats(...intercepts),
      post_transform: { kind: 'string', value: transform },
    });

  it.each([
    [
      'Gemm with a bias, then Sigmoid, as PyTorch writes',
      joined([gemm({}), node('Sigmoid', ['sum'], 'prediction')], { initializers: [weights, bias] }),
    ],
    [
      'Gemm with alpha and beta',
      joined(
        [
          gemm({ alpha: { kind: 'float', value: 3 }, beta: { kind: 'float', value: -2 } }),
          node('Identity', ['sum'], 'prediction'),
        ],
        { initializers: [weights, bias] },
      ),
    ],
    [
      'MatMul and Add',
      joined([node('MatMul', ['both', 'weights'], 'sum'), node('Add', ['bias', 'sum'], 'prediction')], {
        initializers: [weights, bias],
      }),
    ],
    [
      'LinearRegressor',
      joined([
        {
          op: 'LinearRegressor',
          domain: 'ai.onnx.ml',
          inputs: ['both'],
          outputs: ['prediction'],
          attributes: { coefficients: floats(0.5, -2), intercepts: floats(0.25) },
        },
      ]),
    ],
    ['LinearClassifier by LOGISTIC', linear('LOGISTIC', [-0.5, 2, 0.5, -2], [-0.25, 0.25])],
    ['LinearClassifier by SOFTMAX', linear('SOFTMAX', [0.1, 0.2, 0.5, -1], [0.3, 0.25])],
  ])('%s: answers as onnxruntime', async (_, bytes) => {
    const structure = required(readStructure(bytes));
    expect(structure.kind).toBe('additive');
    expectClose(answersOf(structure, pairs), await score(bytes, pairs));
  });

  it('of two classes that LOGISTIC scores apart have no one scale', () => {
    expect(readStructure(linear('LOGISTIC', [0.1, 0.2, 0.5, -1], [0.3, 0.25]))).toBeUndefined();
  });
});

describe('trees of two classes', () => {
  const ints = (...value: readonly number[]): Attribute => ({ kind: 'ints', value });
  const trees = (transform: string, leaves: Readonly<Record<string, Attribute>>) =>
    classifier('TreeEnsembleClassifier', {
      nodes_treeids: ints(0, 0, 0),
      nodes_nodeids: ints(0, 1, 2),
      nodes_featureids: ints(1, 0, 0),
      nodes_values: floats(1, 0, 0),
      nodes_modes: modes('BRANCH_LT'),
      nodes_truenodeids: ints(1, 0, 0),
      nodes_falsenodeids: ints(2, 0, 0),
      post_transform: { kind: 'string', value: transform },
      ...leaves,
    });
  const both = (...weight: readonly number[]) => ({
    class_treeids: ints(0, 0, 0, 0),
    class_nodeids: ints(1, 1, 2, 2),
    class_ids: ints(0, 1, 0, 1),
    class_weights: floats(...weight),
  });
  const one = (id: number, ...weight: readonly number[]) => ({
    class_treeids: ints(0, 0),
    class_nodeids: ints(1, 2),
    class_ids: ints(id, id),
    class_weights: floats(...weight),
  });

  it.each([
    ['shares of both', trees('NONE', both(0.7, 0.3, 0.1, 0.9))],
    ['SOFTMAX of both', trees('SOFTMAX', both(0.7, -0.3, 0.1, 1.9))],
    ['LOGISTIC of both', trees('LOGISTIC', both(0.7, -0.3, 0.1, 1.9))],
    ['LOGISTIC of class 0, which stands for 1', trees('LOGISTIC', one(0, 0.7, -0.3))],
    ['LOGISTIC of class 1', trees('LOGISTIC', one(1, 0.7, -0.3))],
    ['LOGISTIC with a base value', trees('LOGISTIC', { ...one(0, 0.7, -0.3), base_values: floats(0.4) })],
  ])('by %s: answer as onnxruntime', async (_, bytes) => {
    expectClose(answersOf(required(readStructure(bytes)), pairs), await score(bytes, pairs));
  });
});

describe('graphs that mix columns', () => {
  it('have no structure: a product of two columns belongs to neither', () => {
    const product = model({
      inputs: [floatInput('a', 1), floatInput('b', 1)],
      outputs: [floatInput('prediction', 1)],
      nodes: [node('Mul', ['a', 'b'], 'prediction')],
    });
    expect(readStructure(encodeModel(product))).toBeUndefined();
    expect(readStructure(encodeModel(sum))).toBeUndefined();
  });

  it('with an operator that is not known have none either', () => {
    const strange = model({
      inputs: [floatInput('a', 1)],
      outputs: [floatInput('prediction', 1)],
      nodes: [node('Tanh', ['a'], 'prediction')],
    });
    expect(readStructure(encodeModel(strange))).toBeUndefined();
  });
});

describe('hostile graphs', () => {
  /** x -> op -> op -> ... -> prediction, each step made of the one before. */
  function repeated(steps: number, next: (from: string, to: string) => GraphNode): Uint8Array {
    const names = ['x', ...Array.from({ length: steps - 1 }, (_, step) => `step${step}`), 'prediction'];
    const nodes = names.slice(1).map((to, at) => next(names[at] ?? '', to));
    return encodeModel(
      model({ inputs: [floatInput('x', 1)], outputs: [floatInput('prediction', 1)], nodes }),
    );
  }

  const axis: Attribute = { kind: 'int', value: 1 };

  it('that double their width at every step are given up', () => {
    const bytes = repeated(60, (from, to) => ({ ...node('Concat', [from, from], to), attributes: { axis } }));
    expect(readStructure(bytes)).toBeUndefined();
  });

  it('that double the work for one number at every step are given up', () => {
    expect(readStructure(repeated(60, (from, to) => node('Add', [from, from], to)))).toBeUndefined();
    expect(readStructure(repeated(6, (from, to) => node('Add', [from, from], to)))).toMatchObject({
      kind: 'additive',
    });
  });

  it('that take thousands of steps one after the other are given up', () => {
    const cast = { to: { kind: 'int', value: 1 } } as const;
    expect(
      readStructure(repeated(5000, (from, to) => ({ ...node('Cast', [from], to), attributes: cast }))),
    ).toBeUndefined();
  });

  it('with a tree of a thousand floors are given up', () => {
    const floors = Array.from({ length: 1000 }, (_, floor) => floor);
    const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value });
    const each = (inner: (floor: number) => number, leaf: (floor: number) => number) =>
      ints([...floors.flatMap(floor => [inner(floor), leaf(floor)]), 0]);
    const last = 2 * floors.length;
    const bytes = encodeModel(
      stump({
        nodes_treeids: each(
          () => 0,
          () => 0,
        ),
        nodes_nodeids: ints(Array.from({ length: last + 1 }, (_, id) => id)),
        nodes_featureids: each(
          () => 0,
          () => 0,
        ),
        nodes_values: { kind: 'floats', value: Array.from({ length: last + 1 }, (_, id) => id) },
        nodes_modes: {
          kind: 'strings',
          value: [...floors.flatMap(() => ['BRANCH_LEQ', 'LEAF']), 'LEAF'],
        },
        nodes_truenodeids: each(
          floor => 2 * floor + 1,
          () => 0,
        ),
        nodes_falsenodeids: each(
          floor => 2 * floor + 2,
          () => 0,
        ),
        target_treeids: ints(Array.from({ length: floors.length + 1 }, () => 0)),
        target_nodeids: ints([...floors.map(floor => 2 * floor + 1), last]),
        target_ids: ints(Array.from({ length: floors.length + 1 }, () => 0)),
        target_weights: { kind: 'floats', value: Array.from({ length: floors.length + 1 }, () => 1) },
      }),
    );
    expect(readStructure(bytes)).toBeUndefined();
  });
});
