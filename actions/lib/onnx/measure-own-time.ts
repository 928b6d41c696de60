// The time that a call itself takes, without what it waited for a processor. Short calls are seldom interrupted, and the wall
// clock is the finer one; a long one nearly always is on a busy machine, so there the processor time of the process counts.
import type { Answer } from '#lib/onnx/measure-calls.ts';
import type { Table } from '#lib/tables/table.ts';

/** Below, the wall clock counts: processor time comes in microseconds. */
const LONG_MS = 1;
/** Some systems count processor time in steps of milliseconds, which tells nothing of a call. */
const COARSE_MS = 0.05;
const PROBE_MS = 20;

/** Milliseconds of processor time so far, all threads of this process. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Whether processor time moves on in steps that are small beside a long call. */
function isFine(): boolean {
  const [start, first] = [performance.now(), processorMs()];
  let steps = 0;
  let last = first;
  while (performance.now() - start < PROBE_MS) {
    const now = processorMs();
    if (now > last) steps += 1;
    last = now;
  }
  return steps > 0 && (last - first) / steps < COARSE_MS;
}

/** Gives milliseconds of one call; which clock is used for long ones is found out once. */
export function ownTimer(): (answer: Answer, rows: Table) => Promise<number> {
  const hasFineClock = isFine();
  return async (answer, rows) => {
    const processor = processorMs();
    const start = performance.now();
    await answer(rows);
    const wall = performance.now() - start;
    return wall < LONG_MS || !hasFineClock ? wall : processorMs() - processor;
  };
}
