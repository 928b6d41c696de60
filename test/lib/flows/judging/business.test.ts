// Declared business metrics in a real repository, from model.yaml to gates.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationErrors } from '#lib/errors.ts';
import type { Sample } from '#lib/evaluation/metric.ts';
import { withBusiness } from '#lib/flows/judging/business.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import { proposalSchema } from '#lib/registry/proposal.ts';
import { readModel } from '#lib/registry/read.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import { createWorkspace } from '../../../support/workspace.ts';

const rows = `loan,amount,region,status
l1,1000,north,bad
l2,500,south,good
l3,,north,bad
`;

function modelText(spec: string, metrics: string): string {
  return `apiVersion: mainline.dev/v1alpha1
kind: Model
metadata: {name: loans, owners: ["@ann"], description: Loans that are not paid back}
spec:
${spec}
  pipeline: pipelines/loans
  artifact: {path: model.onnx, format: onnx}
  evaluation:
    rows: {path: test.csv, key: loan}
    trainingRows: train.csv
    target: status
    primary: cost_per_loan
    business:
${metrics}
  gates:
    - {metric: cost_per_loan, atMost: 3}
`;
}

const binary = '  task: binary-classification\n  positive: bad';
const several = '  task: multiclass-classification\n  classes: [good, bad]';
const simple = '      - {name: cost_per_loan, value: answer, unit: EUR, better: lower}';

let engine: SqlEngine;
beforeAll(async () => {
  engine = await openDuckDb();
});
afterAll(() => engine.close());

