// Runs a pipeline's stale stages and tells how each ended; training times go to this machine's measurements.
import { rm } from 'node:fs/promises';
import type { Pipeline } from '#lib/dvc/pipeline/stage.ts';
import type { ReproduceEvent } from '#lib/dvc/run/progress.ts';
import { reproduce } from '#lib/dvc/run/reproduce.ts';
import { formatReason } from '#lib/dvc/run/status.ts';
import type { Measurements } from '#lib/flows/judging/measurements.ts';
import type { Tell } from '#lib/flows/progress.ts';
import type { Workspace } from '#lib/flows/workspace.ts';
import { createRunner } from '#lib/processes/run.ts';
import type { StageRun } from '#lib/registry/proposal.ts';

export interface RunStagesOptions {
  readonly workspace: Workspace;
  readonly measurements: Measurements;
  readonly tell: Tell;
  /** Runs every stage and measures every cost, whatever is known. */
  readonly force: boolean;
  /** Worker threads for training; any number gives the same bytes. */
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const STATUS = { skipped: 'unchanged', recorded: 'unchanged', restored: 'restored', ran: 'ran' } as const;

/** @throws StageFailure when a stage fails or the run is stopped. */
export async function runStages(pipeline: Pipeline, options: RunStagesOptions): Promise<readonly StageRun[]> {
  const { workspace, tell, measurements, now, signal, force, threads } = options;
  const times = `${workspace.measurements}.training`;
  const seconds = new Map<string, number>();
  const result = await reproduce({
    pipeline,
    cacheDir: workspace.cache,
    run: createRunner(),
    now,
    signal,
    force,
    env: { MAINLINE_THREADS: String(threads), MAINLINE_MEASUREMENTS: times, ORT_DISABLE_TELEMETRY: '1' },
    onEvent: event => {
      if (event.kind === 'finished') seconds.set(event.stage, event.seconds);
      retell(event, tell);
    },
  });
  await measurements.addTrainingTimes(times);
  await rm(times, { force: true });
  return result.stages.map(({ stage, status, reasons }) => ({
    name: stage,
    status: STATUS[status],
    reasons: reasons.map(formatReason),
    seconds: seconds.get(stage) ?? null,
  }));
}

function retell(event: ReproduceEvent, tell: Tell): void {
  const { kind, stage } = event;
  if (kind === 'started') tell({ kind: 'stage-started', stage, reasons: event.reasons.map(formatReason) });
  if (kind === 'line') tell({ kind: 'stage-line', stage, line: event.line });
  if (kind === 'finished') tell({ kind: 'stage-ended', stage, status: 'ran', seconds: event.seconds });
  if (kind === 'restored' || kind === 'skipped' || kind === 'recorded') {
    tell({ kind: 'stage-ended', stage, status: STATUS[kind], seconds: null });
  }
}
