import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { digestBytes } from '#lib/documents/canonical.ts';
import { type MeasuredFile, openMeasurements } from '#lib/flows/judging/measurements.ts';
import { encodeModel } from '#lib/onnx/encode.ts';
import type { OnnxModel } from '#lib/onnx/model.ts';
import type { Table } from '#lib/tables/table.ts';
import { sum } from '../../onnx/models.ts';

const values = Float64Array.from([1, 2, 3]);
const rows: Table = {
  rows: 3,
  columns: [
    { name: 'a', kind: 'number', values },
    { name: 'b', kind: 'number', values },
  ],
};

let folder = '';
let store = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'measurements-'));
  store = join(folder, 'measurements.json');
});

async function fileOf(name: string): Promise<MeasuredFile> {
  const description: OnnxModel = { ...sum, name };
  const path = join(folder, `${name}.onnx`);
  const bytes = encodeModel(description);
  await writeFile(path, bytes);
  return { path, sha256: digestBytes(bytes), rows };
}

describe('two models beside each other', () => {
  it('of the same bytes cost the same, and nothing is measured', async () => {
    const nowhere = { path: join(folder, 'gone.onnx'), sha256: 'sha256:1', rows };
    const measurements = await openMeasurements(store);
    const same = { value: 1, ci95: [1, 1] };
    expect(await measurements.beside(nowhere, nowhere)).toEqual({
      latency_regression: same,
      latency_p50_regression: same,
      throughput_regression: same,
      memory_regression: same,
    });
  });

  it('are measured once: what is known of both files is kept with the rest, over runs', async () => {
    const [model, reference] = [await fileOf('new'), await fileOf('old')];
    const first = await openMeasurements(store);
    const measured = await first.beside(model, reference);
    expect(measured.latency_regression?.value).toBeGreaterThan(0);
    expect(measured.throughput_regression?.ci95).toHaveLength(2);
    expect(measured.memory_regression?.ci95).toBeNull();
    await first.save();
    await rm(model.path);
    const second = await openMeasurements(store);
    expect(await second.beside(model, reference)).toEqual(measured);
    const kept = JSON.parse(await readFile(store, 'utf8'));
    expect(kept[model.sha256].latency_p95_ms).toBeGreaterThan(0);
    expect(kept[reference.sha256].memory_mb).toBeGreaterThan(0);
  });

  it('are measured again when the reference is another one, or somebody asks for it', async () => {
    const [model, reference] = [await fileOf('new'), await fileOf('old')];
    const first = await openMeasurements(store);
    await first.beside(model, reference);
    await first.save();
    await rm(reference.path);
    const other = await fileOf('older');
    const second = await openMeasurements(store);
    expect((await second.beside(model, other)).latency_regression).not.toBeNull();
    const forced = await openMeasurements(store, { force: true });
    await expect(forced.beside(model, reference)).rejects.toThrow('no such file');
  });
});

describe('the store', () => {
  it('of an older version gives what it knows, and the throughput is measured', async () => {
    const model = await fileOf('new');
    const old = { latency_p50_ms: 1, latency_p95_ms: 2, latency_p99_ms: 3, memory_mb: 4, training_time_s: 5 };
    await writeFile(store, JSON.stringify({ [model.sha256]: old }));
    const cost = await (await openMeasurements(store)).cost(model);
    expect(cost.training_time_s).toBe(5);
    expect(cost.throughput_rows_s).toBeGreaterThan(0);
    expect(cost.memory_mb).not.toBe(4);
  });

  it('that cannot be read is begun anew', async () => {
    await writeFile(store, '{"half');
    const cost = await (await openMeasurements(store)).cost(await fileOf('new'));
    expect(cost.latency_p95_ms).toBeGreaterThan(0);
  });

  it('keeps what two models cost beside each other when one is measured again', async () => {
    const [model, reference] = [await fileOf('new'), await fileOf('old')];
    const measurements = await openMeasurements(store);
    const measured = await measurements.beside(model, reference);
    await measurements.cost(model);
    await measurements.save();
    const kept = JSON.parse(await readFile(store, 'utf8'));
    expect(kept[model.sha256].beside[reference.sha256]).toEqual(measured);
  });
});
