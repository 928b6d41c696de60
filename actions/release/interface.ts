// The words of action.yml; a test holds the two together.
import { z } from 'zod';
import { countSchema, listSchema } from '#lib/runner/inputs.ts';

export const inputs = z.strictObject({
  models: listSchema.default([]).describe('Names below models/, parted by commas or blanks; all without it.'),
  token: z
    .string()
    .describe(
      'Token for the API and for git; a GitHub App’s where owners are teams, which a workflow’s cannot read.',
    ),
  threads: countSchema
    .optional()
    .describe('Threads where bytes have to be made again; any number gives the same bytes.'),
});

export const outputs = {
  released: 'What was numbered in this run, as a JSON array of {model, version}.',
  results: 'How it ended for every model, as a JSON array of {what, outcome, says}.',
} as const;
