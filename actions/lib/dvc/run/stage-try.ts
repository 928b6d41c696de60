// A stage's attempts: each on a cleared place and within its time, the next one after a pause that doubles.
import type { LockedStage } from '#lib/dvc/lock/entry.ts';
import type { Stage } from '#lib/dvc/pipeline/stage.ts';
import { runCommands } from '#lib/dvc/run/stage-commands.ts';
import { abortedFailure, StageFailure, timeoutFailure } from '#lib/dvc/run/stage-failure.ts';
import { removeOutputs } from '#lib/dvc/run/stage-outputs.ts';
import { NO_RULES } from '#lib/dvc/run/stage-rules.ts';
import type { Workshop } from '#lib/dvc/run/workshop.ts';
import type { Exit } from '#lib/processes/process.ts';

/**
 * Runs the commands and keeps what they made; again as often as the stage's rules say.
 * @throws StageFailure of the last attempt. A broken contract or an undeclared output is not tried again.
 */
export async function tryCommands(
  stage: Stage,
  workshop: Workshop,
  keep: (exit: Exit) => Promise<LockedStage>,
): Promise<LockedStage> {
  const { retries, backoffMs } = workshop.rules ?? NO_RULES;
  for (let attempt = 1; ; attempt++) {
    try {
      await removeOutputs(stage, workshop);
      return await keep(await runWithinTime(stage, workshop));
    } catch (thrown) {
      const isWorthIt = thrown instanceof StageFailure && WORTH_TRYING.has(thrown.reason);
      if (!isWorthIt || attempt > retries) throw thrown;
      const pauseMs = backoffMs * 2 ** (attempt - 1);
      const message = thrown.message.split('\n')[0] ?? '';
      const seconds = pauseMs / 1000;
      workshop.onEvent({ kind: 'retrying', stage: stage.name, attempt, of: retries, message, seconds });
      await pause(pauseMs, workshop.signal);
      if (workshop.signal?.aborted) throw abortedFailure(stage);
    }
  }
}

const WORTH_TRYING = new Set<string>(['exit', 'signal', 'timeout']);

async function runWithinTime(stage: Stage, workshop: Workshop): Promise<Exit> {
  const timeoutMs = workshop.rules?.timeoutMs;
  if (timeoutMs === undefined) return runCommands(stage, workshop);
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(), timeoutMs);
  const signal = workshop.signal ? AbortSignal.any([workshop.signal, clock.signal]) : clock.signal;
  try {
    return await runCommands(stage, { ...workshop, signal });
  } catch (thrown) {
    const isLate = clock.signal.aborted && !workshop.signal?.aborted;
    if (!isLate || !(thrown instanceof StageFailure) || thrown.reason !== 'aborted') throw thrown;
    throw timeoutFailure(stage, timeoutMs / 1000, thrown.exit);
  } finally {
    clearTimeout(timer);
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise(resolve => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done);
    if (signal?.aborted) done();
  });
}
