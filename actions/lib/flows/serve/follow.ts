// Looks at the branches at every interval and whenever something says that one may have moved, one look at a time. A
// repository that is gone ends nothing: what was seen last stays.
import { ConfigurationError } from '#lib/errors.ts';
import { describeProblem } from '#lib/flows/serve/problem.ts';
import type { Heads, Source } from '#lib/flows/serve/source.ts';
import type { Problem } from '#lib/serving/table.ts';

export interface FollowOptions {
  readonly pollMs: number;
  readonly signal: AbortSignal;
  /** Takes a reading over. @returns whether it should be tried again though nothing moved (bytes may come). */
  readonly take: (heads: Heads) => Promise<boolean>;
  /** Told once when the source cannot be read, and (null) when it can be again. */
  readonly onTrouble: (trouble: Problem | null) => void;
}

/** Resolves when the signal ends it. */
export async function follow(source: Source, options: FollowOptions): Promise<void> {
  const { pollMs, signal } = options;
  const look = createLook(source, options);
  let wake: () => void = () => undefined;
  let hasMoved = false;
  const stopWatching = source.watch(() => {
    hasMoved = true;
    wake();
  });
  signal.addEventListener('abort', () => wake());
  while (!signal.aborted) {
    hasMoved = false;
    // From one look to the next, however long it takes; yet a slow remote is not asked without a pause.
    const due = startTimer(pollMs);
    await look();
    const pause = startTimer(pollMs / 5);
    const woken = new Promise<void>(resolve => {
      wake = resolve;
    });
    if (!hasMoved && !signal.aborted) await Promise.race([woken, Promise.all([due.over, pause.over])]);
    due.stop();
    pause.stop();
  }
  stopWatching();
}

interface Timer {
  readonly over: Promise<void>;
  stop(): void;
}

function startTimer(ms: number): Timer {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms);
  });
  return { over, stop: () => clearTimeout(timer) };
}

/** One look; never rejects. */
function createLook(source: Source, { take, onTrouble }: FollowOptions): () => Promise<void> {
  let seen: Heads | undefined;
  let isWaiting = false;
  let told: Problem | null = null;

  const tell = (trouble: Problem | null): void => {
    if (trouble?.message !== told?.message) onTrouble(trouble);
    told = trouble;
  };
  const takeOver = async (heads: Heads): Promise<void> => {
    const isKnown = seen && heads.main === seen.main && heads.state === seen.state;
    if (isKnown && !isWaiting) return;
    isWaiting = await take(heads);
    seen = heads;
  };
  return async () => {
    let trouble: Problem | null = null;
    try {
      await takeOver(requireMain(await source.heads(), source));
    } catch (error) {
      trouble = describeProblem(error);
      // At a start without the network, what was known last is better than nothing.
      const last = seen ?? (await source.lastHeads().catch(() => undefined));
      if (last?.main !== undefined) await takeOver(last).catch(() => undefined);
    }
    tell(trouble);
  };
}

function requireMain(heads: Heads, { name }: Source): Heads {
  if (heads.main !== undefined) return heads;
  throw new ConfigurationError('The repository has no branch main', {
    at: { file: name },
    remedy: 'Commit to a branch called main; it is looked for all the time.',
  });
}
