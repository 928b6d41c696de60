// Tells on the pull request what was verified: a comment and a check per model, and one check over all of them.
import { resolve } from 'node:path';
import { z } from 'zod';
import { runAction } from '#lib/action.ts';
import { reportAll } from '#lib/flows/ci/report-all.ts';
import { inputs, outputs } from './interface.ts';

/** Which commit was proposed comes from the event alone; its pull requests come from the API. */
const eventSchema = z.object({
  workflow_run: z.object({ head_sha: z.string().regex(/^[0-9a-f]{40,64}$/u) }),
});

await runAction({
  inputs,
  outputs,
  secrets: ['token'],
  run: async ({ verified, token }, { workspace, repository, apiUrl, serverUrl, event, runUrl, say }) => {
    const { reported, problems } = await reportAll({
      ...{ directory: workspace, verified: resolve(workspace, verified), runUrl },
      head: eventSchema.parse(event).workflow_run.head_sha,
      access: { repository, token, apiUrl, serverUrl },
    });
    for (const { model, pulls } of reported) {
      say(
        `${model}: told on ${pulls.map(({ number }) => `#${number}`).join(', ') || 'no open pull request'}`,
      );
    }
    for (const problem of problems) say(problem);
    return {
      outputs: {
        models: JSON.stringify(reported.map(({ model }) => model)),
        stands: String(problems.length === 0),
      },
      summary: reported.map(({ summary }) => summary).join('\n'),
    };
  },
});
