// kind: Model - what a team says about a model in models/<name>/model.yaml: its task, pipeline, test rows and gates.
import { z } from 'zod';
import { findMetric } from '#lib/evaluation/metrics.ts';
import { type Gate, gateSchema } from '#lib/gates/declared.ts';
import { profileNames } from '#lib/gates/profiles.ts';
import { evaluationSchema, repositoryPathSchema } from '#lib/registry/model-evaluation.ts';

/** Names of models, datasets and environments: valid as a file name, an OCI tag and a Kubernetes label. */
export const nameSchema = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'use lower-case letters, digits and hyphens');

export const taskSchema = z.enum(['regression', 'binary-classification', 'multiclass-classification']);

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
