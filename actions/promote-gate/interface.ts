// The words of action.yml; a test holds the two together.
import { z } from 'zod';

export const inputs = z.strictObject({
  token: z
    .string()
    .describe(
      'Token for the API and for git; a GitHub App’s where owners are teams, which a workflow’s cannot read.',
    ),
});

export const outputs = {
  pulls: 'Numbers of the pull requests that were decided about, as a JSON array: open ones to main.',
  approved: 'true when the check is green: all of them may be merged as far as promotions go.',
} as const;
