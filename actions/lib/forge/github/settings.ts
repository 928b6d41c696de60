// What GitHub is set to do with a repository, gathered from rulesets, classic branch protection and the settings of
// Actions. Most of it needs no more than read; what a token may not see is named, never guessed.
import { z } from 'zod';
import { type MergeMethod, mergeMethods, type Unreadable } from '#lib/forge/forge.ts';
import { ask, askAll, GitHubError, isRefusal, type Purpose } from '#lib/forge/github/ask.ts';
import type { Client } from '#lib/forge/github/client.ts';
import type { ForgeSettings, Protection } from '#lib/forge/settings.ts';

const ruleSchema = z.looseObject({ type: z.string(), parameters: z.looseObject({}).optional() });
const reviewSchema = z.looseObject({
  require_code_owner_review: z.boolean(),
  dismiss_stale_reviews_on_push: z.boolean(),
  require_last_push_approval: z.boolean(),
  required_approving_review_count: z.int(),
});
const checksSchema = z.looseObject({
  required_status_checks: z.array(z.looseObject({ context: z.string() })),
});
const rulesetSchema = z.looseObject({
  id: z.int(),
  target: z.string().optional(),
  enforcement: z.string(),
});
const wholeRulesetSchema = rulesetSchema.extend({
  conditions: z
    .looseObject({ ref_name: z.looseObject({ include: z.array(z.string()).default([]) }).optional() })
    .nullish(),
  rules: z.array(ruleSchema).default([]),
});
const classicSchema = z.looseObject({
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

/** @param repository `owner/name` */
export function openGitHubSettings(client: Client, repository: string): ForgeSettings {
  const [owner = '', repo = ''] = repository.split('/');
  const at = { owner, repo };
  const read = <Schema extends z.ZodType>(
    route: string,
    answer: Schema,
    { parameters = {}, ...purpose }: Purpose & { readonly parameters?: Readonly<Record<string, unknown>> },
  ) => ask(client, { ...purpose, route, parameters: { ...at, ...parameters }, answer });

  /** Classic protection, which only an administrator's token may read; undefined where there is none. */
  const classicOf = async (branch: string): Promise<Protection | Unreadable | undefined> => {
    const parameters = { branch };
    const needs = 'administration: read';
    try {
      const found = await read('GET /repos/{owner}/{repo}/branches/{branch}/protection', classicSchema, {
        ...{ to: `read the protection of ${branch}`, needs, parameters },
      });
      return fromClassic(found);
    } catch (error) {
      if (!isRefusal(error, 403, 404)) throw error;
      const answer = z.looseObject({ protected: z.boolean() });
      const to = `see whether ${branch} is protected`;
      const branchFound = await read('GET /repos/{owner}/{repo}/branches/{branch}', answer, {
        ...{ to, needs: 'contents: read', parameters },
      }).catch(orNothing);
      return branchFound?.protected
        ? { unreadable: `${branch} has rules that this token may not read` }
        : undefined;
    }
  };

  return {
    protectionOf: branch =>
      readable(async () => {
        const { items } = await askAll(client, {
          ...{ to: `read the rules of ${branch}`, needs: 'metadata: read', answer: ruleSchema },
          route: 'GET /repos/{owner}/{repo}/rules/branches/{branch}',
          parameters: { ...at, branch },
        });
        const byRules = fromRules(items);
        const classic = await classicOf(branch);
        if (!classic) return byRules;
        if ('unreadable' in classic) return items.length > 0 ? byRules : classic;
        return either(byRules, classic);
      }),
    protectionOfTags: pattern =>
      readable(async () => {
        const { items } = await askAll(client, {
          ...{ to: 'list the rulesets', needs: 'metadata: read', answer: rulesetSchema },
          route: 'GET /repos/{owner}/{repo}/rulesets',
          parameters: { ...at, includes_parents: true },
        });
        const active = items.filter(
          ({ target, enforcement }) => target === 'tag' && enforcement === 'active',
        );
        const whole = await Promise.all(
          active.map(({ id }) =>
            read('GET /repos/{owner}/{repo}/rulesets/{ruleset_id}', wholeRulesetSchema, {
              ...{ to: 'read a ruleset of tags', needs: 'metadata: read', parameters: { ruleset_id: id } },
            }),
          ),
        );
        const covers = ['~ALL', 'refs/tags/*', 'refs/tags/**', 'refs/tags/**/*', `refs/tags/${pattern}`];
        const fitting = whole.filter(one =>
          one.conditions?.ref_name?.include.some(ref => covers.includes(ref)),
        );
        return fromRules(fitting.flatMap(({ rules }) => rules));
      }),
    codeownersMistakes: async () => {
      const answer = z.looseObject({
        errors: z.array(z.looseObject({ line: z.int(), message: z.string() })),
      });
      try {
        const { errors } = await read('GET /repos/{owner}/{repo}/codeowners/errors', answer, {
          ...{ to: 'read the mistakes in CODEOWNERS', needs: 'contents: read' },
        });
        return errors.map(({ line, message }) => ({ line, message: message.split('\n')[0] ?? message }));
      } catch (error) {
        return isRefusal(error, 404) ? undefined : unreadable(error);
      }
    },
    mergeMethods: () =>
      readable(async () => {
        const allowed = z.boolean().optional();
        const answer = z.looseObject({
          ...{ allow_merge_commit: allowed, allow_squash_merge: allowed, allow_rebase_merge: allowed },
        });
        const found = await read('GET /repos/{owner}/{repo}', answer, {
          ...{ to: 'read the merge settings', needs: 'metadata: read' },
        });
        const { allow_merge_commit: merge, allow_squash_merge: squash, allow_rebase_merge: rebase } = found;
        if (merge === undefined) return { unreadable: 'only who may write sees the merge settings' };
        const isAllowed: Readonly<Record<MergeMethod, boolean | undefined>> = { merge, squash, rebase };
        return mergeMethods.filter(method => isAllowed[method]);
      }),
    tokenDefault: () =>
      readable(async () => {
        const answer = z.looseObject({
          default_workflow_permissions: z.enum(['read', 'write']),
          can_approve_pull_request_reviews: z.boolean(),
        });
        const found = await read('GET /repos/{owner}/{repo}/actions/permissions/workflow', answer, {
          ...{ to: 'read what tokens of workflows may do', needs: 'administration: read' },
        });
        return {
          writes: found.default_workflow_permissions === 'write',
          approves: found.can_approve_pull_request_reviews,
        };
      }),
  };
}

function fromRules(rules: readonly Rule[]): Protection {
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

function fromClassic(found: z.output<typeof classicSchema>): Protection {
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
function either(a: Protection, b: Protection): Protection {
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

async function readable<T>(work: () => Promise<T>): Promise<T | Unreadable> {
  try {
    return await work();
  } catch (error) {
    return unreadable(error);
  }
}

/** @throws what is no refusal of GitHub's. */
function unreadable(error: unknown): Unreadable {
  if (error instanceof GitHubError) return { unreadable: error.message };
  throw error;
}

function orNothing(error: unknown): undefined {
  if (isRefusal(error, 403, 404)) return undefined;
  throw error;
}
