// Runs work that waits for other work, several at a time. The order in which work starts is the plan's as far as it can
// be, so that one at a time it is exactly the plan.

/** What happened to one piece of work; `skipped` names the failed one that it would have built on. */
export type Outcome<Work, Result> =
  | { readonly work: Work; readonly kind: 'done'; readonly result: Result }
  | { readonly work: Work; readonly kind: 'failed'; readonly error: unknown }
  | { readonly work: Work; readonly kind: 'skipped'; readonly because: Work };

export interface Schedule<Work, Result> {
  readonly needs: ReadonlyMap<Work, readonly Work[]>;
  /** At a time. */
  readonly jobs: number;
  /** Names of which two works with the same one never run together. */
  readonly mutexesOf: (work: Work) => readonly string[];
  readonly run: (work: Work) => Promise<Result>;
  /**
   * After a failure: `fail` starts nothing more, `keep-going` leaves out what builds on it, `ignore` goes on regardless.
   * What runs at that moment is let finish.
   */
  readonly onError: 'fail' | 'keep-going' | 'ignore';
  readonly signal?: AbortSignal | undefined;
}

/**
 * @param plan each after what it needs; needs outside the plan count as met.
 * @returns outcomes in the order of the plan; work that was never started is left out.
 */
export async function runSchedule<Work, Result>(
  plan: readonly Work[],
  schedule: Schedule<Work, Result>,
): Promise<readonly Outcome<Work, Result>[]> {
  const { needs, jobs, mutexesOf, run, onError, signal } = schedule;
  const waiting = new Set(plan);
  const outcomes = new Map<Work, Outcome<Work, Result>>();
  const held = new Set<string>();
  const running = new Map<Work, Promise<void>>();
  let isStopped = false;

  const failedNeed = (work: Work): Work | undefined =>
    (needs.get(work) ?? []).map(need => outcomes.get(need)).find(one => one && one.kind !== 'done')?.work;
  const isReady = (work: Work): boolean =>
    (needs.get(work) ?? []).every(need => !waiting.has(need) && !running.has(need));
  const start = (work: Work): void => {
    waiting.delete(work);
    const mutexes = mutexesOf(work);
    for (const name of mutexes) held.add(name);
    const ended = run(work)
      .then(
        result => void outcomes.set(work, { work, kind: 'done', result }),
        (error: unknown) => {
          outcomes.set(work, { work, kind: 'failed', error });
          if (onError === 'fail') isStopped = true;
        },
      )
      .finally(() => {
        for (const name of mutexes) held.delete(name);
        running.delete(work);
      });
    running.set(work, ended);
  };
  const startNext = (): boolean => {
    if (running.size >= jobs) return false;
    for (const work of waiting) {
      if (!isReady(work)) continue;
      const because = onError === 'keep-going' ? failedNeed(work) : undefined;
      if (because !== undefined) {
        waiting.delete(work);
        outcomes.set(work, { work, kind: 'skipped', because });
        return true;
      }
      if (mutexesOf(work).some(name => held.has(name))) continue;
      start(work);
      return true;
    }
    return false;
  };

  for (;;) {
    if (!isStopped && !signal?.aborted && startNext()) continue;
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  return plan.flatMap(work => outcomes.get(work) ?? []);
}
