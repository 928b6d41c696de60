// The words of action.yml; a test holds the two together.
import { z } from 'zod';
import { nameSchema } from '#lib/registry/model.ts';

export const inputs = z.strictObject({
  model: nameSchema.optional().describe('A name below models/; all without it.'),
  environment: nameSchema.optional().describe('Only this environment, such as production.'),
  token: z
    .string()
    .describe(
      'Token for the API and for git; a GitHub App’s where owners are teams, which a workflow’s cannot read.',
    ),
});

export const outputs = {
  results: 'How it ended for every rollout on main, as a JSON array of {what, outcome, says}.',
} as const;
