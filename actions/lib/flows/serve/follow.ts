// Follows a source: reads it whenever it may have moved, one reading at a time, and never ends for a failed one. What is
// served stays served while the repository is away.
import { errorMessage } from '#lib/errors.ts';
import type { Heads, Source } from '#lib/flows/serve/source.ts';

export interface FollowOptions {
  readonly pollMs: number;
  readonly signal: AbortSignal;
  /** Takes a reading over. @returns whether it should be tried again though nothing moved (bytes may come). */
  readonly take: (heads: Heads) => Promise<boolean>;
  /** Told when the source cannot be read, and (undefined) when it can be again. */
  readonly onTrouble: (trouble: string | undefined) => void;
}

/** Resolves when the signal ends it. */
export async function follow(
  source: Source,
  { pollMs, signal, take, onTrouble }: FollowOptions,
): Promise<void> {
  let wake: () => void = () => undefined;
  let hasMoved = false;
  const moved = (): void => {
    hasMoved = true;
    wake();
  };
  const stopWatching = source.watch(moved);
  signal.addEventListener('abort', () => wake());
  let known: Heads | undefined;
  let trouble: string | undefined;
  const tell = (next: string | undefined): void => {
    if (next !== trouble) onTrouble(next);
    trouble = next;
  };
  while (!signal.aborted) {
    hasMoved = false;
    try {
      const heads = await source.heads().catch(async error => {
        tell(errorMessage(error));
        // At the start without a network, what was known last is better than nothing.
        return known ?? source.lastHeads();
      });
      if (!known || heads.main !== known.main || heads.state !== known.state) {
        known = (await take(heads)) ? undefined : heads;
      }
      if (known === heads) tell(undefined);
    } catch (error) {
      tell(errorMessage(error));
      known = undefined;
    }
    if (hasMoved || signal.aborted) continue;
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, pollMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  stopWatching();
}
