// Which models a pull request touches, as a matrix for the jobs after this one; nothing is installed for it.
import { z } from 'zod';
import { runAction } from '#lib/action.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { findAffected } from '#lib/flows/ci/affected.ts';
import { inputs, outputs } from './interface.ts';

const NOTHING = '0'.repeat(40);
/** GitHub refuses a larger matrix without saying why to whoever looks at the pull request. */
const MOST_JOBS = 256;
const eventSchema = z.object({
  merge_group: z.object({ base_sha: z.string() }).optional(),
  before: z.string().optional(),
});

await runAction({
  inputs,
  outputs,
  run: async ({ base }, { workspace, event, eventName, say }) => {
    const { merge_group: group, before } = eventSchema.parse(event);
    const pushed = eventName === 'push' && before !== NOTHING ? before : undefined;
    const { models, changed } = await findAffected({
      directory: workspace,
      base: base ?? group?.base_sha ?? pushed,
    });
    if (models.length > MOST_JOBS) {
      throw new ConfigurationError(
        `${models.length} models are affected, and a matrix has ${MOST_JOBS} jobs at most`,
        {
          remedy:
            'Split the pull request, or train on your machine and let a workflow of your own go through them.',
        },
      );
    }
    const verdict =
      models.length === 0
        ? `No model is affected, so there is nothing to evaluate. Changed paths: ${changed}.`
        : `Affected: ${models.join(', ')}`;
    say(verdict);
    return {
      outputs: { models: JSON.stringify(models), any: String(models.length > 0) },
      summary: models.length === 0 ? `${verdict}\n` : '',
    };
  },
});
