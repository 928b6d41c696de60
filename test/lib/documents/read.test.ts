import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readDocument } from '#lib/documents/read.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';

const schema = z.strictObject({
  kind: z.literal('Model'),
  spec: z.strictObject({
    task: z.enum(['regression', 'binary-classification']),
    gates: z.array(z.strictObject({ metric: z.string(), atMost: z.number().optional() })).default([]),
    folds: z.int().min(2).default(5),
  }),
});

async function fileWith(content: string | Uint8Array): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'documents ')), 'model.yaml');
  await writeFile(file, content);
  return file;
}

/** The problems of reading this text, as `line:column message -> remedy`. */
async function problemsOf(content: string | Uint8Array): Promise<readonly string[]> {
  try {
    await readDocument(await fileWith(content), schema);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const problems = error instanceof ConfigurationErrors ? error.problems : [error];
    return problems.map(({ at, message, remedy }) => `${at?.line}:${at?.column} ${message} -> ${remedy}`);
  }
}

it('a good file gives its value with defaults filled in', async () => {
  const { value } = await readDocument(await fileWith('kind: Model\nspec: {task: regression}\n'), schema);
  expect(value).toEqual({ kind: 'Model', spec: { task: 'regression', gates: [], folds: 5 } });
});

it('JSON is read through the same door', async () => {
  const { value } = await readDocument(
    await fileWith('{"kind": "Model", "spec": {"task": "regression"}}'),
    schema,
  );
  expect(value.spec.task).toBe('regression');
});

describe('a problem is shown at its place with what to write instead:', () => {
  it.each([
    [
      'an unknown key',
      'kind: Model\nspec:\n  taks: regression\n  task: regression\n',
      '3:3 Unknown key "taks" in spec -> Did you mean "task"?',
    ],
    [
      'an unknown key in a list',
      'kind: Model\nspec:\n  task: regression\n  gates:\n    - {metric: rmse, atMots: 3}\n',
      '5:22 Unknown key "atMots" in spec.gates[0] -> Did you mean "atMost"?',
    ],
    [
      'an unknown key near nothing',
      'kind: Model\nspec: {task: regression, colour: red}\n',
      '2:26 Unknown key "colour" in spec -> Valid keys here: folds, gates, task.',
    ],
    [
      'a wrong type',
      'kind: Model\nspec:\n  task: regression\n  folds: "5"\n',
      '4:10 spec.folds must be a number, found "5" -> Correct the value.',
    ],
    [
      'a wrong word',
      'kind: Model\nspec:\n  task: regresion\n',
      '3:9 spec.task must be "regression" or "binary-classification", found "regresion" -> Did you mean "regression"?',
    ],
    [
      'a missing key',
      'kind: Model\nspec:\n  folds: 5\n',
      '3:3 spec.task is missing -> Add spec.task (one of regression, binary-classification).',
    ],
    [
      'a number out of range',
      'kind: Model\nspec: {task: regression, folds: 1}\n',
      '2:33 spec.folds must be at least 2, found 1 -> Correct the value.',
    ],
    [
      'the same key twice',
      'kind: Model\nkind: Model\n',
      '2:1 This is not valid YAML: the key kind is there twice -> Remove one of the two.',
    ],
    [
      'a tab',
      'kind: Model\nspec:\n\ttask: regression\n',
      '3:1 This is not valid YAML: a tab is used to indent -> Indent with spaces.',
    ],
    [
      'an empty file',
      '',
      '1:1 The document must be a map of keys to values, found null -> Correct the value.',
    ],
    [
      'a list',
      '- 1\n',
      '1:1 The document must be a map of keys to values, found a list -> Correct the value.',
    ],
  ])('%s', async (_, text, expected) => {
    expect(await problemsOf(text)).toContain(expected);
  });
});

it('all problems of a file are shown at once, in file order', async () => {
  const problems = await problemsOf('kind: Modle\nspec:\n  folds: 0\n  gates: 3\n');
  expect(problems.map(problem => problem.split(' ')[0])).toEqual(['1:7', '3:3', '3:10', '4:10']);
});

it('a missing file, a folder and bytes that are not UTF-8 are told apart', async () => {
  const file = await fileWith(Uint8Array.of(0xff, 0xfe, 0x00));
  await expect(readDocument(`${file}.gone`, schema)).rejects.toThrow('does not exist');
  await expect(readDocument(join(file, '..'), schema)).rejects.toThrow('is a folder');
  await expect(readDocument(file, schema)).rejects.toThrow('is not UTF-8 text');
});

it('aliases that multiply are refused instead of filling the memory', async () => {
  const levels = Array.from(
    { length: 12 },
    (_, i) =>
      `a${i}: &a${i} [${
        i === 0
          ? '1'
          : Array(9)
              .fill(`*a${i - 1}`)
              .join(', ')
      }]`,
  );
  await expect(readDocument(await fileWith(levels.join('\n')), schema)).rejects.toThrow('aliases');
});
