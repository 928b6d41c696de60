// Data quality rules. A flat form, so that a misspelt key is named as such; what depends on the kind of rule (which keys
// it needs, exactly one operator) is checked after, and told to editors as a JSON Schema `allOf`.
import { z } from 'zod';
import {
  authoritativeDefinitionsSchema,
  customPropertiesSchema,
  implies,
  stableIdSchema,
  tagsSchema,
} from '#lib/contracts/odcs-definitions.ts';

const betweenSchema = z.tuple([z.number(), z.number()]);

/** The eight comparisons, each with what it compares to. */
const operatorShape = {
  mustBe: z.unknown().optional().describe('='),
  mustNotBe: z.unknown().optional().describe('not ='),
  mustBeGreaterThan: z.number().optional().describe('>'),
  mustBeGreaterOrEqualTo: z.number().optional().describe('>='),
  mustBeLessThan: z.number().optional().describe('<'),
  mustBeLessOrEqualTo: z.number().optional().describe('<='),
  mustBeBetween: betweenSchema.optional().describe('Greater than the first and less than the second'),
  mustNotBeBetween: betweenSchema.optional().describe('At most the first or at least the second'),
};

export type Operator = keyof typeof operatorShape;
export const OPERATORS = Object.keys(operatorShape) as readonly Operator[];

const flatQualitySchema = z.strictObject({
  id: stableIdSchema.optional(),
  name: z.string().optional(),
  description: z.string().optional(),
  type: z.enum(['text', 'library', 'sql', 'custom']).optional().describe('library when left out'),
  metric: z.enum(['nullValues', 'missingValues', 'invalidValues', 'duplicateValues', 'rowCount']).optional(),
  rule: z.string().optional().describe('The word of version 3.0 for metric'),
  arguments: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('validValues and pattern of invalidValues, missingValues, properties of duplicateValues'),
  ...operatorShape,
  unit: z.string().optional().describe('rows (when left out) or percent of the rows'),
  query: z.string().optional().describe('One SQL query that gives one value'),
  engine: z.string().optional(),
  implementation: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  dimension: z
    .enum(['accuracy', 'completeness', 'conformity', 'consistency', 'coverage', 'timeliness', 'uniqueness'])
    .optional(),
  severity: z
    .string()
    .optional()
    .describe('error (when left out), warning or info; only an error fails the contract'),
  businessImpact: z.string().optional(),
  method: z.string().optional(),
  schedule: z.string().optional(),
  scheduler: z.string().optional(),
  tags: tagsSchema.optional(),
  authoritativeDefinitions: authoritativeDefinitionsSchema.optional(),
  customProperties: customPropertiesSchema.optional(),
});

/** One rule on a column or a table. */
export type Quality = z.output<typeof flatQualitySchema>;

type QualityKind = NonNullable<Quality['type']>;

/** The keys that only some kinds of rules have. */
const KEYS_OF_KIND: Readonly<Record<QualityKind, readonly string[]>> = {
  library: ['metric', 'rule', 'arguments', ...OPERATORS],
  sql: ['query', ...OPERATORS],
  custom: ['engine', 'implementation'],
  text: [],
};
const NEEDED: Readonly<Record<QualityKind, readonly string[]>> = {
  library: ['metric'],
  sql: ['query'],
  custom: ['engine', 'implementation'],
  text: [],
};
const KEYS_OF_SOME_KIND = [...new Set(Object.values(KEYS_OF_KIND).flat())];

/** What a rule is: the type that is written, else library where a metric is named, else text. */
export function qualityKind(rule: Quality): QualityKind {
  if (rule.metric !== undefined || rule.rule !== undefined) return 'library';
  return rule.type ?? 'text';
}

interface Problem {
  readonly message: string;
  readonly remedy: string;
  readonly key?: string;
}

function problemsOf(rule: Quality): readonly Problem[] {
  const kind = qualityKind(rule);
  const written = Object.keys(rule).filter(key => rule[key as keyof Quality] !== undefined);
  const allowed = KEYS_OF_KIND[kind];
  const foreign = KEYS_OF_SOME_KIND.filter(key => written.includes(key) && !allowed.includes(key));
  return [
    ...NEEDED[kind]
      .filter(key => !written.includes(key) && !(key === 'metric' && written.includes('rule')))
      .map(key => ({ message: `a ${kind} rule needs "${key}"`, remedy: `Add ${key}.` })),
    ...(allowed.includes('mustBe') ? problemsOfOperators(rule) : []),
    ...foreign.map(key => ({ key, message: `a ${kind} rule has no "${key}"`, remedy: `Remove ${key}.` })),
  ];
}

function problemsOfOperators(rule: Quality): readonly Problem[] {
  const [first, ...more] = OPERATORS.filter(operator => rule[operator] !== undefined);
  if (first === undefined) {
    return [{ message: 'it has no operator', remedy: `Add exactly one of ${OPERATORS.join(', ')}.` }];
  }
  return [
    ...more.map(key => ({ key, message: `it has ${first} already`, remedy: `Keep one of the two.` })),
    ...(['mustBeBetween', 'mustNotBeBetween'] as const).flatMap(key => {
      const [low = 0, high = 1] = rule[key] ?? [];
      if (low < high) return [];
      const remedy = low > high ? `Write [${high}, ${low}].` : 'Write two different numbers.';
      return [{ key, message: 'its first number is not the smaller one', remedy }];
    }),
  ];
}

/** The same for editors. */
function formOfKind(kind: QualityKind): Readonly<Record<string, object>> {
  const foreign = KEYS_OF_SOME_KIND.filter(key => !KEYS_OF_KIND[kind].includes(key));
  const needed = NEEDED[kind].map(key => ({
    anyOf: (key === 'metric' ? ['metric', 'rule'] : [key]).map(has),
  }));
  const operator = KEYS_OF_KIND[kind].includes('mustBe') ? [{ oneOf: OPERATORS.map(has) }] : [];
  return implies(isOfKind(kind), {
    allOf: [...needed, ...operator, { not: { anyOf: foreign.map(has) } }],
  });
}

function isOfKind(kind: QualityKind): object {
  const isWritten = { properties: { type: { const: kind } }, ...has('type') };
  const hasMetric = { anyOf: [has('metric'), has('rule')] };
  if (kind === 'library') return { anyOf: [isWritten, hasMetric] };
  return {
    anyOf: kind === 'text' ? [isWritten, { not: has('type') }] : [isWritten],
    not: hasMetric,
  };
}

function has(key: string): { readonly required: readonly string[] } {
  return { required: [key] };
}

/** A rule of any kind, complete for its kind. */
export const qualitySchema = flatQualitySchema
  .superRefine((rule, context) => {
    // A misspelt key is one mistake, not two.
    if (context.issues.some(issue => issue.code === 'unrecognized_keys')) return;
    for (const { message, remedy, key } of problemsOf(rule)) {
      context.addIssue({ code: 'custom', message, params: { remedy }, path: key === undefined ? [] : [key] });
    }
  })
  .meta({ allOf: (['library', 'sql', 'custom', 'text'] as const).map(formOfKind) });
