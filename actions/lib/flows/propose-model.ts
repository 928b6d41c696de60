// One model from data to verdict: contract, stale stages, cost, evaluation, gates. Nothing is written but what the
// pipeline's stages make; the caller writes evidence, card and report.
import { join } from 'node:path';
import { digestBytes } from '#lib/documents/canonical.ts';
import { readDocument } from '#lib/documents/read.ts';
import { readLock } from '#lib/dvc/lock/lock.ts';
import { readPipeline } from '#lib/dvc/pipeline/pipeline.ts';
import type { Pipeline } from '#lib/dvc/pipeline/stage.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { describeAll } from '#lib/flows/all-changes.ts';
import { type Base, type BaseModel, readBaseModel } from '#lib/flows/base.ts';
import { findBaseline, findChampion, type RegisteredChampion } from '#lib/flows/champion.ts';
import { compareContracts } from '#lib/flows/contracts/since-base.ts';
import { findDatasets, summarize, validateDatasets } from '#lib/flows/datasets.ts';
import { dayOf } from '#lib/flows/judging/day.ts';
import { judge } from '#lib/flows/judging/judge.ts';
import { measureAlgorithms, readArtifact } from '#lib/flows/judging/measure-algorithms.ts';
import { readSideFiles } from '#lib/flows/judging/side-files.ts';
import { trustTestRows } from '#lib/flows/judging/trust-test-rows.ts';
import { rebuildChampion } from '#lib/flows/rebuild.ts';
import { type RunStagesOptions, runStages } from '#lib/flows/run-stages.ts';
import { refuseWhenStopped } from '#lib/flows/stop-signal.ts';
import { stoppedVerdict } from '#lib/flows/stopped.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import type { Workspace } from '#lib/flows/workspace.ts';
import { inspectModel } from '#lib/onnx/inspect.ts';
import { evidenceKey } from '#lib/registry/evidence.ts';
import type { Model } from '#lib/registry/model.ts';
import type { Proposal, StageRun } from '#lib/registry/proposal.ts';
import { readModel } from '#lib/registry/read.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import {
  type CrossValidation,
  crossValidationSchema,
  type Selection,
  selectionSchema,
} from '#lib/training/selection.ts';

export interface ProposeModelOptions extends RunStagesOptions {
  readonly base: Base | null;
  /** The version to beat, where the registry has one; else the base's model is the champion. */
  readonly registered?: RegisteredChampion | undefined;
  /** The version that model.yaml pins, where the registry has it. */
  readonly baseline?: RegisteredChampion | undefined;
}

/**
 * Proposes one model.
 * @throws ConfigurationError for what the user must mend; a failed gate or contract is a result.
 */
export async function proposeModel(name: string, options: ProposeModelOptions): Promise<Proposal> {
  const { workspace, tell } = options;
  const model = (await readModel(workspace.root, name, vocabulary)).value;
  const pipeline = await readPipeline(join(workspace.root, model.spec.pipeline, 'dvc.yaml'), workspace.root);
  // Mistakes in the files beside model.yaml are told before anything is trained.
  await readSideFiles(workspace.root, model, dayOf(options.now()));
  const engine = await openDuckDb();
  try {
    begin('check the data against its contract', options);
    const datasets = await findDatasets(pipeline);
    const contracts = await validateDatasets(datasets, { root: workspace.root, now: options.now() });
    const uncovered = datasets.filter(({ contract }) => contract === undefined).map(({ path }) => path);
    for (const result of contracts) tell({ kind: 'done', text: summarize(result) });
    const since = { root: workspace.root, base: options.base, now: options.now() };
    const contractChanges = await compareContracts(contracts, since);
    const common = { model, base: options.base, contracts, contractChanges, uncovered } as const;
    if (uncovered.length > 0 || contracts.some(result => !result.passed)) return stop(common);
    begin('run the stale stages of the pipeline', options);
    const stages = await runStages(pipeline, options);
    return await evaluateProposal({ ...common, pipeline, stages, engine }, options);
  } finally {
    engine.close();
  }
}

/** Tells what comes next, unless somebody has asked to stop. */
function begin(phase: string, { tell, signal }: ProposeModelOptions): void {
  refuseWhenStopped(signal);
  tell({ kind: 'phase', text: phase });
}

