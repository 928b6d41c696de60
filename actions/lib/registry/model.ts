// kind: Model - what a team says about a model in models/<name>/model.yaml: its task, pipeline, test rows and gates.
import { z } from 'zod';
import { findMetric } from '#lib/evaluation/metrics.ts';
import { type Gate, gateSchema } from '#lib/gates/declared.ts';
import { profileNames } from '#lib/gates/profiles.ts';

/** Names of models, datasets and environments: valid as a file name, an OCI tag and a Kubernetes label. */
export const nameSchema = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and hyphens');

/** A path below the repository's root; never absolute, never leaving it. */
export const repositoryPathSchema = z
  .string()
  .min(1)
  .max(512)
  .refine(path => !path.startsWith('/') && !path.includes('\\') && !path.split('/').includes('..'), {
    message: 'write a path below the root of the repository, without ".."',
  });

export const taskSchema = z.enum(['regression', 'binary-classification', 'multiclass-classification']);

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

const evaluationSchema = z.strictObject({
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

const algorithmsSchema = z.strictObject({
  select: z.string().default('best').describe('best = by cross-validation, or the name of one algorithm.'),
  among: z.array(z.string()).min(1).max(10),
});

function namesBaseline({ notWorseThan, betterThan }: Gate): boolean {
  return notWorseThan === 'baseline' || betterThan === 'baseline';
}

/** A bound that a bad model breaks: on the right side, for all rows, and blocking. */
function isFloor(
  { metric, atMost, atLeast, slices, severity }: Gate,
  { task, evaluation }: Floored,
): boolean {
  const { primary, business } = evaluation;
  if (metric !== primary || slices !== undefined || severity !== 'block') return false;
  const better =
    business.find(({ name }) => name === primary)?.better ?? findMetric(task, primary)?.better ?? 'higher';
  return (better === 'higher' ? atLeast : atMost) !== undefined;
}

interface Floored {
  readonly task: z.output<typeof taskSchema>;
  readonly evaluation: {
    readonly primary: string;
    readonly business: readonly { readonly name: string; readonly better: 'lower' | 'higher' }[];
  };
}

export const modelSchema = z.strictObject({
  apiVersion: z.literal('mainline.dev/v1alpha1'),
  kind: z.literal('Model'),
  metadata: z.strictObject({
    name: nameSchema.describe('The same as the folder below models/.'),
    owners: z.array(z.string().regex(/^@[\w.-]+(\/[\w.-]+)?$/, 'write @user or @organisation/team')).min(1),
    description: z.string().min(1).max(200).describe('One line for a person who does not know the model.'),
  }),
  spec: z
    .strictObject({
      task: taskSchema,
      positive: z
        .string()
        .optional()
        .describe('The value of the target that counts as positive (binary-classification).'),
      classes: z
        .array(z.string().min(1))
        .min(2)
        .max(100)
        .refine(names => new Set(names).size === names.length, 'a class stands there twice')
        .optional()
        .describe(
          "The values of the target in the order of the model's probabilities (multiclass-classification).",
        ),
      threshold: z
        .number()
        .min(0)
        .max(1)
        .default(0.5)
        .describe('Probability from which the answer is positive (binary-classification).'),
      pipeline: repositoryPathSchema.describe('The folder that holds dvc.yaml.'),
      artifact: z.strictObject({
        path: repositoryPathSchema.describe('The trained model, relative to the pipeline folder.'),
        format: z.literal('onnx'),
      }),
      features: z
        .array(z.string())
        .min(1)
        .optional()
        .describe(
          'Columns in their order, for a model file with one input [N,F]; not needed with one input per column.',
        ),
      evaluation: evaluationSchema,
      algorithms: algorithmsSchema
        .optional()
        .describe('What to train side by side; leave out when the pipeline brings its own model.'),
      deterministic: z
        .boolean()
        .default(false)
        .describe('The same inputs give the same bytes: a champion that is in no cache may be built again.'),
      environments: z
        .array(nameSchema)
        .min(1)
        .max(10)
        .default(['staging', 'production'])
        .refine(names => new Set(names).size === names.length, 'an environment stands there twice')
        .describe('The order of promotion; the last one is where the champion serves.'),
      baseline: z
        .string()
        .optional()
        .describe('A pinned version that margins are measured against, so that they cannot creep.'),
      profile: z
        .enum(profileNames)
        .optional()
        .describe(
          'A set of gates under a name; a gate below on the same metric and condition takes the place of its own.',
        ),
      gates: z.array(gateSchema).min(1).max(50),
    })
    .refine(spec => spec.baseline !== undefined || !spec.gates.some(namesBaseline), {
      path: ['gates'],
      message: 'a gate names the baseline, but spec.baseline pins none',
    })
    .refine(
      ({ evaluation }) => evaluation.thresholdRule?.minimise === undefined || evaluation.costs !== undefined,
      {
        path: ['evaluation', 'thresholdRule'],
        message: 'minimise: cost needs evaluation.costs',
      },
    )
    .refine(
      ({ evaluation }) => evaluation.thresholdRule?.maximise !== 'f_beta' || evaluation.beta !== undefined,
      {
        path: ['evaluation', 'thresholdRule'],
        message: 'maximise: f_beta needs evaluation.beta',
      },
    )
    .refine(
      ({ task, evaluation }) => evaluation.thresholdRule === undefined || task === 'binary-classification',
      {
        path: ['evaluation', 'thresholdRule'],
        message: 'only binary-classification has a threshold',
      },
    )
    .refine(spec => spec.profile === undefined || spec.gates.some(gate => isFloor(gate, spec)), {
      path: ['profile'],
      message:
        'a profile needs a blocking bound of your own for the primary metric below gates, such as atLeast where higher is better: only its owners know it',
    })
    .refine(spec => spec.task !== 'binary-classification' || spec.positive !== undefined, {
      path: ['positive'],
      message: 'binary-classification needs positive: the value of the target that counts as positive',
    })
    .refine(spec => spec.task !== 'multiclass-classification' || spec.classes !== undefined, {
      path: ['classes'],
      message:
        "multiclass-classification needs classes: the values of the target in the order of the model's probabilities",
    })
    .refine(spec => spec.task === 'multiclass-classification' || spec.classes === undefined, {
      path: ['classes'],
      message: 'classes are for multiclass-classification',
    })
    .refine(spec => spec.task !== 'multiclass-classification' || spec.algorithms === undefined, {
      path: ['algorithms'],
      message:
        'no algorithm here learns multiclass-classification: leave algorithms out and let a stage of the pipeline write the ONNX model',
    }),
});

export type BusinessMetric = z.output<typeof businessMetricSchema>;
export type ThresholdRule = z.output<typeof thresholdRuleSchema>;
export type Model = z.output<typeof modelSchema>;
export type Task = z.output<typeof taskSchema>;

/** What a sample of this model is measured with besides truth and prediction. */
export function measuredWith({ threshold, evaluation }: Pick<Model['spec'], 'threshold' | 'evaluation'>) {
  const { tolerance, beta, quantile, costs } = evaluation;
  return { threshold, tolerance, beta, quantile, costs };
}

/** The unit of metrics that have none of their own: of the target, or of the declared costs. */
export function declaredUnit({ costs, unit }: Model['spec']['evaluation']): string | undefined {
  return costs?.unit ?? unit;
}
