// kind: BehaviourTests - what a team expects of a model's answers, in models/<name>/behaviour.yaml. Written by people
// who know the domain, so keys are words and everything has a default but what only they can know.
import { z } from 'zod';

const columnSchema = z.string().min(1).max(256).describe('A column of the test rows.');
const valueSchema = z
  .union([z.string().max(1000), z.number(), z.null()])
  .describe('A text, a number, or null for a missing value.');

const rangeSchema = z
  .strictObject({ atLeast: z.number().optional(), atMost: z.number().optional() })
  .refine(({ atLeast, atMost }) => atLeast !== undefined || atMost !== undefined, 'write atLeast or atMost');

const onSchema = z.strictObject({
  where: z
    .record(z.string(), z.union([valueSchema, z.array(valueSchema).min(1).max(100), rangeSchema]))
    .optional()
    .describe(
      'Only rows in which every named column has this value, one of these values, or lies in {atLeast, atMost}.',
    ),
  atMost: z
    .int()
    .min(1)
    .max(5000)
    .default(500)
    .describe('Of more rows than this, so many are drawn; always the same ones.'),
});

const common = {
  name: z.string().min(1).max(120).describe('What is expected, as a sentence.'),
  why: z.string().max(500).optional().describe('The reason, for whoever reads a failure.'),
  severity: z.enum(['block', 'warn']).default('block').describe('Whether a failure stops the proposal.'),
  share: z.number().gt(0).max(1).default(1).describe('Share of the rows that must hold.'),
};

/** Exactly one of these keys, each for another way. */
function oneOf<Shape extends z.ZodRawShape>(shape: Shape) {
  const keys = Object.keys(shape);
  return z
    .strictObject({ column: columnSchema, ...shape })
    .refine(change => Object.keys(change).filter(key => key !== 'column').length === 1, {
      message: `write exactly one of ${keys.join(', ')}`,
    });
}

const changeSchema = oneOf({
  to: z.array(valueSchema).min(1).max(50).optional().describe('Each row gets each of these values.'),
  swap: z.tuple([valueSchema, valueSchema]).optional().describe('Rows with one of the two get the other.'),
  jitter: z
    .number()
    .gt(0)
    .max(1)
    .optional()
    .describe('A small random step, at most this share of the range of the training rows: 0.01 = 1 %.'),
  case: z
    .enum(['upper', 'lower', 'capital'])
    .optional()
    .describe('The text in capitals, in small letters, or with one capital in front.'),
});

const invarianceSchema = z.strictObject({
  ...common,
  kind: z.literal('invariance').describe('Changing a column must not change the answer.'),
  change: changeSchema,
  within: z
    .number()
    .min(0)
    .optional()
    .describe(
      'How far the probability or the predicted amount may move. Without it the decision must stay; an amount must stay within evaluation.tolerance of model.yaml.',
    ),
  on: onSchema.prefault({}),
});

const stepSchema = z.strictObject({
  column: columnSchema,
  by: z.number().positive().describe('In the unit of the column.'),
});
const directions = ['raise', 'lower', 'move'] as const;

const directionSchema = z
  .strictObject({
    ...common,
    kind: z.literal('direction').describe('Raising or lowering a column must move the answer one way only.'),
    raise: stepSchema.optional(),
    lower: stepSchema.optional(),
    move: z
      .strictObject({ column: columnSchema, along: z.array(z.string()).min(2).max(100) })
      .optional()
      .describe('Texts in order; each row gets the text that follows its own.'),
    answer: z
      .enum(['must not fall', 'must not rise', 'must rise', 'must fall'])
      .describe('What the probability or the predicted amount does then.'),
    atLeastBy: z
      .number()
      .positive()
      .optional()
      .describe('With must rise and must fall: by how much; by anything when left out.'),
    within: z
      .number()
      .min(0)
      .optional()
      .describe('With must not fall and must not rise: a step this small the wrong way is none.'),
    class: z
      .string()
      .optional()
      .describe('Whose probability is meant (multiclass-classification, needed there).'),
    on: onSchema.prefault({}),
  })
  .refine(test => directions.filter(key => test[key] !== undefined).length === 1, {
    message: 'write exactly one of raise, lower, move',
  })
  .refine(test => test.atLeastBy === undefined || /^must (rise|fall)$/.test(test.answer), {
    path: ['atLeastBy'],
    message: 'it goes with "answer: must rise" or "answer: must fall"',
  })
  .refine(test => test.within === undefined || /^must not/.test(test.answer), {
    path: ['within'],
    message: 'it goes with "answer: must not fall" or "answer: must not rise"',
  });

