// Guards: plain limits on errors and slowness of the challenger. They compare counts, they test no hypothesis; with no
// requests there is nothing to compare, and that is never a pass.
import { z } from 'zod';

export const guardSchema = z
  .strictObject({
    metric: z.enum(['error_rate', 'slow_rate']),
    overMs: z
      .int()
      .min(1)
      .max(600_000)
      .optional()
      .describe('An answer slower than this counts as slow (slow_rate).'),
    atMost: z.number().min(0).max(1).describe('Share of requests, 0.01 = 1 %.'),
  })
  .refine(guard => (guard.metric === 'slow_rate') === (guard.overMs !== undefined), {
    path: ['overMs'],
    message: 'slow_rate needs overMs, error_rate has none',
    params: {
      remedy: 'Write {metric: slow_rate, overMs: 100, atMost: 0.05} or {metric: error_rate, atMost: 0.01}.',
    },
  });

export type Guard = Readonly<z.output<typeof guardSchema>>;

/** What one version did since its step began. */
export interface Counts {
  readonly requests: number;
  readonly errors: number;
  /** Answers slower than so many milliseconds, by that number as text. */
  readonly slow: Readonly<Record<string, number>>;
}

export interface GuardResult {
  readonly metric: string;
  readonly outcome: 'passed' | 'failed' | "can't tell";
  readonly reason: string;
}

/** One result a guard, in their order; exactly at the limit passes. */
export function judgeGuards(guards: readonly Guard[], counts: Counts): readonly GuardResult[] {
  return guards.map(guard => judgeGuard(guard, counts));
}

function judgeGuard(guard: Guard, counts: Counts): GuardResult {
  const isSlow = guard.metric === 'slow_rate';
  const found = isSlow ? counts.slow[String(guard.overMs)] : counts.errors;
  const what = isSlow ? `took longer than ${guard.overMs} ms` : 'failed';
  const { metric } = guard;
  const unknown = (reason: string): GuardResult => ({ metric, outcome: "can't tell", reason });
  if (counts.requests === 0) return unknown('no request was answered yet');
  if (found === undefined) return unknown(`nobody counted how many ${what}`);
  if (!isShare(found, counts.requests)) {
    return unknown(`the counts contradict themselves: ${found} of ${counts.requests} ${what}`);
  }
  const rate = found / counts.requests;
  const outcome = rate <= guard.atMost ? 'passed' : 'failed';
  const reason = `${found} of ${counts.requests} ${what} (${percent(rate)}), at most ${percent(guard.atMost)} may`;
  return { metric, outcome, reason };
}

function isShare(part: number, whole: number): boolean {
  return Number.isSafeInteger(part) && Number.isSafeInteger(whole) && part >= 0 && part <= whole;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
