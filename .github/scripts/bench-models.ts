// The models that benchmarks of speed run: our own trainers on the deliveries of the example.
import { join } from 'node:path';
import { encodeModel } from '#lib/onnx/encode.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import { findColumn, type Table } from '#lib/tables/table.ts';
import { fitNow } from '#lib/training/fit.ts';

const TARGET = 'time_to_delivery';

export interface Deliveries {
  readonly features: Table;
  /** Minutes. */
  readonly target: Float64Array;
}

/** All rows of the example, below a data folder. */
export async function readDeliveries(folder: string): Promise<Deliveries> {
  const sql = await openDuckDb();
  try {
    const path = join(folder, 'deliveries/deliveries.csv');
    const header = await sql.readHeader(path);
    const all = await sql.readTable(
      path,
      header.map(name => ({ name, kind: name === 'day' ? 'string' : 'number' })),
    );
    const features = { ...all, columns: all.columns.filter(({ name }) => name !== TARGET) };
    return { features, target: Float64Array.from(findColumn(all, TARGET)?.values ?? [], Number) };
  } finally {
    sql.close();
  }
}

export interface BenchModel {
  readonly algorithm: 'gradient-boosting' | 'random-forest';
  readonly trees: number;
  /** Of the graph: another one gives other bytes of the same model. */
  readonly name: string;
}

/** An ONNX file of the algorithm with its defaults but for the trees. */
export function fitModel(
  { features, target }: Deliveries,
  { algorithm, trees, name }: BenchModel,
): Uint8Array {
  const { model } = fitNow({
    algorithm,
    parameters: { trees },
    seed: 1,
    set: { task: 'regression', features, target },
    label: name,
    exportAs: name,
  });
  if (!model) throw new Error('fitting gives a model where a name is given');
  return encodeModel(model);
}
