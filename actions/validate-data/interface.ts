// The words of action.yml; a test holds the two together.
import { z } from 'zod';
import { nameSchema } from '#lib/registry/model.ts';

export const inputs = z.strictObject({
  model: nameSchema.describe('A name below models/.'),
});

export const outputs = {
  passed: 'true when every dataset has a contract and keeps it.',
  rows: 'Rows of all datasets together.',
} as const;
