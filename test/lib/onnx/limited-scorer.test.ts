// Hostile models never run in the process of the tests: what is tested is that they cannot leave their own.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ConfigurationError } from '#lib/errors.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import { openLimitedScorer } from '#lib/onnx/limited-scorer.ts';
import { measureServing } from '#lib/onnx/measure.ts';
import type { OnnxModel } from '#lib/onnx/model.ts';
import type { Scorer } from '#lib/onnx/scorer.ts';
import { openScorer } from '#lib/onnx/session.ts';
import type { Table } from '#lib/tables/table.ts';
import * as hostile from './hostile-models.ts';
import { floatInput, model, node, sum } from './models.ts';

const scorers: Scorer[] = [];
const limits = { seconds: 2, gigabytes: 0.5 };

async function open(
  description: OnnxModel,
  options?: Parameters<typeof openLimitedScorer>[1],
): Promise<Scorer> {
  const scorer = await openLimitedScorer(encodeModel(description), options);
  scorers.push(scorer);
  return scorer;
}

function table(columns: Readonly<Record<string, readonly number[]>>): Table {
  const list = Object.entries(columns).map(
    ([name, values]) => ({ name, kind: 'number', values: Float64Array.from(values) }) as const,
  );
  return { rows: list[0]?.values.length ?? 0, columns: list };
}

async function fileOf(description: OnnxModel): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'limited-'));
  await writeFile(join(folder, 'model.onnx'), encodeModel(description));
  return join(folder, 'model.onnx');
}

afterEach(async () => {
  await Promise.all(scorers.splice(0).map(scorer => scorer.close()));
});

describe('an honest model', () => {
  it('answers as in our own process, in order, over several messages and with missing values', async () => {
    const numbers = Array.from({ length: 40 }, (_, i) => (i === 7 ? Number.NaN : i / 3));
    const rows = table({ a: numbers, b: numbers });
    const ours = await openScorer(encodeModel(sum), { batchRows: 1 });
    scorers.push(ours);
    const theirs = await open(sum, { batchRows: 1 });
    expect(theirs.interface).toEqual(ours.interface);
    expect(await theirs.score(rows)).toEqual(await ours.score(rows));
  });

  it('answers calls at the same time, each its own', async () => {
    const scorer = await open(sum);
    const calls = [1, 2, 3].map(a => scorer.score(table({ a: [a], b: [10] })));
    expect((await Promise.all(calls)).map(scores => [...scores])).toEqual([[11], [12], [13]]);
  });

  it('takes packed features in their order, and texts', async () => {
    const packed = model({
      inputs: [floatInput('features', 2)],
      outputs: [floatInput('out', 2)],
      nodes: [node('Identity', ['features'], 'out')],
    });
    const scorer = await open(packed, { features: ['second', 'first'] });
    expect([...(await scorer.score(table({ first: [1], second: [2] })))]).toEqual([1]);
    const length = model({
      inputs: [{ name: 'word', type: 'string', shape: [1] }],
      outputs: [floatInput('prediction', 1)],
      nodes: [{ ...node('Cast', ['word'], 'prediction'), attributes: { to: { kind: 'int', value: 1 } } }],
    });
    const words = await open(length);
    const rows: Table = { rows: 2, columns: [{ name: 'word', kind: 'string', values: ['4', '0.5'] }] };
    expect([...(await words.score(rows))]).toEqual([4, 0.5]);
  });

  it('says which column is missing, without rows as well', async () => {
    const scorer = await open(sum);
    for (const a of [[1, 2], []]) {
      const scored = scorer.score(table({ a }));
      await expect(scored).rejects.toThrow(ConfigurationError);
      await expect(scored).rejects.toThrow('The model needs the column "b"');
      await expect(scored).rejects.toMatchObject({ remedy: 'Columns of the table: a.' });
    }
  });

  it('that onnxruntime refuses is refused in the same words', async () => {
    const refused = open({ ...sum, nodes: [node('Divinate', ['a', 'b'], 'prediction')] });
    await expect(refused).rejects.toThrow('onnxruntime cannot load the model');
  });
});

describe('a hostile model', () => {
  const rows = table({ distance: [1, 2] });
  const memory = 'The model needs more than 0.5 GB of memory';
  const scoreOnce = async (description: OnnxModel, allowed = limits): Promise<unknown> =>
    (await open(description, { limits: allowed })).score(rows);

  it.each([
    ['grows on its rows', hostile.largeToScore, memory],
    ['needs one large constant', hostile.largeToOpen, memory],
    ['computes on its rows without end', hostile.slowToScore, 'The model needs more than 2 seconds'],
  ])('that %s is ended', async (_, description, message) => {
    const scored = scoreOnce(description);
    await expect(scored).rejects.toThrow(ConfigurationError);
    await expect(scored).rejects.toThrow(message);
  });

  it('that computes while it is opened is ended, by its time', async () => {
    const scored = scoreOnce(hostile.slowToOpen, { seconds: 1, gigabytes: 2 });
    await expect(scored).rejects.toThrow('The model needs more than 1 seconds');
  });

  it('that grows slowly while it is opened is ended, by its memory', async () => {
    await expect(scoreOnce(hostile.slowToOpen, { seconds: 30, gigabytes: 0.2 })).rejects.toThrow(
      'The model needs more than 0.2 GB of memory',
    );
  });

  it('is ended where its speed is measured as well', async () => {
    const slow = measureServing(
      { path: await fileOf(hostile.slowToScore), rows },
      { limits: { ...limits, seconds: 1 } },
    );
    await expect(slow).rejects.toThrow('The model needs more than 1 seconds');
  });

  it('ends with the process that started it, even when that is killed in the middle', async () => {
    const script = `
      import { startLimited } from '#lib/onnx/limited-process.ts';
      const { child } = startLimited(${JSON.stringify(join(import.meta.dirname, '../../../actions/lib/onnx/measure-main.ts'))}, {
        limits: { seconds: 60, gigabytes: 2 },
        input: ${JSON.stringify(JSON.stringify({ model: await fileOf(hostile.slowToScore), columns: [{ name: 'distance', kind: 'number', values: [1] }] }))},
      });
      console.log(child.pid);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line);
    while (cpuSeconds(pid) < 1) await sleep(50);
    parent.kill('SIGKILL');
    while (isAlive(pid)) await sleep(50);
  });
});

/** 0 when it is gone. */
function cpuSeconds(pid: number): number {
  const [minutes = 0, seconds = 0] = ps(pid, 'time=').split(':').slice(-2).map(Number);
  return minutes * 60 + seconds;
}

/** One that ended and was not collected by its new parent is not alive. */
function isAlive(pid: number): boolean {
  return !/^(Z.*)?$/u.test(ps(pid, 'stat='));
}

function ps(pid: number, field: string): string {
  try {
    return execFileSync('ps', ['-o', field, '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}
