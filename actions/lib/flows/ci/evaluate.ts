// One model from what was trained to its proposal, left in a folder for the jobs that judge it. Whatever this finds is a
// claim: it ran beside proposed code.
import { join } from 'node:path';
import { findBase } from '#lib/flows/base.ts';
import { takeTrainedStages } from '#lib/flows/ci/train.ts';
import { findRegistry } from '#lib/flows/host.ts';
import { readArtifact } from '#lib/flows/judging/measure-algorithms.ts';
import { openMeasurements } from '#lib/flows/judging/measurements.ts';
import { acquireLock } from '#lib/flows/lock.ts';
import type { Tell } from '#lib/flows/progress.ts';
import { writeProposalFolder } from '#lib/flows/proposal-folder.ts';
import { proposeModel } from '#lib/flows/propose-model.ts';
import { refuseWhenStopped } from '#lib/flows/stop-signal.ts';
import { findReferences } from '#lib/flows/versions.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';
import { writeProposal } from '#lib/flows/write-proposal.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import { readModel } from '#lib/registry/read.ts';

export interface EvaluateOptions {
  readonly directory: string;
  readonly model: string;
  /** The revision whose model is the champion where the registry has none; main without it. */
  readonly base?: string | undefined;
  /** The folder that gets `<model>/proposal.json` and `<model>/model.onnx`. */
  readonly output: string;
  readonly threads: number;
  readonly tell: Tell;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface EvaluatedModel {
  readonly proposal: Proposal;
  /** Absolute path of the folder that was written. */
  readonly folder: string;
}

/**
 * Evaluates; stages that are stale still run first.
 * @throws ConfigurationError for what has to be mended; a failed gate or contract is a result.
 */
export async function evaluateModel(options: EvaluateOptions): Promise<EvaluatedModel> {
  const { model: name, signal } = options;
  const workspace = await openWorkspace(options.directory);
  const unlock = await acquireLock(workspace.lock, `evaluate ${name}`);
  try {
    const base = await findBase(workspace.git, options.base);
    const registry = await findRegistry(workspace);
    const model = (await readModel(workspace.root, name, vocabulary)).value;
    const references = registry ? await findReferences(registry, model) : {};
    const measurements = await openMeasurements(workspace.measurements);
    const run = { ...options, workspace, base, measurements, force: false, ...references };
    const found = await proposeModel(name, run);
    refuseWhenStopped(signal);
    const trained = await takeTrainedStages(workspace, name);
    const stages = found.stages.map(stage => trained?.find(one => isSameRun(one, stage)) ?? stage);
    const proposal = { ...found, stages };
    const path = join(workspace.root, model.spec.pipeline, model.spec.artifact.path);
    const artifact = proposal.evidence ? await readArtifact(path) : undefined;
    const folder = join(options.output, name);
    await writeProposal(workspace, proposal);
    await writeProposalFolder(folder, proposal, artifact);
    await measurements.save();
    return { proposal, folder };
  } finally {
    await unlock();
  }
}

/** What an earlier step ran is unchanged now; anything else happened here. */
function isSameRun(earlier: Proposal['stages'][number], now: Proposal['stages'][number]): boolean {
  return earlier.name === now.name && now.status === 'unchanged';
}
