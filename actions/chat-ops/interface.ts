// The words of action.yml; a test holds the two together.
import { z } from 'zod';

export const inputs = z.strictObject({
  verified: z
    .string()
    .optional()
    .describe(
      'The folder with what was found out, where a first step of this action asked for it; without it this is that first step.',
    ),
  token: z.string().describe('Token for the API.'),
});

export const outputs = {
  needs: 'nothing, verified or compared; what has to be fetched or done before the second step.',
  'run-id': 'Id of the run whose artifacts that takes.',
  head: 'The commit that the answer is about.',
  revision: 'What to compare with.',
} as const;
