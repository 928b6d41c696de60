import { describe, expect, it } from 'vitest';
import { behaviourTestsSchema } from '#lib/behaviour/declared.ts';
import { behaviourResultsSchema } from '#lib/behaviour/result.ts';
import { type BehaviourInput, runBehaviourTests } from '#lib/behaviour/run.ts';
import type { Subject } from '#lib/behaviour/subject.ts';
import { typicalRow } from '#lib/behaviour/typical.ts';
import { parseDocumentText } from '#lib/documents/document.ts';
import { checkDocument } from '#lib/documents/read.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import { openScorer } from '#lib/onnx/session.ts';
import { floatInput, model, node, sum } from '../onnx/models.ts';
import { formula, table } from './builders.ts';

function document(tests: string) {
  const text = `apiVersion: mainline.dev/v1alpha1\nkind: BehaviourTests\nmetadata: {model: m}\nspec:\n  tests:\n${tests}`;
  return checkDocument(parseDocumentText(text, 'behaviour.yaml'), behaviourTestsSchema);
}

/** Four loans. */
const loans = table({
  rate: [5, 10, 20, 30],
  state: ['CA', 'NY', 'CA', 'TX'],
  age: [30, 40, 50, Number.NaN],
});
/** rate / 40; somebody in Texas gets a tenth more. */
const risk = formula(
  { task: 'binary-classification', threshold: 0.5 },
  row => Number(row.rate) / 40 + (row.state === 'TX' ? 0.1 : 0),
);

async function run(test: string, subject: Subject = risk, more: Partial<BehaviourInput> = {}) {
  const rows = more.rows ?? loans;
  const keys = Array.from({ length: rows.rows }, (_, row) => `loan ${row + 1}`);
  const found = await runBehaviourTests(document(`    - {name: a, ${test}}\n`), {
    rows,
    keys,
    typical: typicalRow(rows),
    subject,
    ...more,
  });
  expect(behaviourResultsSchema.parse(found)).toEqual(found);
  const [result] = found.results;
  if (!result) throw new Error('no result');
  return { ...result, passed: found.passed, scored: found.scored };
}

describe('an invariance', () => {
  it('fails with the rows whose answer changed, the largest change first', async () => {
    // Only loan 3 changes side: 20 / 40 = 0.5 is positive everywhere, so nothing moves; with the threshold at 0.55 it does.
    const strict = { ...risk, threshold: 0.55 } as Subject;
    const found = await run('kind: invariance, change: {column: state, to: [CA, TX]}', strict);
    expect(found).toMatchObject({ status: 'failed', n: 4, held: 3, share: 0.75, required: 1, passed: false });
    expect(found.examples).toEqual([
      {
        row: 'loan 3',
        changed: 'state "TX" instead of "CA"',
        before: { score: 0.5, answer: 'negative' },
        after: { score: 0.6, answer: 'positive' },
        problem: null,
      },
    ]);
    expect(found.sentence).toBe(
      '3 of 4\u00a0rows keep their answer when state is set to "CA", "TX"; all must.',
    );
  });

  it('passes where the answer stays, whatever the score does', async () => {
    expect(await run('kind: invariance, change: {column: state, to: [CA, TX]}')).toMatchObject({
      ...{ status: 'passed', n: 4, held: 4, examples: [], passed: true },
    });
  });

  it('with within looks at the score', async () => {
    const test = (within: number) => `kind: invariance, change: {column: state, to: [TX]}, within: ${within}`;
    expect(await run(test(0.1))).toMatchObject({ status: 'passed', n: 3, held: 3 });
    expect(await run(test(0.09))).toMatchObject({ status: 'failed', n: 3, held: 0 });
  });

  it('holds with the declared share of the rows, and shows the interval of Wilson', async () => {
    const strict = { ...risk, threshold: 0.55 } as Subject;
    const found = await run('kind: invariance, change: {column: state, to: [CA, TX]}, share: 0.75', strict);
    // Wilson, 3 of 4, z = 1.959964: centre (0.75 + 0.480182) / 1.960365, half 0.327179 (by hand).
    expect(found).toMatchObject({ status: 'passed', ci95: [0.300642, 0.954413] });
    expect(found.sentence).toContain('; 3 must.');
  });

  it('shows the worst change of a row, and the worst row first', async () => {
    const amount = formula({ task: 'regression' }, ({ rate }) => Number(rate));
    const found = await run('kind: invariance, change: {column: rate, to: [0, 12]}', amount);
    expect(found.examples.map(({ row, changed, after }) => [row, changed, after.score])).toEqual([
      ['loan 4', 'rate 0 instead of 30', 0],
      ['loan 3', 'rate 0 instead of 20', 0],
      ['loan 2', 'rate 0 instead of 10', 0],
      ['loan 1', 'rate 12 instead of 5', 12],
    ]);
  });

  it('swaps two values and leaves other rows out', async () => {
    const found = await run('kind: invariance, change: {column: state, swap: [CA, TX]}, within: 0');
    expect(found).toMatchObject({ n: 3, held: 0 });
    expect(found.examples.map(({ changed }) => changed).sort()).toEqual([
      ...['state "CA" instead of "TX"', 'state "TX" instead of "CA"', 'state "TX" instead of "CA"'],
    ]);
  });

  it('writes texts in another case', async () => {
    const found = await run('kind: invariance, change: {column: state, case: lower}, within: 0');
    expect(found).toMatchObject({ n: 4, held: 3 });
    expect(found.examples[0]?.changed).toBe('state "tx" instead of "TX"');
  });

  it('moves numbers by no more than the share of the range of the training rows', async () => {
    const ranges = new Map([['rate', { low: 0, high: 40, isWhole: false }]]);
    const test = (within: number) =>
      `kind: invariance, change: {column: rate, jitter: 0.1}, within: ${within}`;
    expect(await run(test(0.1), risk, { ranges })).toMatchObject({ n: 4, held: 4, status: 'passed' });
    expect((await run(test(0.0), risk, { ranges })).held).toBe(0);
  });

  it('of an amount allows the declared tolerance', async () => {
    const eta = (tolerance: number) =>
      formula({ task: 'regression', tolerance }, row => Number(row.rate) + (row.state === 'TX' ? 2 : 0));
    const test = 'kind: invariance, change: {column: state, to: [TX]}';
    expect(await run(test, eta(2))).toMatchObject({ n: 3, held: 3 });
    expect(await run(test, eta(1.9))).toMatchObject({ n: 3, held: 0 });
  });

  it('of classes keeps the most probable one', async () => {
    const classes = ['low', 'middle', 'high'];
    const flower = formula({ task: 'multiclass-classification', classes }, row =>
      row.state === 'TX' ? [0.3, 0.5, 0.2] : [0.5, 0.3, 0.2],
    );
    const found = await run('kind: invariance, change: {column: state, to: [TX]}', flower);
    expect(found).toMatchObject({ n: 3, held: 0 });
    expect(found.examples[0]).toMatchObject({
      ...{ before: { score: 0.5, answer: 'low' }, after: { score: 0.5, answer: 'middle' } },
    });
    const within = 'kind: invariance, change: {column: state, to: [TX]}, within:';
    expect(await run(`${within} 0.2`, flower)).toMatchObject({ held: 3 });
    expect(await run(`${within} 0.19`, flower)).toMatchObject({ held: 0 });
  });
});

