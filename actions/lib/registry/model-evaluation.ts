// What model.yaml says of how a model is judged: its rows, its metrics, its groups, what its answers are worth.
import { z } from 'zod';

/** A path below the repository's root; never absolute, never leaving it. */
export const repositoryPathSchema = z
  .string()
  .min(1)
  .max(512)
  .refine(path => !path.startsWith('/') && !path.includes('\\') && !path.split('/').includes('..'), {
    message: 'write a path below the root of the repository, without ".."',
  });

const costsSchema = z.strictObject({
  unit: z.string().min(1).max(16).describe('Such as EUR.'),
  falsePositive: z.number().describe('Of flagging a row that is negative.'),
  falseNegative: z.number().describe('Of passing a row that is positive.'),
  truePositive: z.number().default(0).describe('A gain is a negative cost.'),
  trueNegative: z.number().default(0),
});

const businessMetricSchema = z.strictObject({
  name: z
    .string()
    .max(63)
    .regex(/^[a-z][a-z0-9_]*$/, 'use snake_case: lower-case letters, digits and underscores'),
  value: z
    .string()
    .min(1)
    .max(2000)
    .describe(
      'An SQL expression over one row: the columns of the test rows, "answer" and "truth" (1 or 0, the amount, or the word of the class), and "score" (the probability of the positive or the answered class).',
    ),
  per: z
    .string()
    .min(1)
    .max(2000)
    .optional()
    .describe(
      'An expression whose sum divides the sum of the values, such as an amount; one row when left out.',
    ),
  unit: z.string().min(1).max(16).describe('Such as EUR, or fraction.'),
  better: z.enum(['lower', 'higher']),
  meaning: z.string().min(1).max(200).optional().describe('One line for a person who does not know it.'),
});

const thresholdRuleSchema = z
  .strictObject({
    maximise: z.enum(['f1', 'f_beta', 'mcc', 'balanced_accuracy', 'accuracy']).optional(),
    minimise: z.literal('cost').optional(),
    recallAtLeast: z.number().gt(0).max(1).optional(),
    precisionAtLeast: z.number().gt(0).max(1).optional(),
    falsePositiveRateAtMost: z.number().min(0).lt(1).optional(),
  })
  .refine(rule => Object.values(rule).filter(value => value !== undefined).length === 1, {
    message: `write exactly one of maximise, minimise, recallAtLeast, precisionAtLeast, falsePositiveRateAtMost`,
  });

const fairnessSchema = z.strictObject({
  groups: z
    .array(z.string())
    .min(1)
    .max(10)
    .describe(
      'Columns of the test rows: protected traits, regions, kinds of transaction; the model need not read them.',
    ),
  smallest: z
    .number()
    .int()
    .min(1)
    .default(30)
    .describe('Groups with fewer rows are listed but not compared.'),
});

/** `spec.evaluation` of a model. */
export const evaluationSchema = z.strictObject({
  rows: z.strictObject({
    path: repositoryPathSchema.describe('The test rows, relative to the pipeline folder.'),
    key: z.string().describe('The column that names a row; the same row keeps its key for ever.'),
  }),
  trainingRows: repositoryPathSchema.describe(
    'The rows the model was fitted on, relative to the pipeline folder: for the trivial model and the leakage check.',
  ),
  target: z.string().describe('The column to predict.'),
  unit: z.string().max(16).optional().describe('Unit of the target, such as min or EUR (regression).'),
  primary: z.string().describe('The metric that selects among algorithms and heads the report.'),
  tolerance: z
    .number()
    .positive()
    .optional()
    .describe('within_tolerance counts answers this near, in the unit of the target.'),
  beta: z
    .number()
    .positive()
    .optional()
    .describe('f_beta counts recall so many times as much as precision (binary-classification).'),
  quantile: z
    .number()
    .gt(0)
    .lt(1)
    .optional()
    .describe('quantile_loss judges predictions of this quantile (regression).'),
  costs: costsSchema
    .optional()
    .describe('What answers cost (binary-classification); the metric cost is their mean.'),
  business: z
    .array(businessMetricSchema)
    .max(20)
    .default([])
    .refine(all => new Set(all.map(({ name }) => name)).size === all.length, 'a name stands there twice')
    .describe('What the answers are worth, as expressions over a row.'),
  thresholdRule: thresholdRuleSchema
    .optional()
    .describe('How the threshold was chosen; reports say what the rule would choose on the test rows.'),
  slices: z.array(z.string()).max(10).default([]).describe('Columns whose values are evaluated apart.'),
  fairness: fairnessSchema.optional().describe('Groups between which answers and errors are compared.'),
  time: z
    .string()
    .optional()
    .describe(
      'The column that says when a row was observed: for the seasons it covers and the age of the data.',
    ),
});
