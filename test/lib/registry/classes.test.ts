// What model.yaml may say about a target of several classes.
import { expect, test } from 'vitest';
import { modelSchema } from '#lib/registry/model.ts';

function problems(spec: Readonly<Record<string, unknown>>): readonly string[] {
  const { error } = modelSchema.safeParse({
    apiVersion: 'mainline.dev/v1alpha1',
    kind: 'Model',
    metadata: { name: 'iris', owners: ['@ann'], description: 'Which kind of iris a flower is.' },
    spec: {
      task: 'multiclass-classification',
      classes: ['setosa', 'versicolor', 'virginica'],
      pipeline: 'pipelines/iris',
      artifact: { path: 'model.onnx', format: 'onnx' },
      evaluation: {
        rows: { path: 'test.csv', key: 'id' },
        trainingRows: 'train.csv',
        target: 'kind',
        primary: 'log_loss',
      },
      gates: [{ metric: 'f1_macro', atLeast: 0.9 }],
      ...spec,
    },
  });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

test('the classes in the order of the probabilities are all it needs', () => {
  expect(problems({})).toEqual([]);
});

test.each([
  [{ classes: undefined }, /^spec\.classes: .* needs classes/u],
  [{ classes: ['setosa'] }, /^spec\.classes: /u],
  [{ classes: Array.from({ length: 101 }, (_, k) => `class ${k}`) }, /^spec\.classes: /u],
  [{ classes: ['setosa', 'setosa'] }, /^spec\.classes: a class stands there twice/u],
  [{ task: 'regression' }, /^spec\.classes: classes are for multiclass-classification/u],
  [{ task: 'binary-classification', positive: 'setosa' }, /^spec\.classes: classes are for/u],
  [{ algorithms: { among: ['logistic'] } }, /^spec\.algorithms: no algorithm here learns/u],
])('%o is refused', (spec, message) => {
  expect(problems(spec)).toEqual([expect.stringMatching(message)]);
});
