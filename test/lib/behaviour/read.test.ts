import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireFitting } from '#lib/behaviour/fitting.ts';
import { readBehaviourTests, readContexts } from '#lib/behaviour/read.ts';
import type { Answering } from '#lib/behaviour/subject.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';

const head =
  'apiVersion: mainline.dev/v1alpha1\nkind: BehaviourTests\nmetadata: {model: loans}\nspec:\n  tests:\n';

async function fileWith(tests: string): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'behaviour ')), 'behaviour.yaml');
  await writeFile(file, head + tests);
  return file;
}

const binary: Answering = { task: 'binary-classification', threshold: 0.5 };
const columns = [
  { name: 'rate', kind: 'number' as const },
  { name: 'state', kind: 'string' as const },
];

/** The problems of these tests, as `line:column message -> remedy`; the first test begins on line 6. */
async function problemsOf(tests: string, answering: Answering = binary): Promise<readonly string[]> {
  try {
    const document = await readBehaviourTests(await fileWith(tests), 'loans');
    if (document) requireFitting(document, { columns, answering, keys: ['17', 'b'] });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const problems = error instanceof ConfigurationErrors ? error.problems : [error];
    return problems.map(({ at, message, remedy }) => `${at?.line}:${at?.column} ${message} -> ${remedy}`);
  }
}

/** The sign § stands before what is wrong; without one that is the first test. */
function marked(tests: string): { readonly text: string; readonly place: string } {
  const signed = tests.includes('§') ? tests : tests.replace('{', '§{');
  const before = (head + signed).slice(0, (head + signed).indexOf('§')).split('\n');
  return { text: signed.replace('§', ''), place: `${before.length}:${(before.at(-1)?.length ?? 0) + 1}` };
}

it('a file of all four kinds is read, with what was left out filled in', async () => {
  const document = await readBehaviourTests(
    await fileWith(`
    - name: where somebody lives does not decide
      kind: invariance
      change: {column: state, to: [CA, NY]}
    - name: a dearer loan is not safer
      kind: direction
      raise: {column: rate, by: 2}
      answer: must not fall
    - name: known loans
      kind: minimum
      rows: [{with: {rate: 30}, expect: {answer: positive}}]
    - name: survives
      kind: edge
      rows: [{base: 17, with: {rate: }}]
      try: [missing]
`),
    'loans',
  );
  expect(document?.value.spec.tests).toEqual([
    {
      ...{ name: 'where somebody lives does not decide', kind: 'invariance', severity: 'block', share: 1 },
      ...{ change: { column: 'state', to: ['CA', 'NY'] }, on: { atMost: 500 } },
    },
    {
      ...{ name: 'a dearer loan is not safer', kind: 'direction', severity: 'block', share: 1 },
      ...{ raise: { column: 'rate', by: 2 }, answer: 'must not fall', on: { atMost: 500 } },
    },
    {
      ...{ name: 'known loans', kind: 'minimum', severity: 'block', share: 1, base: 'typical' },
      rows: [{ with: { rate: 30 }, expect: { answer: 'positive' } }],
    },
    {
      ...{ name: 'survives', kind: 'edge', severity: 'block', share: 1, base: 'typical', try: ['missing'] },
      rows: [{ base: '17', with: { rate: null }, expect: 'must not fail' }],
    },
  ]);
});

it('a model without the file has no tests', async () => {
  expect(
    await readBehaviourTests(join(tmpdir(), 'no such folder', 'behaviour.yaml'), 'loans'),
  ).toBeUndefined();
});

it('contexts are read through the same door, and may be missing too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'contexts '));
  const file = join(folder, 'contexts.yaml');
  expect(await readContexts(file)).toBeUndefined();
  const night = 'spec: {contexts: [{name: night, hours: {from: 22, to: 6}}]}';
  await writeFile(file, `apiVersion: mainline.dev/v1alpha1\nkind: Contexts\n${night}\n`);
  expect((await readContexts(file))?.value.spec).toEqual({
    ...{ contexts: [{ name: 'night', hours: { from: 22, to: 6 } }], default: 'normal' },
  });
  await writeFile(file, 'kind: Context\n');
  await expect(readContexts(file)).rejects.toThrow('kind must be "Contexts", found "Context"');
});

it('a file of another model is refused', async () => {
  const file = await fileWith('    - {name: a, kind: edge, try: [missing]}\n');
  await expect(readBehaviourTests(file, 'mortgages')).rejects.toMatchObject({
    message: 'These tests are for "loans"',
    at: { line: 3, column: 19 },
    remedy: 'Write model: mortgages, or move the file to the folder of that model.',
  });
});

