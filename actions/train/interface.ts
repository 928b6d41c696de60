// The words of action.yml; a test holds the two together.
import { z } from 'zod';
import { nameSchema } from '#lib/registry/model.ts';
import { countSchema, flagSchema } from '#lib/runner/inputs.ts';

export const inputs = z.strictObject({
  model: nameSchema.describe('A name below models/.'),
  force: flagSchema.default(false).describe('true runs every stage, also those that nothing changed for.'),
  threads: countSchema
    .optional()
    .describe(
      'Threads for training, at most 8 of the machine’s without it; any number gives the same bytes.',
    ),
});

export const outputs = {
  stages: 'What each stage of the pipeline did, as a JSON object: unchanged, restored or ran.',
  trained: 'true when at least one stage ran.',
  sha256: 'Digest of the model file, as sha256: and 64 hex digits.',
} as const;
