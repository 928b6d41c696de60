// Who reads the data of a contract: from model.yaml over its pipeline and the deps of its stages to the contract beside the
// data. Nothing has to be there but declarations: the data itself may be in no checkout.
import { dirname, join, relative, sep } from 'node:path';
import type { Consumer } from '#lib/contracts/changes/consumer.ts';
import { readPipeline } from '#lib/dvc/pipeline/pipeline.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { CONTRACT_FILE } from '#lib/flows/datasets.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import type { Model } from '#lib/registry/model.ts';
import { listModels, modelPath, readModel } from '#lib/registry/read.ts';

export interface FoundConsumers {
  /** By the contract's absolute path. */
  readonly of: (contract: string) => readonly Consumer[];
  /** Models whose files cannot be read, and so may read anything. */
  readonly unread: readonly string[];
}

/** All models below a folder, by the contracts of what their pipelines read; none outside of a workspace. */
export async function findConsumers(directory: string): Promise<FoundConsumers> {
  const root = await findRoot(directory);
  const byContract = new Map<string, Consumer[]>();
  const unread: string[] = [];
  for (const name of root === undefined ? [] : await listModels(root)) {
    try {
      const model = (await readModel(root ?? '', name, vocabulary)).value;
      const consumer = toConsumer(model, name);
      for (const contract of await contractsOf(model, root ?? ''))
        byContract.set(contract, [...(byContract.get(contract) ?? []), consumer]);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      unread.push(name);
    }
  }
  return { of: contract => byContract.get(contract) ?? [], unread };
}

async function findRoot(directory: string): Promise<string | undefined> {
  try {
    return (await openWorkspace(directory)).root;
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

/** Absolute paths. A stage may read the contract itself, or the data that it lies beside. */
async function contractsOf(model: Model, root: string): Promise<ReadonlySet<string>> {
  const pipeline = await readPipeline(join(root, model.spec.pipeline, 'dvc.yaml'), root);
  const made = new Set(pipeline.stages.flatMap(stage => stage.outs.map(out => out.absolute)));
  const read = pipeline.stages.flatMap(stage => stage.deps).filter(({ absolute }) => !made.has(absolute));
  return new Set(
    read.flatMap(({ absolute }) =>
      [absolute, join(absolute, CONTRACT_FILE), join(dirname(absolute), CONTRACT_FILE)].filter(path =>
        isContractPath(path, root),
      ),
    ),
  );
}

function isContractPath(path: string, root: string): boolean {
  const isInside = relative(root, path).split(sep)[0] !== '..';
  return isInside && /\.odcs\.ya?ml$/i.test(path);
}

/** A model that lists no features takes those of its model file: of its columns all that is known is that it reads some. */
function toConsumer({ spec }: Model, name: string): Consumer {
  const { target, rows, slices, fairness, time } = spec.evaluation;
  const declared = [target, rows.key, ...slices, ...(fairness?.groups ?? []), ...(time ? [time] : [])];
  const path = modelPath(name);
  return spec.features
    ? { kind: 'model', name, path, columns: [...new Set([...spec.features, ...declared])] }
    : { kind: 'model', name, path };
}