describe('the rows of a test', () => {
  it.each([
    ['a value', '{state: CA}', 2],
    ['one of several values', '{state: [CA, TX]}', 3],
    ['a missing value', '{age: }', 1],
    ['a range', '{rate: {atLeast: 10, atMost: 20}}', 2],
    ['several columns at once', '{state: CA, rate: {atLeast: 10}}', 1],
  ])('are chosen by %s', async (_, where, n) => {
    const test = `kind: direction, raise: {column: rate, by: 1}, answer: must rise, on: {where: ${where}}`;
    expect(await run(test)).toMatchObject({ n, held: n, status: 'passed' });
  });

  it('are at most so many, always the same ones', async () => {
    const rows = table({ rate: Array.from({ length: 100 }, (_, row) => row) });
    const wrong = formula({ task: 'regression' }, row => -Number(row.rate));
    const test = 'kind: direction, raise: {column: rate, by: 1}, answer: must rise, on: {atMost: 7}';
    const found = await run(test, wrong, { rows });
    expect(found).toMatchObject({ n: 7, held: 0, scored: 14 });
    expect(found.examples).toHaveLength(5);
    expect(await run(test, wrong, { rows })).toEqual(found);
  });

  it('may be none, which tells nothing and stops nothing', async () => {
    const found = await run('kind: invariance, change: {column: state, to: [CA]}, on: {where: {state: WA}}');
    expect(found).toMatchObject({ status: "can't tell", n: 0, share: null, ci95: null, passed: true });
    expect(found.sentence).toBe('No row could be changed in this way, so nothing was tested.');
  });
});

