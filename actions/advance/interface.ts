// The words of action.yml; a test holds the two together.
import { z } from 'zod';
import { nameSchema } from '#lib/registry/model.ts';

export const inputs = z.strictObject({
  model: nameSchema
    .optional()
    .describe('A name below models/, moved by a person’s word; without it whatever may move by itself does.'),
  environment: nameSchema.optional().describe('Where, such as production; together with model.'),
  skip: z
    .string()
    .max(500)
    .optional()
    .describe('Why to go on whatever the pause and the guards say; it goes on record. Together with model.'),
  token: z
    .string()
    .describe(
      'Token for the API and for git; a GitHub App’s where owners are teams, which a workflow’s cannot read.',
    ),
});

export const outputs = {
  results: 'How it ended for every rollout that was looked at, as a JSON array of {what, outcome, says}.',
} as const;