type Common = Pick<Proposal, 'model' | 'base' | 'contracts' | 'contractChanges' | 'uncovered'>;

/** A broken contract: nothing is trained on data that is not what it claims to be. */
function stop(common: Common): Proposal {
  return {
    apiVersion: 'mainline.dev/v1alpha1',
    kind: 'Proposal',
    ...common,
    champion: {
      state: 'none',
      name: 'none',
      why: 'the contract stopped the run before training',
      sha256: null,
    },
    changes: null,
    stages: [],
    crossValidation: null,
    costs: {},
    evidence: null,
    evidenceKey: null,
    testRows: null,
    verdict: stoppedVerdict(common),
  };
}

interface Trained extends Common {
  readonly pipeline: Pipeline;
  readonly stages: readonly StageRun[];
  readonly engine: SqlEngine;
}

async function evaluateProposal(trained: Trained, options: ProposeModelOptions): Promise<Proposal> {
  const { model, pipeline, stages, engine, ...common } = trained;
  const { workspace, base } = options;
  const artifactPath = join(pipeline.directory, model.spec.artifact.path);
  const artifact = await readArtifact(artifactPath);
  const { crossValidation, selection } = await readTraining(pipeline, model);
  inspectModel(artifact, { file: artifactPath });
  const picked = crossValidation?.candidates.find(({ algorithm }) => algorithm === selection?.selected);
  if (picked && picked.artifact.sha256 !== digestBytes(artifact)) {
    throw new ConfigurationError(`${model.spec.artifact.path} is not the selected ${picked.algorithm}`, {
      at: { file: artifactPath },
      remedy: 'Let the stage that selects write it, or leave out spec.algorithms for a model of your own.',
    });
  }
  const before = await readBaseModel(workspace, base, model.metadata.name);
  const references = {
    base,
    before,
    model,
    artifact,
    rebuild: (from: Base) => {
      begin(`build the model of ${from.name} again`, options);
      return rebuildChampion(workspace, { base: from, model: before?.model ?? model }, options);
    },
  };
  const found = await findChampion(workspace, { ...references, registered: options.registered });
  const baseline = await findBaseline(workspace, { ...references, registered: options.baseline });
  begin('measure latency and memory', options);
  const algorithm = selection?.selected ?? 'model';
  const costs = await measureAlgorithms(
    { pipeline, model, artifactPath, crossValidation, engine },
    options.measurements,
    { algorithm, references: [found, baseline] },
  );
  const cost = costs[algorithm];
  if (!cost) throw new Error('the selected algorithm was not measured');
  begin('evaluate the selected algorithm on the test rows', options);
  const evidence = await judge({
    root: workspace.root,
    model,
    artifact,
    found,
    baseline,
    selection,
    cost,
    engine,
    today: dayOf(options.now()),
    ...common,
  });
  const lock = await readLock(join(pipeline.directory, 'dvc.lock'));
  const champion = options.registered ? await readReleased(workspace, options.registered) : before;
  return {
    apiVersion: 'mainline.dev/v1alpha1',
    kind: 'Proposal',
    model,
    ...common,
    champion: found.champion,
    changes: await describeAll({ workspace, base, before, model, lock, directory: pipeline.directory }),
    stages,
    crossValidation,
    costs,
    evidence,
    evidenceKey: evidenceKey(evidence.inputs),
    testRows: await trustTestRows({ workspace, model, lock, champion, engine, artifact }, base),
    verdict: evidence.verdict,
  };
}

/** What the training and selecting steps wrote; a pipeline that brings its own model has neither. */
async function readTraining(
  { directory }: Pipeline,
  model: Model,
): Promise<{ readonly crossValidation: CrossValidation | null; readonly selection: Selection | null }> {
  if (!model.spec.algorithms) return { crossValidation: null, selection: null };
  return {
    crossValidation: (await readDocument(join(directory, 'cross-validation.json'), crossValidationSchema))
      .value,
    selection: (await readDocument(join(directory, 'selection.json'), selectionSchema)).value,
  };
}

/** The model as it was released; undefined where its commit is not here, or cannot be read any more. */
async function readReleased(
  workspace: Workspace,
  { name, record: { metadata, spec } }: RegisteredChampion,
): Promise<BaseModel | undefined> {
  try {
    return await readBaseModel(workspace, { name, commit: spec.source.commit }, metadata.model);
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}