describe('a direction', () => {
  it('must not be broken by any row', async () => {
    // Beyond 20 the risk falls by 0.01 a point.
    const humped = formula(
      { task: 'binary-classification', threshold: 0.5 },
      ({ rate }) => 0.4 - Math.abs(Number(rate) - 20) / 100,
    );
    const test = 'kind: direction, raise: {column: rate, by: 4}, answer: must not fall';
    const found = await run(test, humped);
    expect(found).toMatchObject({ n: 4, held: 2, status: 'failed' });
    expect(found.examples.map(({ row, before, after }) => [row, before.score, after.score])).toEqual([
      ['loan 3', 0.4, 0.36],
      ['loan 4', 0.3, 0.26],
    ]);
    expect(found.sentence).toBe(
      '2 of 4\u00a0rows answer as they should when rate rises by 4: the answer must not fall; all must.',
    );
    expect(await run(`${test}, within: 0.04`, humped)).toMatchObject({ held: 4 });
  });

  it('that must rise may not stand still', async () => {
    const still = formula({ task: 'regression' }, () => 1);
    const test = (answer: string) => `kind: direction, lower: {column: rate, by: 1}, answer: ${answer}`;
    expect(await run(test('must rise'), still)).toMatchObject({ held: 0 });
    expect(await run(test('must fall'), still)).toMatchObject({ held: 0 });
    expect(await run(test('must not rise'), still)).toMatchObject({ held: 4 });
    expect(await run(test('must fall'))).toMatchObject({ held: 4 });
    expect(await run(test('must rise'))).toMatchObject({ held: 0 });
  });

  it('can ask for how much', async () => {
    const test = (by: number) =>
      `kind: direction, raise: {column: rate, by: 4}, answer: must rise, atLeastBy: ${by}`;
    expect(await run(test(0.1))).toMatchObject({ held: 4 });
    expect(await run(test(0.101))).toMatchObject({ held: 0 });
  });

  it('moves texts one step along their list, the last one nowhere', async () => {
    const test = 'kind: direction, move: {column: state, along: [NY, CA, TX]}, answer: must rise';
    const found = await run(test);
    expect(found).toMatchObject({ n: 3, held: 2, scored: 6 });
    expect(found.examples[0]).toMatchObject({ row: 'loan 2', changed: 'state "CA" instead of "NY"' });
  });

  it('leaves out rows in which the number is missing', async () => {
    expect(await run('kind: direction, raise: {column: age, by: 1}, answer: must not fall')).toMatchObject({
      n: 3,
    });
  });

  it('of classes is about the named one', async () => {
    const flower = formula({ task: 'multiclass-classification', classes: ['a', 'b'] }, ({ rate }) => [
      Number(rate) / 50,
      1 - Number(rate) / 50,
    ]);
    const test = 'kind: direction, raise: {column: rate, by: 1}, answer: must rise, class:';
    expect(await run(`${test} a`, flower)).toMatchObject({ held: 4 });
    expect(await run(`${test} b`, flower)).toMatchObject({ held: 0 });
  });
});

describe('rows that must be answered so', () => {
  it('are completed from the typical row or a test row', async () => {
    // Typical: rate 10 (lower median), state CA (twice). Loan 4: 30 / 40 + 0.1 = 0.85.
    const found = await run(
      'kind: minimum, rows: [{expect: {between: [0.25, 0.25]}}, {base: loan 4, expect: {between: [0.84, 0.86]}}, {base: loan 4, with: {state: CA}, expect: {answer: negative}}]',
    );
    expect(found).toMatchObject({ n: 3, held: 2, status: 'failed', ci95: null });
    expect(found.examples).toEqual([
      {
        row: 'loan 4',
        changed: 'state "CA" instead of "TX"',
        before: { score: 0.85, answer: 'positive' },
        after: { score: 0.75, answer: 'positive' },
        problem: 'expected negative',
      },
    ]);
    expect(found.sentence).toBe('2 of 3\u00a0rows are answered as expected; all must.');
  });

  it('are right at the ends of a range, and wrong below and above it', async () => {
    const rows = ['[0.25, 0.3]', '[0.2, 0.25]', '[0.26, 0.3]', '[0.2, 0.24]'].map(
      between => `{expect: {between: ${between}}}`,
    );
    const found = await run(`kind: minimum, rows: [${rows.join(', ')}]`);
    expect(found).toMatchObject({ n: 4, held: 2 });
    expect(found.examples.map(({ problem }) => problem)).toEqual([
      'expected 0.26 to 0.3',
      'expected 0.2 to 0.24',
    ]);
  });

  it('can be of a class', async () => {
    const flower = formula({ task: 'multiclass-classification', classes: ['a', 'b'] }, () => [0.5, 0.5]);
    const found = await run('kind: minimum, rows: [{expect: {class: a}}, {expect: {class: b}}]', flower);
    expect(found).toMatchObject({ n: 2, held: 1 });
  });
});

