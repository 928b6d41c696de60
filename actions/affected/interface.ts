// The words of action.yml; a test holds the two together.
import { z } from 'zod';

export const inputs = z.strictObject({
  base: z
    .string()
    .optional()
    .describe(
      'The revision to compare with. Without it: of a pull request its base, of a merge queue its base, of a push what was there before.',
    ),
});

export const outputs = {
  models: 'Names of the models that the change touches, as a JSON array for a matrix.',
  any: 'true when there is at least one.',
} as const;
