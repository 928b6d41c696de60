// A table against what it was at the base: which rules began or ceased to fail, and what changed in the data itself even
// where no rule speaks of it.
import { z } from 'zod';
import type { CheckResult } from '#lib/contracts/result.ts';

/** Of one column, or of the table (column null). */
export const shiftSchema = z.strictObject({
  column: z.string().nullable(),
  kind: z.enum([
    'column-added',
    'column-removed',
    'type-changed',
    'rows',
    'null-share',
    'mean',
    'quantiles',
    'distinct',
    'new-categories',
    'gone-categories',
    'category-shares',
  ]),
  /** As one sentence, with the numbers. */
  says: z.string(),
  base: z.union([z.number(), z.string(), z.array(z.number()).readonly(), z.null()]),
  head: z.union([z.number(), z.string(), z.array(z.number()).readonly(), z.null()]),
});

export const comparisonSchema = z.strictObject({
  base: z.strictObject({ name: z.string(), commit: z.string() }),
  /** Why there is nothing to compare with; null where there is. */
  why: z.string().nullable(),
  /** Ids of checks. */
  newlyFailing: z.array(z.string()).readonly(),
  fixed: z.array(z.string()).readonly(),
  stillFailing: z.array(z.string()).readonly(),
  shifts: z.array(shiftSchema).readonly(),
});

export type Shift = Readonly<z.output<typeof shiftSchema>>;
export type Comparison = Readonly<z.output<typeof comparisonSchema>>;

/** A rule that is new and fails began to fail; one that is gone or is skipped now is not known to be fixed. */
export function compareOutcomes(
  base: readonly CheckResult[],
  head: readonly CheckResult[],
): Pick<Comparison, 'newlyFailing' | 'fixed' | 'stillFailing'> {
  const before = new Map(base.map(({ id, outcome }) => [id, outcome]));
  const failing = head.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id);
  return {
    newlyFailing: failing.filter(id => before.get(id) !== 'failed'),
    fixed: head
      .filter(({ id, outcome }) => outcome === 'passed' && before.get(id) === 'failed')
      .map(({ id }) => id),
    stillFailing: failing.filter(id => before.get(id) === 'failed'),
  };
}
