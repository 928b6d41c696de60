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

/** The keys that only some kinds of rules have. */
const KEYS_OF_KIND: Readonly<Record<string, readonly string[]>> = {
  library: ['metric', 'rule', 'arguments', ...OPERATORS],
  sql: ['query', ...OPERATORS],
  custom: ['engine', 'implementation'],
  text: [],
};
const KEYS_OF_SOME_KIND = [...new Set(Object.values(KEYS_OF_KIND).flat())];

/** What a rule is: the type that is written, else library where a metric is named, else text. */
export function qualityKind(rule: Quality): 'library' | 'sql' | 'custom' | 'text' {
  if (rule.metric !== undefined || rule.rule !== undefined) return 'library';
  return rule.type ?? 'text';
}

function problemsOf(rule: Quality): readonly string[] {
  const kind = qualityKind(rule);
  const written = new Set(Object.keys(rule).filter(key => rule[key as keyof Quality] !== undefined));
  const lacks = (key: string) => (written.has(key) ? [] : [`a ${kind} rule needs "${key}"`]);
  const allowed = KEYS_OF_KIND[kind] ?? [];
  const foreign = KEYS_OF_SOME_KIND.filter(key => written.has(key) && !allowed.includes(key));
  const operators = OPERATORS.filter(operator => written.has(operator));
  return [
    ...(kind === 'library' && !written.has('rule') ? lacks('metric') : []),
    ...(kind === 'sql' ? lacks('query') : []),
    ...(kind === 'custom' ? [...lacks('engine'), ...lacks('implementation')] : []),
    ...(allowed.includes('mustBe') && operators.length !== 1
      ? [`it needs exactly one of ${OPERATORS.join(', ')}, found ${operators.join(' and ') || 'none'}`]
      : []),
    ...foreign
      .filter(key => kind !== 'library' || key === 'query')
      .map(key => `a ${kind} rule has no "${key}"`),
  ];
}

const exactlyOneOperator = { oneOf: OPERATORS.map(operator => ({ required: [operator] })) };
const noOperator = { not: { anyOf: OPERATORS.map(operator => ({ required: [operator] })) } };
const ofType = (type: string) => ({ properties: { type: { const: type } }, required: ['type'] });

/** A rule of any kind, complete for its kind. */
export const qualitySchema = flatQualitySchema
  .superRefine((rule, context) => {
    for (const message of problemsOf(rule)) context.addIssue({ code: 'custom', message });
  })
  .meta({
    allOf: [
      implies({ required: ['metric'] }, exactlyOneOperator),
      implies(ofType('library'), { anyOf: [{ required: ['metric'] }, { required: ['rule'] }] }),
      implies(ofType('sql'), { required: ['query'], ...exactlyOneOperator }),
      implies(ofType('custom'), { required: ['engine', 'implementation'], ...noOperator }),
    ],
  });
