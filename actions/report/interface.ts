// The words of action.yml; a test holds the two together.
import { z } from 'zod';

export const inputs = z.strictObject({
  verified: z
    .string()
    .describe('The folder that the verify action filled: <model>/proposal.json and verification.json.'),
  token: z.string().describe('Token that writes the comment and the checks.'),
});

export const outputs = {
  models: 'Names of the models that were reported, as a JSON array.',
  stands: 'true when all of them stand and none is missing.',
} as const;
