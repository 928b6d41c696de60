// The stale stages of one model's pipeline. What each did is written down, since a later step of the same job finds them
// all unchanged and has to tell.
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { digestBytes, formatJson } from '#lib/documents/canonical.ts';
import { writeWhole } from '#lib/documents/write.ts';
import { readPipeline } from '#lib/dvc/pipeline/pipeline.ts';
import { readArtifact } from '#lib/flows/judging/measure-algorithms.ts';
import { openMeasurements } from '#lib/flows/judging/measurements.ts';
import { acquireLock } from '#lib/flows/lock.ts';
import type { Tell } from '#lib/flows/progress.ts';
import { runStages } from '#lib/flows/run-stages.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import { openWorkspace, type Workspace } from '#lib/flows/workspace.ts';
import { type StageRun, stageRunSchema } from '#lib/registry/proposal.ts';
import { readModel } from '#lib/registry/read.ts';

export interface TrainOptions {
  readonly directory: string;
  readonly model: string;
  /** Runs every stage, whatever is known. */
  readonly force: boolean;
  readonly threads: number;
  readonly tell: Tell;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface Trained {
  readonly stages: readonly StageRun[];
  /** `sha256:` and 64 hex digits. */
  readonly artifact: string;
}

/**
 * Trains.
 * @throws ConfigurationError when a stage fails, naming it.
 */
export async function trainModel(options: TrainOptions): Promise<Trained> {
  const workspace = await openWorkspace(options.directory);
  const unlock = await acquireLock(workspace.lock, `train ${options.model}`);
  try {
    const model = (await readModel(workspace.root, options.model, vocabulary)).value;
    const folder = join(workspace.root, model.spec.pipeline);
    const pipeline = await readPipeline(join(folder, 'dvc.yaml'), workspace.root);
    const measurements = await openMeasurements(workspace.measurements);
    const stages = await runStages(pipeline, { ...options, workspace, measurements });
    await measurements.save();
    await writeWhole(stagesFile(workspace, options.model), formatJson(stages));
    return { stages, artifact: digestBytes(await readArtifact(join(folder, model.spec.artifact.path))) };
  } finally {
    await unlock();
  }
}

/** What the training step of this job did, once: the next job begins anew. */
export async function takeTrainedStages(
  workspace: Workspace,
  model: string,
): Promise<readonly StageRun[] | undefined> {
  const file = stagesFile(workspace, model);
  try {
    return z.array(stageRunSchema).parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  } finally {
    await rm(file, { force: true });
  }
}

function stagesFile({ measurements }: Workspace, model: string): string {
  return join(dirname(measurements), 'stages', `${model}.json`);
}
