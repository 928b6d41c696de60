// Runs of GitHub Actions.
import { z } from 'zod';
import { ask, askAll, isRefusal } from '#lib/forge/github/ask.ts';
import type { Client } from '#lib/forge/github/client.ts';
import type { WorkflowRun, WorkflowRuns } from '#lib/forge/runs.ts';

const runSchema = z
  .looseObject({
    id: z.int().positive(),
    /** `.github/workflows/propose.yml`, with `@<ref>` behind it where a ruleset asks for the workflow. */
    path: z.string(),
    event: z.string(),
    status: z.string().nullish(),
    conclusion: z.string().nullish(),
    html_url: z.string(),
  })
  .transform(
    ({ id, path, event, status, conclusion, html_url }): WorkflowRun => ({
      ...{ id, event, url: html_url },
      workflow: /([^/]+)\.ya?ml(?:@.*)?$/u.exec(path)?.[1] ?? path,
      isDone: status === 'completed',
      conclusion: conclusion ?? null,
    }),
  );

/** @param repository `owner/name` */
export function openGitHubRuns(client: Client, repository: string): WorkflowRuns {
  const [owner = '', repo = ''] = repository.split('/');
  return {
    ofCommit: async (commit, event) => {
      const { items } = await askAll(
        client,
        {
          route: 'GET /repos/{owner}/{repo}/actions/runs',
          parameters: { owner, repo, head_sha: commit, event },
          answer: runSchema,
          ...{ to: `read the runs of ${commit.slice(0, 7)}`, needs: 'actions: read' },
        },
        data => z.looseObject({ workflow_runs: z.unknown() }).safeParse(data).data?.workflow_runs,
      );
      return items.toSorted((a, b) => b.id - a.id);
    },
    get: async id => {
      try {
        return await ask(client, {
          route: 'GET /repos/{owner}/{repo}/actions/runs/{run_id}',
          parameters: { owner, repo, run_id: id },
          answer: runSchema,
          ...{ to: `read the run ${id}`, needs: 'actions: read' },
        });
      } catch (error) {
        if (isRefusal(error, 404)) return undefined;
        throw error;
      }
    },
    retry: async (id, jobs) => {
      const route =
        jobs === 'failed'
          ? 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun-failed-jobs'
          : 'POST /repos/{owner}/{repo}/actions/runs/{run_id}/rerun';
      // Not tried again when GitHub fails: it may have begun all the same.
      await ask(client, {
        ...{ route, parameters: { owner, repo, run_id: id, request: { retries: 0 } }, answer: z.unknown() },
        ...{
          to: 'start the run again (one that runs, or is older than a month, cannot be)',
          needs: 'actions: write',
        },
      });
    },
  };
}