describe('a strange row', () => {
  it('fails where the answer is no number', async () => {
    const found = await run('kind: edge, rows: [{with: {rate: }}, {with: {age: }}]');
    expect(found).toMatchObject({ n: 2, held: 1, status: 'failed' });
    expect(found.examples[0]).toMatchObject({
      ...{ changed: 'rate missing instead of 10', after: { score: null, answer: null } },
      problem: 'the answer is no number',
    });
  });

  it('is made for every column by try: missing, far away on both sides, never seen', async () => {
    const asked: unknown[] = [];
    const curious: Subject = {
      task: 'regression',
      score: async rows => {
        if (rows.rows > 1) asked.push(...rows.columns.map(({ values }) => Array.from<unknown>(values)));
        return new Float64Array(rows.rows);
      },
    };
    const ranges = new Map([['rate', { low: 5, high: 30, isWhole: true }]]);
    const rows = table({ rate: [5, 10, 30], state: ['CA', 'CA', 'NY'] });
    expect(await run('kind: edge, try: [missing, extreme, unseen]', curious, { rows, ranges })).toMatchObject(
      { n: 5, held: 5 },
    );
    expect(asked).toEqual([
      [Number.NaN, 10, -24_995, 25_030, 10],
      ['CA', '', 'CA', 'CA', 'a text never seen before'],
    ]);
  });

  it('that a real model refuses fails its test alone', async () => {
    const whole = model({
      inputs: [{ name: 'count', type: 'int64', shape: [1] }],
      outputs: [floatInput('prediction', 1)],
      nodes: [{ ...node('Cast', ['count'], 'prediction'), attributes: { to: { kind: 'int', value: 1 } } }],
    });
    const scorer = await openScorer(encodeModel(whole));
    const found = await run(
      'kind: edge, rows: [{with: {count: }}, {with: {count: 7}, expect: {between: [7, 7]}}]',
      { task: 'regression', score: rows => scorer.score(rows) },
      { rows: table({ count: [1, 2, 3] }) },
    );
    await scorer.close();
    expect(found).toMatchObject({ n: 2, held: 1 });
    expect(found.examples[0]?.problem).toBe(
      'the model fails: The model takes whole numbers for "count", found a missing value',
    );
  });
});

it('a real model is asked in few calls for all tests together', async () => {
  const scorer = await openScorer(encodeModel(sum));
  let calls = 0;
  const rows = table({ a: [1, 2, 3], b: [10, 20, 30] });
  const found = await runBehaviourTests(
    document(`
    - {name: up, kind: direction, raise: {column: a, by: 1}, answer: must rise, atLeastBy: 1}
    - {name: down, kind: direction, lower: {column: b, by: 1}, answer: must fall, atLeastBy: 1}
    - {name: wrong, kind: direction, raise: {column: b, by: 1}, answer: must fall, severity: warn, why: it was thought so}
`),
    {
      ...{ rows, keys: ['1', '2', '3'], typical: typicalRow(rows) },
      subject: {
        task: 'regression',
        score: asked => {
          calls += 1;
          return scorer.score(asked);
        },
      },
    },
  );
  await scorer.close();
  expect(found.results.map(({ name, status, severity, why }) => [name, status, severity, why])).toEqual([
    ['up', 'passed', 'block', null],
    ['down', 'passed', 'block', null],
    ['wrong', 'failed', 'warn', 'it was thought so'],
  ]);
  expect(found).toMatchObject({ passed: true, scored: 12 });
  expect(calls).toBe(2);
});

it("a model that answers no row at all is the reader's to mend, not a failed test", async () => {
  const scorer = await openScorer(encodeModel(sum));
  const test = 'kind: direction, raise: {column: a, by: 1}, answer: must rise';
  const missing = run(
    test,
    { task: 'regression', score: rows => scorer.score(rows) },
    { rows: table({ a: [1, 2] }) },
  );
  await expect(missing).rejects.toThrow('The model needs the column "b", the table does not have it');
  await scorer.close();
});

it('what is our bug is no failed test', async () => {
  const broken: Subject = {
    task: 'regression',
    score: async rows => {
      throw new TypeError(`cannot score ${rows.rows}`);
    },
  };
  await expect(run('kind: edge, try: [missing]', broken)).rejects.toThrow(TypeError);
  const short: Subject = { task: 'regression', score: async () => new Float64Array(1) };
  await expect(run('kind: edge, try: [missing]', short)).rejects.toThrow(
    '3 rows of 1 numbers were asked for, 1 numbers came',
  );
});

it('more answers than anybody waits for are refused at their place', async () => {
  const rows = table({ rate: Array.from({ length: 5000 }, (_, row) => row) });
  const to = Array.from({ length: 50 }, (_, index) => -1 - index).join(', ');
  const tests = Array.from(
    { length: 3 },
    (_, index) =>
      `    - {name: t${index}, kind: invariance, change: {column: rate, to: [${to}]}, on: {atMost: 5000}}\n`,
  );
  const asked = runBehaviourTests(document(tests.join('')), {
    rows,
    keys: [],
    typical: typicalRow(rows),
    subject: risk,
  });
  await expect(asked).rejects.toMatchObject({
    message: 'These tests ask for more than 500000 answers',
    at: { line: 6, column: 5 },
  });
});
