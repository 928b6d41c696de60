// Derives the numbers of proposals again with the code, gates and test rows of the default branch; reads them as data.
import { resolve } from 'node:path';
import { z } from 'zod';
import { runAction } from '#lib/action.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { tellLines } from '#lib/flows/ci/log.ts';
import { describeVerification, verifyAll } from '#lib/flows/ci/verify-all.ts';
import { inputs, outputs } from './interface.ts';

/** Which commit is judged comes from the event or from the workflow's own words, never from a folder. */
const eventSchema = z.object({
  workflow_run: z.object({ head_sha: z.string().regex(/^[0-9a-f]{40,64}$/u) }).optional(),
  repository: z.object({ default_branch: z.string() }),
});

await runAction({
  inputs,
  outputs,
  run: async ({ proposals, output, threads, head, against }, context) => {
    const { workspace, event, say, signal, now } = context;
    const { workflow_run: run, repository } = eventSchema.parse(event);
    const judged = head ?? run?.head_sha;
    if (judged === undefined) {
      throw new ConfigurationError('The input head is missing, and the event is not of a run that ended', {
        remedy: 'Start this by workflow_run, or give the commit as head.',
      });
    }
    const { verifications, problems } = await verifyAll({
      ...{ directory: workspace, head: judged, against, base: `origin/${repository.default_branch}` },
      ...{ proposals: resolve(workspace, proposals), output: resolve(workspace, output) },
      ...{ threads: threads ?? context.threads, tell: tellLines(say), signal, now },
    });
    const models = verifications.map(({ model }) => model);
    for (const one of verifications) say(describeVerification(one));
    return {
      outputs: { models: JSON.stringify(models), count: String(models.length) },
      annotations: problems.map(message => ({ level: 'warning', message })),
    };
  },
});