async function setUp(spec: string, metrics: string) {
  const root = await mkdtemp(join(tmpdir(), 'business-'));
  for (const folder of ['models/loans', 'pipelines/loans']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  const file = join(root, 'pipelines/loans/test.csv');
  await writeFile(file, rows);
  await writeFile(join(root, 'models/loans/model.yaml'), modelText(spec, metrics));
  const read = () => readModel(root, 'loans', vocabulary);
  return {
    root,
    read,
    value: async (sample: Sample) =>
      withBusiness(sample, { engine, root, file, model: (await read()).value }),
  };
}

const sample: Sample = {
  truth: Float64Array.of(1, 0, 1),
  prediction: Float64Array.of(0.9, 0.6, 0.2),
  threshold: 0.5,
  tolerance: undefined,
};

async function valuesOf(
  metrics: string,
  own: Sample = sample,
  spec = binary,
): Promise<readonly (readonly number[] | undefined)[]> {
  const found = (await (await setUp(spec, metrics)).value(own)).business?.get('cost_per_loan');
  return [found && [...found.value], found?.per && [...found.per]];
}

describe('an expression sees', () => {
  it('the answer at the threshold, the score, the truth and the columns of the row', async () => {
    const value = `CASE WHEN answer = 1 AND truth = 0 THEN amount WHEN answer = 0 THEN score * 100 ELSE 0 END`;
    const metrics = `      - {name: cost_per_loan, value: "${value}", per: "coalesce(amount, 250)", unit: EUR, better: lower}`;
    expect(await valuesOf(metrics)).toEqual([
      [0, 500, 20],
      [1000, 500, 250],
    ]);
  });

  it('of several classes the words and the probability of the answer', async () => {
    const classes = {
      names: ['good', 'bad'],
      probabilities: Float64Array.of(0.25, 0.75, 0.5, 0.5, 0.125, 0.875),
    };
    const own = { ...sample, prediction: Float64Array.of(1, 0, 1), classes };
    const value = "CASE WHEN answer = 'bad' AND truth = 'bad' THEN score ELSE -1 END";
    const metrics = `      - {name: cost_per_loan, value: "${value}", unit: EUR, better: lower}`;
    expect(await valuesOf(metrics, own, several)).toEqual([[0.75, -1, 0.875], undefined]);
  });
});

describe('what is wrong is told with its line in model.yaml', () => {
  async function problems(metrics: string) {
    const { value } = await setUp(binary, metrics);
    const thrown: unknown = await value(sample).catch(error => error);
    if (!(thrown instanceof ConfigurationErrors)) throw thrown;
    return thrown.problems.map(({ message, at, remedy }) => ({ message, line: at?.line, remedy }));
  }

  it('an expression without a value in a row: with the key of the row', async () => {
    const [found] = await problems('      - {name: cost_per_loan, value: amount, unit: EUR, better: lower}');
    expect(found).toMatchObject({
      message: 'The expression gives nothing in the row with the loan "l3"',
      line: 15,
      remedy: expect.stringContaining('coalesce'),
    });
  });

  it('a row whose key is a person is named by its place', async () => {
    const { root, value } = await setUp(
      binary,
      '      - {name: cost_per_loan, value: amount, unit: EUR, better: lower}',
    );
    await mkdir(join(root, 'data/loans'), { recursive: true });
    await writeFile(
      join(root, 'data/loans/contract.odcs.yaml'),
      `apiVersion: v3.1.0
kind: DataContract
id: loans
version: 1.0.0
status: active
schema:
  - name: loans
    properties:
      - {name: loan, logicalType: string, classification: personal}
`,
    );
    await expect(value(sample)).rejects.toThrow('The expression gives nothing in row 3');
  });

  it('every expression that cannot run, of the values and of what divides them', async () => {
    const found = await problems(`      - {name: cost_per_loan, value: amuont, unit: EUR, better: lower}
      - name: other
        value: answer
        per: (SELECT 1)
        unit: EUR
        better: lower`);
    expect(found.map(({ message, line }) => [message.slice(0, 50), line])).toEqual([
      ['The expression names "amuont", which is no column ', 15],
      ['The expression holds a query of its own, and may o', 18],
    ]);
  });

  it.each(['accuracy', 'latency_p95_ms', 'cost'])('the name %s, which is taken', async name => {
    const { read } = await setUp(
      binary,
      `${simple}\n      - {name: ${name}, value: answer, unit: EUR, better: lower}`,
    );
    const thrown: unknown = await read().catch(error => error);
    if (!(thrown instanceof ConfigurationErrors)) throw thrown;
    expect(thrown.problems.map(({ message, at }) => [message, at?.line])).toEqual([
      [`"${name}" is the name of a metric that every such model has`, 16],
    ]);
  });

  it('a gate on a name that nobody declared, with the nearest', async () => {
    const { read } = await setUp(binary, simple.replace('cost_per_loan', 'cost_per_laon'));
    await expect(read()).rejects.toMatchObject({
      problems: [{ remedy: 'Did you mean "cost_per_laon"?' }, { remedy: 'Did you mean "cost_per_laon"?' }],
    });
  });
});

it('it selects, is gated, and is held against the champion and the trivial model, as the mean error it is', async () => {
  const workspace = await createWorkspace();
  await workspace.edit(
    'models/parcels/model.yaml',
    '    primary: rmse\n',
    `    primary: wait_cost
    business:
      - {name: wait_cost, value: abs(answer - truth), unit: EUR, better: lower}
      - {name: cost_per_km, value: abs(answer - truth), per: distance, unit: EUR/km, better: lower}
`,
  );
  await workspace.edit(
    'models/parcels/model.yaml',
    '    - {metric: rmse, atMost: 3}\n',
    '    - {metric: wait_cost, atMost: 3}\n    - {metric: cost_per_km, betterThan: trivial}\n',
  );
  const { code, stdout } = await workspace.mainline(['propose', '--json']);
  expect(code).toBe(0);
  const [proposal] = proposalSchema.array().parse(JSON.parse(stdout));
  const evaluation = proposal?.evidence?.evaluation;
  const metric = (name: string) => evaluation?.metrics.find(one => one.metric === name);
  const mae = metric('mae');
  expect(metric('wait_cost')).toMatchObject({ value: mae?.value, trivial: mae?.trivial, unit: 'EUR' });
  const test = (await workspace.read('pipelines/parcels/test.csv')).trim().split('\n').slice(1);
  const column = (await workspace.read('pipelines/parcels/test.csv'))
    .split('\n')[0]
    ?.split(',')
    .indexOf('distance');
  const kilometres = test.reduce((sum, line) => sum + Number(line.split(',')[column ?? 0]), 0);
  expect(metric('cost_per_km')?.value).toBeCloseTo(((mae?.value ?? 0) * test.length) / kilometres, 4);
  const trained = proposal?.crossValidation?.candidates.map(({ scores }) =>
    scores.find(one => one.metric === 'wait_cost'),
  );
  expect(trained).toEqual([
    expect.objectContaining({ unit: 'EUR' }),
    expect.objectContaining({ unit: 'EUR' }),
  ]);
  const gates = proposal?.evidence?.verdict.gates.map(({ condition, outcome }) => `${condition}: ${outcome}`);
  expect(gates).toContainEqual(expect.stringMatching(/^wait_cost at most 3\sEUR: passed$/u));
  expect(gates).toContain('cost_per_km better than the trivial model: passed');
});
