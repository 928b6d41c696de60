// A pipeline step is a process of its own: what the user can fix is printed as such, and its exit code says so.
import { describeFailure } from '#lib/failure.ts';

/** Runs a step; a failure is printed to standard error and ends the process with its exit code. */
export async function runStep(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { text, exitCode } = describeFailure(error, { color: false, folder: process.cwd() });
    process.stderr.write(text);
    process.exitCode = exitCode;
  }
}
