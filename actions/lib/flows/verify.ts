// verify: derives a proposal's numbers again with the code, gates and test rows of the default branch. The proposal comes
// as data and none of its code runs here; what cannot be derived is a claim, and is called one.
import { join, resolve } from 'node:path';
import { canonicalJson, compareText, digestBytes } from '#lib/documents/canonical.ts';
import { hashBytes } from '#lib/dvc/objects/md5.ts';
import { stagesBehind } from '#lib/dvc/pipeline/graph.ts';
import { readPipeline } from '#lib/dvc/pipeline/pipeline.ts';
import { ConfigurationError, errorMessage } from '#lib/errors.ts';
import { findAsked } from '#lib/flows/asked-model.ts';
import { type Base, findBase, readBaseModel } from '#lib/flows/base.ts';
import {
  type FindChampionOptions,
  type FoundChampion,
  findBaseline,
  findChampion,
} from '#lib/flows/champion.ts';
import { clearCheckouts, withCheckout } from '#lib/flows/checkout.ts';
import { findDifferences, findOwnJudging } from '#lib/flows/claims.ts';
import type { RunOptions } from '#lib/flows/evaluate-commit.ts';
import { findRegistry } from '#lib/flows/host.ts';
import { dayOf } from '#lib/flows/judging/day.ts';
import { judge } from '#lib/flows/judging/judge.ts';
import { measureAlgorithms } from '#lib/flows/judging/measure-algorithms.ts';
import { openMeasurements } from '#lib/flows/judging/measurements.ts';
import { acquireLock } from '#lib/flows/lock.ts';
import { type ProposalFolder, readProposalFolder } from '#lib/flows/proposal-folder.ts';
import { rebuildChampion } from '#lib/flows/rebuild.ts';
import { runStages } from '#lib/flows/run-stages.ts';
import { findReferences } from '#lib/flows/versions.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import { openWorkspace, type Workspace } from '#lib/flows/workspace.ts';
import { inspectModel } from '#lib/onnx/inspect.ts';
import { openLimitedScorer } from '#lib/onnx/limited-scorer.ts';
import type { Evidence } from '#lib/registry/evidence.ts';
import type { Model } from '#lib/registry/model.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import { listModels, modelPath, readModel } from '#lib/registry/read.ts';
import type { Verification } from '#lib/registry/verification.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';

export interface VerifyOptions extends RunOptions {
  readonly directory: string;
  /** The folder with proposal.json and model.onnx. */
  readonly proposal: string;
  /** Commit of the proposal, from whoever started this and never from the folder. */
  readonly head: string;
  /** The revision that judges; main without it. */
  readonly base?: string | undefined;
  /** A version of the model, or a revision, to compare with instead of the champion. */
  readonly against?: string | undefined;
}

interface Verifying extends RunOptions {
  readonly workspace: Workspace;
  readonly base: Base;
  readonly head: string;
  readonly against?: string | undefined;
}

/**
 * Verifies one proposal.
 * @throws ConfigurationError when the folder or the base cannot be read; a false claim is a result.
 */
export async function verify(options: VerifyOptions): Promise<Verification> {
  const workspace = await openWorkspace(options.directory);
  const folder = await readProposalFolder(resolve(options.proposal));
  const base = await findJudge(workspace, options.base);
  const unlock = await acquireLock(workspace.lock, 'mainline verify');
  try {
    await clearCheckouts(workspace);
    const source = workspace.git;
    if (!source) throw new Error('findJudge asks for git');
    return await withCheckout(workspace, { source, commit: base.commit }, async root =>
      verifyAt({ ...workspace, root }, folder, { ...options, workspace, base }),
    );
  } finally {
    await unlock();
  }
}

async function findJudge(workspace: Workspace, asked: string | undefined): Promise<Base> {
  const name = asked ?? (await findBase(workspace.git))?.name;
  const commit = name === undefined ? undefined : await workspace.git?.resolve(name);
  if (name !== undefined && commit !== undefined) return { name, commit };
  throw new ConfigurationError('There is no main that could judge', {
    remedy: 'Verify in a clone that has main, or name it with --base.',
  });
}

