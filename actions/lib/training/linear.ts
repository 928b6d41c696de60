// Linear regression with an L2 penalty (ridge): solved exactly, quick, and easy to explain.
import { z } from 'zod';
import { learnDesign } from '#lib/training/design.ts';
import { solveRidge } from '#lib/training/least-squares.ts';
import { fitLinearModel } from '#lib/training/linear-model.ts';
import { identityLink } from '#lib/training/links.ts';
import { defineTrainer } from '#lib/training/trainer.ts';

/** Both linear trainers take the same parameters. */
export const linearParametersSchema = z.strictObject({
  lambda: z
    .number()
    .gt(0)
    .default(5)
    .describe('L2 penalty on the weights of standardised features; tames rare categories.'),
  maxCategories: z
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .describe(
      'Categories of one column that get a weight, the most frequent first; others count as missing.',
    ),
});

const facts = { name: 'linear', version: 1 } as const;

export const linear = defineTrainer({
  ...facts,
  tasks: ['regression'],
  summary: 'A weighted sum of the features; the one to beat, and the easiest to explain.',
  parameters: linearParametersSchema,
  fit({ task, features, target }, { lambda, maxCategories }) {
    const design = learnDesign(features, maxCategories);
    const solution = solveRidge(design, { target }, lambda);
    return fitLinearModel(design, solution, {
      algorithm: facts.name,
      version: facts.version,
      task,
      link: identityLink,
    });
  },
});