describe('a mistake is shown at its place with what to write instead:', () => {
  const invariance = (rest: string): string => `    - {name: a, kind: invariance, ${rest}}\n`;
  const direction = (rest: string): string => `    - {name: a, kind: direction, ${rest}}\n`;
  const minimum = (row: string): string =>
    `    - name: a\n      kind: minimum\n      rows:\n        - {${row}}\n`;
  const flowers: Answering = { task: 'multiclass-classification', classes: ['setosa', 'virginica'] };

  it.each([
    [
      'a kind there is not',
      '    - {name: a, kind: §invariant}\n',
      'spec.tests[0].kind has no valid form -> Write one of: invariance, direction, minimum, edge.',
    ],
    [
      'an unknown key',
      invariance('§changes: {column: state, to: [CA]}, change: {column: state, to: [CA]}'),
      'Unknown key "changes" in spec.tests[0] -> Did you mean "change"?',
    ],
    [
      'two ways to change at once',
      invariance('change: §{column: rate, to: [1], jitter: 0.1}'),
      'spec.tests[0].change is not valid: write exactly one of to, swap, jitter, case -> Correct the value.',
    ],
    [
      'no step at all',
      direction('answer: must rise'),
      'spec.tests[0] is not valid: write exactly one of raise, lower, move -> Correct the value.',
    ],
    [
      'a limit that goes with another answer',
      direction('raise: {column: rate, by: 1}, answer: must not fall, atLeastBy: §1'),
      'spec.tests[0].atLeastBy is not valid: it goes with "answer: must rise" or "answer: must fall" -> Correct the value.',
    ],
    [
      'a range that is upside down',
      minimum('expect: {between: §[2, 1]}'),
      'spec.tests[0].rows[0].expect.between is not valid: the first number is the smaller one -> Correct the value.',
    ],
    [
      'a name that stands twice',
      '    §- {name: a, kind: edge, try: [missing]}\n    - {name: a, kind: edge, try: [missing]}\n',
      'spec.tests is not valid: a name stands there twice -> Correct the value.',
    ],
    [
      'a misspelt column',
      invariance('change: {column: §stat, to: [CA]}'),
      'There is no column "stat" -> Did you mean "state"?',
    ],
    [
      'a misspelt column in where',
      direction('raise: {column: rate, by: 1}, answer: must rise, on: {where: {§stata: CA}}'),
      'There is no column "stata" -> Did you mean "state"?',
    ],
    [
      'a misspelt column in a row',
      minimum('with: {§ratee: 3}, expect: {answer: positive}'),
      'There is no column "ratee" -> Did you mean "rate"?',
    ],
    [
      'a column that is nowhere near',
      direction('lower: {column: §income, by: 1}, answer: must rise'),
      'There is no column "income" -> Write one of: rate, state.',
    ],
    [
      'a text for a number',
      minimum('with: {§rate: high}, expect: {answer: positive}'),
      'The column "rate" holds numbers, found "high" -> Write a number, or null for a missing one.',
    ],
    [
      'a number for a text',
      invariance('change: {column: §state, to: [CA, 3]}'),
      'The column "state" holds texts, found 3 -> Put it in quotes.',
    ],
    [
      'a step of texts',
      direction('raise: {column: §state, by: 1}, answer: must rise'),
      'The column "state" holds texts, this needs numbers -> Name another column.',
    ],
    [
      'letters of numbers',
      invariance('change: {column: §rate, case: upper}'),
      'The column "rate" holds numbers, this needs texts -> Name another column.',
    ],
    [
      'a range of texts',
      invariance('change: {column: rate, to: [1]}, on: {where: {§state: {atLeast: 1}}}'),
      'The column "state" holds texts, this needs numbers -> Name another column.',
    ],
    [
      'a row that is not there',
      minimum('base: §99, expect: {answer: positive}'),
      'There is no test row "99" -> Did you mean "17"?',
    ],
    [
      'a class of a model that has none',
      minimum('expect: {class: §setosa}'),
      'A model for binary-classification has no classes -> Leave class out.',
    ],
    [
      'sides of a model that has none',
      minimum('expect: §{answer: positive}'),
      'A model for regression does not answer positive -> Write between: [low, high].',
      { task: 'regression' } as Answering,
    ],
    [
      'a misspelt class',
      minimum('expect: {class: §setossa}'),
      'There is no class "setossa" -> Did you mean "setosa"?',
      flowers,
    ],
    [
      'a range of classes',
      minimum('expect: §{between: [0, 1]}'),
      'A model for multiclass-classification answers with no single number -> Write class: and one of the classes.',
      flowers,
    ],
    [
      'a direction of no class',
      direction('raise: {column: rate, by: 1}, answer: must rise'),
      'It is not said whose probability is meant -> Add class: and one of setosa, virginica.',
      flowers,
    ],
  ])('%s', async (_, tests, problem, answering?: Answering) => {
    const { text, place } = marked(tests);
    expect(await problemsOf(text, answering)).toEqual([`${place} ${problem}`]);
  });
});

it('all mistakes are told at once', async () => {
  const tests = `    - {name: a, kind: invariance, change: {column: x, to: [1]}}
    - {name: b, kind: invariance, change: {column: y, to: [1]}}
`;
  expect(await problemsOf(tests)).toHaveLength(2);
});

it('a bad row is one problem, whatever forms an expectation may have', async () => {
  expect(await problemsOf('    - {name: a, kind: minimum, rows: [{expect: {answer: yes}}]}\n')).toEqual([
    '6:57 spec.tests[0].rows[0].expect.answer must be "positive" or "negative", found "yes" -> Write one of: positive, negative.',
  ]);
});