async function verifyAt(
  trusted: Workspace,
  folder: ProposalFolder,
  verifying: Verifying,
): Promise<Verification> {
  const { proposal, artifact } = folder;
  const { base, head } = verifying;
  const name = proposal.model.metadata.name;
  const common = {
    apiVersion: 'mainline.dev/v1alpha1',
    kind: 'Verification',
    ...{ model: name, base: base.commit, head },
  } as const;
  const md5 = artifact ? hashBytes(artifact) : null;
  const claimed = (why: string, isNew = false, ownJudging: readonly string[] = []): Verification => ({
    ...common,
    ...{ state: 'claimed', why, isNew, md5, evidence: null, verdict: null, differences: [], ownJudging },
  });
  if (!(await listModels(trusted.root)).includes(name)) {
    return claimed(`${base.name} has no ${name} yet: its gates and test rows come with this proposal`, true);
  }
  const before = await readJudging(trusted, name);
  if (!before) {
    return claimed(`${modelPath(name)} of ${base.name} cannot be read: nothing there can judge it`, true);
  }
  if (!proposal.evidence) return claimed('nothing was trained, so there is no model to judge');
  if (!artifact) return claimed('the proposal brought no model file');
  const parts = ({ task, positive, classes }: Model['spec']) =>
    canonicalJson([task, positive, classes?.toSorted(compareText)]);
  if (parts(proposal.model.spec) !== parts(before.spec)) {
    return claimed(
      `the task changed: the gates of ${base.name} cannot judge it; propose it under a new name`,
      false,
      ['the task'],
    );
  }
  try {
    const evidence = await derive(trusted, { ...folder, artifact, before }, verifying);
    return {
      ...common,
      ...{ state: 'rederived', why: '', isNew: false, md5, evidence, verdict: evidence.verdict },
      differences: findDifferences(proposal, evidence, digestBytes(artifact)),
      ownJudging: findOwnJudging(before, proposal, evidence),
    };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return claimed(`the model could not be judged here: ${errorMessage(error).split('\n')[0]}`);
  }
}

/** The model as the base declares it; undefined where the base itself is broken, which a proposal may be about to mend. */
async function readJudging(trusted: Workspace, name: string): Promise<Model | undefined> {
  try {
    return (await readModel(trusted.root, name, vocabulary)).value;
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

interface Judged extends ProposalFolder {
  readonly artifact: Uint8Array;
  /** The model as the base declares it. */
  readonly before: Model;
}

/** The evidence of the proposal's model by the base's rows and gates. */
async function derive(
  trusted: Workspace,
  { proposal, artifact, artifactPath, before }: Judged,
  verifying: Verifying,
): Promise<Evidence> {
  const { workspace, base, tell } = verifying;
  // Not by its path, which is of the machine and reaches the comment.
  inspectModel(artifact, { file: 'The proposed model.onnx' });
  const model = asJudged(before, proposal);
  const measurements = await openMeasurements(workspace.measurements);
  const pipeline = await readPipeline(join(trusted.root, before.spec.pipeline, 'dvc.yaml'), trusted.root);
  tell({ kind: 'phase', text: `make the test rows of ${base.name}` });
  const { rows, trainingRows } = before.spec.evaluation;
  const wanted = [rows.path, trainingRows].map(path => join(pipeline.directory, path));
  const needed = { ...pipeline, stages: stagesBehind(pipeline.stages, wanted) };
  await runStages(needed, { ...verifying, workspace: trusted, measurements, force: false });
  const engine = await openDuckDb();
  try {
    const { found, baseline } = await findOthers(trusted, { model, artifact, before }, verifying);
    tell({ kind: 'phase', text: 'measure latency and memory' });
    const costs = await measureAlgorithms(
      { pipeline, model, artifactPath, crossValidation: null, engine },
      measurements,
      { algorithm: 'model', references: [found, baseline] },
    );
    await measurements.save();
    const cost = costs.model;
    if (!cost) throw new Error('the model was not measured');
    tell({ kind: 'phase', text: 'judge the model on the test rows' });
    const { contracts, uncovered } = proposal;
    const selection = proposal.evidence?.selection ?? null;
    const { root } = trusted;
    return await judge({
      ...{ root, model, artifact, found, baseline, selection, contracts, uncovered, cost, engine },
      today: dayOf(verifying.now()),
      open: openLimitedScorer,
    });
  } finally {
    engine.close();
  }
}

/** The base's model, answering as the proposal's would: only the threshold, the features and the order of classes are its own. */
function asJudged(before: Model, { model }: Proposal): Model {
  const { threshold, features, classes } = model.spec;
  const { features: _, ...spec } = before.spec;
  return {
    ...before,
    spec: { ...spec, threshold, ...(features ? { features } : {}), ...(classes ? { classes } : {}) },
  };
}

async function findOthers(
  trusted: Workspace,
  {
    model,
    artifact,
    before,
  }: { readonly model: Model; readonly artifact: Uint8Array; readonly before: Model },
  verifying: Verifying,
) {
  const { workspace, base, against } = verifying;
  const host = await findRegistry(workspace);
  const references = host ? await findReferences(host, before) : {};
  const options = {
    ...{ base, model, artifact },
    before: await readBaseModel(workspace, base, model.metadata.name),
    rebuild: (from: Base) => rebuildChampion(workspace, { base: from, model: before }, verifying),
  };
  const asked =
    against === undefined ? undefined : await findAsked({ workspace, base, host }, before, against);
  return {
    found: asked
      ? await requireKnown(trusted, { ...options, ...asked })
      : await findChampion(trusted, { ...options, registered: references.registered }),
    baseline: await findBaseline(trusted, { ...options, registered: references.baseline }),
  };
}

/** What was asked for by name has to be there; a comparison with nothing would answer another question. */
async function requireKnown(trusted: Workspace, options: FindChampionOptions): Promise<FoundChampion> {
  const found = await findChampion(trusted, options);
  if (found.bytes) return found;
  throw new ConfigurationError(`${found.champion.name}: ${found.champion.why}`);
}