const expectSchema = z.union([
  z.strictObject({ answer: z.enum(['positive', 'negative']).describe('binary-classification') }),
  z.strictObject({ class: z.string().describe('multiclass-classification') }),
  z
    .strictObject({
      between: z.tuple([z.number(), z.number()]).describe('The predicted amount, or the probability.'),
    })
    .refine(({ between: [low, high] }) => low <= high, {
      path: ['between'],
      message: 'the first number is the smaller one',
    }),
  // Last: of several ways to be wrong the first is told.
  z.literal('must not fail').describe('Any answer that is a number.'),
]);

const baseSchema = z
  .union([z.string().min(1), z.number()])
  .transform(String)
  .describe(
    'The row that completes a partial one: the key of a test row, or typical (medians and most common texts of the training rows).',
  );

const caseShape = {
  base: baseSchema.optional(),
  with: z.record(z.string(), valueSchema).default({}).describe('Columns that differ from the base row.'),
};
const expectedRowSchema = z.strictObject({ ...caseShape, expect: expectSchema });
const edgeRowSchema = z.strictObject({ ...caseShape, expect: expectSchema.default('must not fail') });

const minimumSchema = z.strictObject({
  ...common,
  kind: z.literal('minimum').describe('These rows must be answered so.'),
  base: baseSchema.default('typical'),
  rows: z.array(expectedRowSchema).min(1).max(200),
});

const edgeSchema = z
  .strictObject({
    ...common,
    kind: z.literal('edge').describe('Strange rows must get an answer all the same.'),
    base: baseSchema.default('typical'),
    rows: z.array(edgeRowSchema).max(200).default([]),
    try: z
      .array(z.enum(['missing', 'extreme', 'unseen']))
      .default([])
      .describe(
        'In every column of the base row, one at a time: no value, numbers a thousand ranges away, a text never seen.',
      ),
  })
  .refine(test => test.rows.length + test.try.length > 0, { message: 'write rows or try' });

export const behaviourTestSchema = z.discriminatedUnion(
  'kind',
  [invarianceSchema, directionSchema, minimumSchema, edgeSchema],
  {
    error: issue =>
      issue.code === 'invalid_union' ? 'Write one of: invariance, direction, minimum, edge.' : undefined,
  },
);

export const behaviourTestsSchema = z.strictObject({
  apiVersion: z.literal('mainline.dev/v1alpha1'),
  kind: z.literal('BehaviourTests'),
  metadata: z.strictObject({ model: z.string().describe('The same as the folder below models/.') }),
  spec: z.strictObject({
    tests: z
      .array(behaviourTestSchema)
      .min(1)
      .max(200)
      .refine(
        tests => new Set(tests.map(({ name }) => name)).size === tests.length,
        'a name stands there twice',
      ),
  }),
});

export type BehaviourTests = Readonly<z.output<typeof behaviourTestsSchema>>;
export type BehaviourTest = Readonly<z.output<typeof behaviourTestSchema>>;
export type Invariance = Extract<BehaviourTest, { kind: 'invariance' }>;
export type Direction = Extract<BehaviourTest, { kind: 'direction' }>;
export type Cases = Extract<BehaviourTest, { kind: 'minimum' | 'edge' }>;
export type Expectation = z.output<typeof expectSchema>;
export type Value = z.output<typeof valueSchema>;
export type On = z.output<typeof onSchema>;
