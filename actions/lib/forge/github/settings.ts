// What GitHub is set to do with a repository, gathered from rulesets, classic branch protection and the settings of
// Actions. Most of it needs no more than read; what a token may not see is named, never guessed.
import { z } from 'zod';
import { type MergeMethod, mergeMethods, type Unreadable } from '#lib/forge/forge.ts';
import { ask, askAll, GitHubError, isRefusal, type Purpose } from '#lib/forge/github/ask.ts';
import type { Client } from '#lib/forge/github/client.ts';
import { classicSchema, either, fromClassic, fromRules, ruleSchema } from '#lib/forge/github/protection.ts';
import type { ForgeSettings, Protection, Unanswered } from '#lib/forge/settings.ts';

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
    defaultBranch: async () => {
      const answer = z.looseObject({ default_branch: z.string() });
      const purpose = { to: 'see the default branch', needs: 'metadata: read' };
      try {
        return (await read('GET /repos/{owner}/{repo}', answer, purpose)).default_branch;
      } catch (error) {
        return unanswered(error) ?? unreadable(error);
      }
    },
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
    hasVariable: name =>
      readable(async () => {
        const list = (route: string) =>
          askAll(
            client,
            {
              ...{ to: 'list the variables of workflows', needs: 'variables: read', route },
              ...{ parameters: at, answer: z.looseObject({ name: z.string() }) },
            },
            data => (typeof data === 'object' && data !== null && 'variables' in data ? data.variables : []),
          );
        for (const kind of ['variables', 'organization-variables']) {
          const { items } = await list(`GET /repos/{owner}/{repo}/actions/${kind}`);
          if (items.some(one => one.name === name)) return true;
        }
        return false;
      }),
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

/** Neither a yes nor a no: the network failed, or the forge itself. */
function unanswered(error: unknown): Unanswered | undefined {
  const isSilent = error instanceof GitHubError && (error.status === 0 || error.status >= 500);
  return isSilent ? { unreadable: error.message, isUnanswered: true } : undefined;
}

function orNothing(error: unknown): undefined {
  if (isRefusal(error, 403, 404)) return undefined;
  throw error;
}
