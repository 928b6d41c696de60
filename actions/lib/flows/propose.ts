// propose: from the work tree to one verdict per affected model. Every step can be interrupted and run again.
import { join, relative } from 'node:path';
import { readPipeline } from '#lib/dvc/pipeline/pipeline.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { type Base, findBase } from '#lib/flows/base.ts';
import { findDatasets } from '#lib/flows/datasets.ts';
import { findRegistry } from '#lib/flows/host.ts';
import { openMeasurements } from '#lib/flows/judging/measurements.ts';
import { acquireLock } from '#lib/flows/lock.ts';
import type { Tell } from '#lib/flows/progress.ts';
import { proposeModel } from '#lib/flows/propose-model.ts';
import { refuseWhenStopped } from '#lib/flows/stop-signal.ts';
import { findReferences } from '#lib/flows/versions.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import { openWorkspace, type Workspace } from '#lib/flows/workspace.ts';
import { type WrittenProposal, writeProposal } from '#lib/flows/write-proposal.ts';
import { affectedModels, type ModelInputs } from '#lib/registry/affected.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import { listModels, readModel } from '#lib/registry/read.ts';

export interface ProposeOptions {
  readonly directory: string;
  /** Empty = the models a change touches, or all when nothing changed. */
  readonly models: readonly string[];
  readonly base?: string | undefined;
  readonly force?: boolean;
  readonly threads: number;
  readonly tell: Tell;
  readonly signal: AbortSignal;
  readonly now: () => number;
}

export interface ProposeResult {
  readonly root: string;
  readonly proposals: readonly { readonly proposal: Proposal; readonly written: WrittenProposal }[];
}

/**
 * Proposes models one after the other, under the work tree's lock.
 * @throws ConfigurationError for what the user must mend.
 */
export async function propose(options: ProposeOptions): Promise<ProposeResult> {
  const workspace = await openWorkspace(options.directory);
  const release = await acquireLock(workspace.lock, ['mainline propose', ...options.models].join(' '));
  try {
    const base = await findBase(workspace.git, options.base);
    const names = await chooseModels(workspace, base, options.models);
    const measurements = await openMeasurements(workspace.measurements, { force: options.force ?? false });
    const proposals: ProposeResult['proposals'][number][] = [];
    for (const [index, name] of names.entries()) {
      options.tell({ kind: 'model-started', model: name, index, count: names.length });
      const references = await findReferencesHere(workspace, name, options.base);
      const run = { force: false, ...options, workspace, base, measurements, ...references };
      const proposal = await proposeModel(name, run);
      refuseWhenStopped(options.signal);
      const written = await writeProposal(workspace, proposal);
      proposals.push({ proposal, written });
      await measurements.save();
      options.tell({ kind: 'model-finished', proposal });
    }
    return { root: workspace.root, proposals };
  } finally {
    await release();
  }
}

/** Registered versions; none where an older state of the repository was asked for by name. */
async function findReferencesHere(
  workspace: Workspace,
  name: string,
  asked: string | undefined,
): ReturnType<typeof findReferences> {
  const host = asked === undefined ? await findRegistry(workspace) : undefined;
  return host ? findReferences(host, (await readModel(workspace.root, name, vocabulary)).value) : {};
}

async function chooseModels(
  workspace: Workspace,
  base: Base | null,
  asked: readonly string[],
): Promise<readonly string[]> {
  const all = await listModels(workspace.root);
  if (asked.length > 0) return [...new Set(asked)];
  if (all.length === 0) {
    throw new ConfigurationError('There is no model in this repository', {
      at: { file: join(workspace.root, 'models') },
      remedy: 'Copy models/, pipelines/ and data/ of an example, and name your own.',
    });
  }
  const { git } = workspace;
  if (!git || !base) return all;
  const changed = await git.changedPaths(base.commit);
  const prefix = relative(git.root, workspace.root);
  const own = changed.flatMap(path =>
    prefix === '' ? [path] : path.startsWith(`${prefix}/`) ? [path.slice(prefix.length + 1)] : [],
  );
  const affected = await affectedBy(workspace, own);
  return affected.length > 0 ? affected : all;
}

/** The models that some paths, relative to the root, have to do with; sorted. */
export async function affectedBy(workspace: Workspace, paths: readonly string[]): Promise<readonly string[]> {
  const all = await listModels(workspace.root);
  return affectedModels(await Promise.all(all.map(name => readModelInputs(workspace, name))), paths);
}

/**
 * What a model is made of.
 * @throws ConfigurationError when its files cannot be read.
 */
export async function readModelInputs({ root }: Workspace, name: string): Promise<ModelInputs> {
  const model = (await readModel(root, name, vocabulary)).value;
  const pipeline = await readPipeline(join(root, model.spec.pipeline, 'dvc.yaml'), root);
  const deps = pipeline.stages.flatMap(stage => stage.deps.map(dep => relative(root, dep.absolute)));
  const contracts = (await findDatasets(pipeline)).flatMap(({ contract }) => contract ?? []);
  return { name, paths: [`models/${name}`, model.spec.pipeline, ...deps, ...contracts] };
}
