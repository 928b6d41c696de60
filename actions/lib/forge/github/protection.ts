// What rulesets and classic branch protection say, in one form. Both may hold for a branch at once; then they stack.
import { z } from 'zod';
import type { Protection } from '#lib/forge/settings.ts';

/** One rule of a ruleset. */
export const ruleSchema = z.looseObject({ type: z.string(), parameters: z.looseObject({}).optional() });
const reviewSchema = z.looseObject({
  require_code_owner_review: z.boolean(),
  dismiss_stale_reviews_on_push: z.boolean(),
  require_last_push_approval: z.boolean(),
  required_approving_review_count: z.int(),
});
const checksSchema = z.looseObject({
  required_status_checks: z.array(z.looseObject({ context: z.string() })),
});
/** Classic protection of a branch. */
export const classicSchema = z.looseObject({
  required_status_checks: z.looseObject({ contexts: z.array(z.string()).default([]) }).nullish(),
  required_pull_request_reviews: z
    .looseObject({
      dismiss_stale_reviews: z.boolean().optional(),
      require_code_owner_reviews: z.boolean().optional(),
      require_last_push_approval: z.boolean().optional(),
      required_approving_review_count: z.int().optional(),
    })
    .nullish(),
  allow_force_pushes: z.looseObject({ enabled: z.boolean() }).optional(),
  allow_deletions: z.looseObject({ enabled: z.boolean() }).optional(),
});

type Rule = z.output<typeof ruleSchema>;

/** What rules of rulesets demand together. */
export function fromRules(rules: readonly Rule[]): Protection {
  const has = (type: string): boolean => rules.some(rule => rule.type === type);
  const parameters = <Schema extends z.ZodType>(type: string, schema: Schema) =>
    rules.filter(rule => rule.type === type).flatMap(rule => schema.safeParse(rule.parameters).data ?? []);
  const reviews = parameters('pull_request', reviewSchema);
  return {
    forbidsForcePush: has('non_fast_forward'),
    forbidsDeletion: has('deletion'),
    checks: parameters('required_status_checks', checksSchema).flatMap(one =>
      one.required_status_checks.map(({ context }) => context),
    ),
    review:
      reviews.length === 0
        ? undefined
        : {
            codeOwners: reviews.some(one => one.require_code_owner_review),
            dismissesStale: reviews.some(one => one.dismiss_stale_reviews_on_push),
            lastPush: reviews.some(one => one.require_last_push_approval),
            approvals: Math.max(...reviews.map(one => one.required_approving_review_count)),
          },
  };
}

/** What classic protection demands. */
export function fromClassic(found: z.output<typeof classicSchema>): Protection {
  const review = found.required_pull_request_reviews;
  return {
    forbidsForcePush: found.allow_force_pushes?.enabled === false,
    forbidsDeletion: found.allow_deletions?.enabled === false,
    checks: found.required_status_checks?.contexts ?? [],
    review: review
      ? {
          codeOwners: review.require_code_owner_reviews ?? false,
          dismissesStale: review.dismiss_stale_reviews ?? false,
          lastPush: review.require_last_push_approval ?? false,
          approvals: review.required_approving_review_count ?? 0,
        }
      : undefined,
  };
}

/** Rules stack: what one of both demands, holds. */
export function either(a: Protection, b: Protection): Protection {
  const review =
    a.review && b.review
      ? {
          codeOwners: a.review.codeOwners || b.review.codeOwners,
          dismissesStale: a.review.dismissesStale || b.review.dismissesStale,
          lastPush: a.review.lastPush || b.review.lastPush,
          approvals: Math.max(a.review.approvals, b.review.approvals),
        }
      : (a.review ?? b.review);
  return {
    forbidsForcePush: a.forbidsForcePush || b.forbidsForcePush,
    forbidsDeletion: a.forbidsDeletion || b.forbidsDeletion,
    checks: [...new Set([...a.checks, ...b.checks])],
    review,
  };
}
