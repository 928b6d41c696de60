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
  threads: countSchema
    .optional()
    .describe('Threads where a champion has to be built again; any number gives the same bytes.'),
});

export const outputs = {
  models: 'Names of the models that were verified, as a JSON array.',
  count: 'How many there are.',
} as const;
