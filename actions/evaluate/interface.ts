// The words of action.yml; a test holds the two together.
import { z } from 'zod';
import { nameSchema } from '#lib/registry/model.ts';
import { countSchema } from '#lib/runner/inputs.ts';

export const inputs = z.strictObject({
  model: nameSchema.describe('A name below models/.'),
  base: z
    .string()
    .optional()
    .describe('The revision to compare with. Without it: the base of the pull request, else main.'),
  output: z
    .string()
    .default('.mainline/proposals')
    .describe('The folder that gets <model>/proposal.json and <model>/model.onnx, relative to the checkout.'),
  threads: countSchema
    .optional()
    .describe('Threads for stages that still have to run; any number gives the same bytes.'),
});

export const outputs = {
  stands: 'true when every gate passes.',
  path: 'The folder with proposal.json and model.onnx.',
  evidence: 'Digest of everything the evaluation depends on; empty when nothing was evaluated.',
} as const;
