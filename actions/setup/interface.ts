// The words of action.yml; a test holds the two together.
import { z } from 'zod';

export const inputs = z.strictObject({});

export const outputs = {
  path: 'The folder whose node_modules holds the packages.',
  cached: 'true when they were in the tool cache already.',
} as const;
