import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '#lib/errors.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import { measureBeside, measureServing } from '#lib/onnx/measure.ts';
import { ownTimer } from '#lib/onnx/measure-own-time.ts';
import { measurePair, planCalls } from '#lib/onnx/measure-pair.ts';
import type { OnnxModel } from '#lib/onnx/model.ts';
import type { Table } from '#lib/tables/table.ts';
import * as hostile from './hostile-models.ts';
import { floatInput, model, node, sum } from './models.ts';

function table(columns: Readonly<Record<string, readonly number[]>>): Table {
  const list = Object.entries(columns).map(
    ([name, values]) => ({ name, kind: 'number', values: Float64Array.from(values) }) as const,
  );
  return { rows: list[0]?.values.length ?? 0, columns: list };
}

async function fileOf(description: OnnxModel): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'measure-'));
  await writeFile(join(folder, 'model.onnx'), encodeModel(description));
  return join(folder, 'model.onnx');
}

const numbers = [1, 2, Number.NaN, 4, 5, 6];
/** Three classes, whose probabilities are the columns. */
const classes = model({
  inputs: [floatInput('features', 3)],
  outputs: [floatInput('probabilities', 3)],
  nodes: [node('Identity', ['features'], 'probabilities')],
});

describe('a model alone', () => {
  it('is measured with its quantiles in order, its throughput and its memory', async () => {
    const rows = table({ a: numbers, b: numbers });
    const cost = await measureServing({ path: await fileOf(sum), rows });
    expect(cost.p50Ms).toBeGreaterThan(0);
    expect(cost.p95Ms).toBeGreaterThanOrEqual(cost.p50Ms);
    expect(cost.p99Ms).toBeGreaterThanOrEqual(cost.p95Ms);
    expect(cost.rowsPerSecond).toBeGreaterThan(0);
    expect(cost.memoryMb).toBeGreaterThan(10);
  });

  it('of several classes is measured as well', async () => {
    const rows = table({ x: numbers, y: numbers, z: numbers });
    const cost = await measureServing({ path: await fileOf(classes), rows, classes: 3 });
    expect(cost.p50Ms).toBeGreaterThan(0);
  });

  it('that does not take these rows says which column is missing', async () => {
    const measured = measureServing({ path: await fileOf(sum), rows: table({ a: numbers }) });
    await expect(measured).rejects.toThrow(ConfigurationError);
    await expect(measured).rejects.toThrow('The model needs the column "b"');
  });
});

describe('two models', () => {
  it('are each timed on every row and batch in every pass, with columns of their own', async () => {
    const { single, batch } = await measureBeside(
      { path: await fileOf(sum), rows: table({ a: numbers, b: numbers }) },
      { path: await fileOf(classes), rows: table({ x: numbers, y: numbers, z: numbers }), classes: 3 },
    );
    expect(single).toMatchObject({ items: 6, passes: 40 });
    expect(batch).toMatchObject({ items: 4, passes: 40 });
    for (const { items, passes, model, reference } of [single, batch ?? single]) {
      for (const times of [model, reference]) {
        expect(times).toHaveLength(items * passes);
        expect(times.every(time => Number.isInteger(time) && time > 0)).toBe(true);
      }
    }
  });

  it('answer the same row one right after the other, and are first equally often', async () => {
    const asked: string[] = [];
    const answerer = (name: string) => ({
      rows: table({ a: [10, 20] }),
      answer: async ({ rows, columns }: Table) => asked.push(`${name} ${rows} ${columns[0]?.values[0]}`),
    });
    await measurePair(answerer('new'), answerer('old'));
    const singles = asked.filter(call => call.split(' ')[1] === '1').slice(-160);
    expect(singles.slice(0, 4)).toEqual(['new 1 10', 'old 1 10', 'old 1 20', 'new 1 20']);
    expect(singles.slice(4, 8)).toEqual(['old 1 10', 'new 1 10', 'new 1 20', 'old 1 20']);
    const first = singles.filter((_, call) => call % 2 === 0);
    expect(first.filter(call => call.startsWith('new'))).toHaveLength(40);
  });

  it('are given up when one of them takes too long', async () => {
    const rows = table({ distance: [1, 2] });
    const measured = measureBeside(
      { path: await fileOf(sum), rows: table({ a: [1, 2], b: [1, 2] }) },
      { path: await fileOf(hostile.slowToScore), rows },
      { limits: { seconds: 1, gigabytes: 1 } },
    );
    await expect(measured).rejects.toThrow('The model needs more than 1 seconds');
  });
});

describe('the own time of a call', () => {
  const rows = table({ a: numbers });

  it('is told when the answer is there, for short and long calls', async () => {
    const time = ownTimer();
    const answered: number[] = [];
    for (const turns of [1, 100_000]) {
      const own = await time(async () => {
        let sum = 0;
        for (let turn = 0; turn < turns * 10; turn++) sum += Math.sqrt(turn);
        answered.push(sum);
      }, rows);
      expect(own).toBeGreaterThan(0);
    }
    expect(answered).toHaveLength(2);
  });

  it('is none when the answer fails', async () => {
    await expect(ownTimer()(() => Promise.reject(new Error('no rows')), rows)).rejects.toThrow('no rows');
  });
});

describe('the plan', () => {
  it.each([
    ['a fast pair answers every row in every pass', 0.1, 200, { items: 200, passes: 40 }],
    ['a slower pair answers fewer rows', 5, 200, { items: 100, passes: 40 }],
    ['a slow one also in fewer passes', 200, 200, { items: 5, passes: 20 }],
    ['the slowest in five of five rows', 5000, 200, { items: 5, passes: 5 }],
    ['never more rows than there are', 0.1, 3, { items: 3, passes: 40 }],
  ])('%s', (_, pairMs, items, plan) => {
    expect(planCalls(pairMs, items)).toEqual(plan);
  });

  it('takes no longer than 20 s unless five passes of five rows do', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 10_000, noNaN: true }),
        fc.integer({ min: 1, max: 300 }),
        (ms, rows) => {
          const { items, passes } = planCalls(ms, rows);
          expect(passes).toBeGreaterThanOrEqual(5);
          expect(items * passes * ms <= 20_000 || items * passes <= 25).toBe(true);
        },
      ),
    );
  });
});
