// The words of action.yml; a test holds the two together.
import { z } from 'zod';
import { countSchema } from '#lib/runner/inputs.ts';

export const inputs = z.strictObject({
  proposals: z
    .string()
    .describe('The folder into which the proposals of the run were downloaded, one folder each.'),
  output: z
    .string()
    .describe(
      'The folder that gets <model>/verification.json, and the proposal.json that was judged beside it.',
    ),
  head: z
    .string()
    .regex(/^[0-9a-f]{40,64}$/u, 'write the whole id of a commit')
    .optional()
    .describe('The commit that is judged; that of the run that ended, where the event is of one.'),
  against: z
    .string()
    .optional()
    .describe(
      'A version, branch, tag or commit to compare with instead of the champion; code that never was on the default branch is not run.',
    ),
  threads: countSchema
    .optional()
    .describe('Threads where a champion has to be built again; any number gives the same bytes.'),
});

export const outputs = {
  models: 'Names of the models that were verified, as a JSON array.',
  count: 'How many there are.',
} as const;
