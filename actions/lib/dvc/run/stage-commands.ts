// Runs a stage's commands one after the other, as DVC splits them, until one fails.
import { stat } from 'node:fs/promises';
import type { Stage } from '#lib/dvc/pipeline/stage.ts';
import { abortedFailure, failureOf } from '#lib/dvc/run/stage-failure.ts';
import type { Workshop } from '#lib/dvc/run/workshop.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { Exit } from '#lib/processes/process.ts';

/** The ends of lines that Python's splitlines knows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are line ends to Python.
const LINE_END = /\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]/;

/** The shell lines of a command: each item of a list whole, each line of a text by itself. */
export function shellLines(cmd: Stage['cmd']): readonly string[] {
  return typeof cmd === 'string'
    ? cmd.replace(new RegExp(`(?:${LINE_END.source})$`), '').split(LINE_END)
    : cmd;
}

/**
 * @returns how the last command ended.
 * @throws StageFailure when one fails or the signal aborts.
 */
export async function runCommands(stage: Stage, workshop: Workshop): Promise<Exit> {
  await refuseMissingFolder(stage);
  let exit: Exit = { code: 0, signal: null, tail: [] };
  for (const command of shellLines(stage.cmd)) {
    workshop.onEvent({ kind: 'command', stage: stage.name, command });
    exit = await workshop.run({
      command,
      cwd: stage.workingDirectory,
      env: workshop.env,
      signal: workshop.signal,
      onLine: (line, stream) => workshop.onEvent({ kind: 'line', stage: stage.name, line, stream }),
    });
    if (workshop.signal?.aborted) throw abortedFailure(stage, exit);
    const failure = failureOf(stage, command, exit);
    if (failure) throw failure;
  }
  return exit;
}

async function refuseMissingFolder({ workingDirectory, name, at }: Stage): Promise<void> {
  const info = await stat(workingDirectory).catch(() => undefined);
  if (info?.isDirectory()) return;
  throw new ConfigurationError(`The stage ${name} works in ${workingDirectory}, which is not a folder`, {
    at,
    remedy: 'Make the folder, or correct wdir.',
  });
}
