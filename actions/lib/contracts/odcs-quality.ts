// Data quality rules. A flat form, so that a misspelt key is named as such; what depends on the kind of rule (which keys
// it needs, exactly one operator) is checked after, and told to editors as a JSON Schema `allOf`.
import { z } from 'zod';
import {
  authoritativeDefinitions,
  customProperties,
  implies,
  stableIdSchema,
  tagsSchema,
} from '#lib/contracts/odcs-definitions.ts';
import { type Edition, kept, perEdition } from '#lib/contracts/odcs-edition.ts';
import { OPERATORS, type Operator, operatorShape } from '#lib/contracts/operators.ts';
import { checkOwnMetric, OWN_ENGINE, ownMetricsJsonSchema } from '#lib/contracts/own-metrics.ts';

export { OPERATORS, type Operator };

const metricSchema = z.enum(['nullValues', 'missingValues', 'invalidValues', 'duplicateValues', 'rowCount']);
const implementationSchema = z.union([z.string(), z.record(z.string(), z.unknown())]);
const argumentsSchema = z
  .record(z.string(), z.unknown())
  .describe('validValues and pattern of invalidValues, missingValues, properties of duplicateValues');

function sharedShape(edition: Edition) {
  return {
    name: z.string().optional(),
    description: z.string().optional(),
    unit: z.string().optional().describe('rows (when left out) or percent of the rows'),
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
    authoritativeDefinitions: authoritativeDefinitions(edition).optional(),
    customProperties: customProperties(edition).optional(),
  };
}

function flatQuality(edition: Edition) {
  return z.strictObject({
    id: stableIdSchema.optional(),
    ...sharedShape(edition),
    type: z.enum(['text', 'library', 'sql', 'custom']).optional().describe('library when left out'),
    metric: metricSchema.optional(),
    rule: z.string().optional().describe('The word of version 3.0 for metric'),
    arguments: argumentsSchema.optional(),
    ...operatorShape,
    query: z.string().optional().describe('One SQL query that gives one value'),
    engine: z.string().optional().describe('mainline, or another tool, whose rules are left to it'),
    implementation: implementationSchema
      .optional()
      .describe('The rule as the engine reads it; for mainline a map with metric, reference and an operator'),
  });
}

/** One rule on a column or a table. */
export type Quality = z.output<ReturnType<typeof flatQuality>>;

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

/** A rule with a metric is one of the library, and of its written type too: it has the keys of both. */
function kindsOf(rule: Quality): readonly QualityKind[] {
  const { metric, type = 'text' } = rule;
  return metric === undefined || type === 'library' ? [type] : ['library', type];
}

function problemsOf(rule: Quality): readonly Problem[] {
  if (rule.rule !== undefined && rule.metric === undefined && rule.type === undefined) {
    const message = 'it is the word of version 3.0 for metric';
    return [{ key: 'rule', message, remedy: 'Write metric in its place.' }];
  }
  const kinds = kindsOf(rule);
  const words = kinds[0] ?? 'text';
  const written = Object.keys(rule).filter(key => rule[key as keyof Quality] !== undefined);
  const allowed = kinds.flatMap(kind => KEYS_OF_KIND[kind]);
  const foreign = KEYS_OF_SOME_KIND.filter(key => written.includes(key) && !allowed.includes(key));
  return [
    ...kinds.flatMap(kind =>
      NEEDED[kind]
        .filter(key => !written.includes(key))
        .map(key => ({ message: `a ${kind} rule needs "${key}"`, remedy: `Add ${key}.` })),
    ),
    ...(allowed.includes('mustBe') ? problemsOfOperators(rule) : []),
    ...foreign.map(key => ({ key, message: `a ${words} rule has no "${key}"`, remedy: remedyOf(rule, key) })),
  ];
}

function remedyOf({ type }: Quality, key: string): string {
  return type === undefined && key !== 'rule'
    ? `Remove ${key}, or add the type of the rule.`
    : `Remove ${key}.`;
}

function problemsOfOperators(rule: Quality): readonly Problem[] {
  const [first, ...more] = OPERATORS.filter(operator => rule[operator] !== undefined);
  if (first === undefined) {
    return [{ message: 'it has no operator', remedy: `Add exactly one of ${OPERATORS.join(', ')}.` }];
  }
  return [
    ...more.map(key => ({ key, message: `it has ${first} already`, remedy: `Keep one of the two.` })),
    ...problemsOfRanges(rule),
  ];
}

function problemsOfRanges(rule: Quality): readonly Problem[] {
  return (['mustBeBetween', 'mustNotBeBetween'] as const).flatMap(key => {
    const [low = 0, high = 1] = rule[key] ?? [];
    if (low < high) return [];
    const remedy = low > high ? `Write [${high}, ${low}].` : 'Write two different numbers.';
    return [{ key, message: 'its first number is not the smaller one', remedy }];
  });
}

/** The same for editors. */
function formOfKind(kind: QualityKind): Readonly<Record<string, object>> {
  const isOperated = KEYS_OF_KIND[kind].includes('mustBe');
  const operator = isOperated ? [{ oneOf: OPERATORS.map(has) }] : [];
  return implies(isOfKind(kind), { allOf: [...NEEDED[kind].map(has), ...operator] });
}

function isOfKind(kind: QualityKind): object {
  const isWritten = { properties: { type: { const: kind } }, ...has('type') };
  return kind === 'library' ? { anyOf: [isWritten, has('metric')] } : isWritten;
}

/** A key that belongs to some kinds only needs one of them. */
function formOfKey(key: string): Readonly<Record<string, object>> {
  const kinds = Object.keys(KEYS_OF_KIND) as readonly QualityKind[];
  return implies(has(key), { anyOf: kinds.filter(kind => KEYS_OF_KIND[kind].includes(key)).map(isOfKind) });
}

function has(key: string): { readonly required: readonly string[] } {
  return { required: [key] };
}

/** A rule of any kind, complete for its kind. */
export const quality = perEdition(edition => {
  const whole = flatQuality(edition)
    .superRefine((rule, context) => {
      // A misspelt key is one mistake, not two.
      if (context.issues.some(issue => issue.code === 'unrecognized_keys')) return;
      for (const { message, remedy, key } of problemsOf(rule)) {
        context.addIssue({
          code: 'custom',
          message,
          params: { remedy },
          path: key === undefined ? [] : [key],
        });
      }
    })
    .superRefine(checkOwnMetric)
    .meta({
      // Only editors ask for it.
      get allOf() {
        return qualityForms();
      },
    });
  return edition > 0 ? whole : (qualityOf30() as unknown as typeof whole);
});

/** What the keys of a rule ask of each other, for editors. */
function qualityForms(): readonly object[] {
  return [
    ...(['library', 'sql', 'custom'] as const).map(formOfKind),
    ...KEYS_OF_SOME_KIND.map(formOfKey),
    implies(
      {
        properties: { type: { const: 'custom' }, engine: { const: OWN_ENGINE } },
        required: ['type', 'engine'],
      },
      { properties: { implementation: ownMetricsJsonSchema() } },
    ),
  ];
}

/** In 3.0 a rule is an open map; what its type needs is checked, the rest is kept where it fits. */
function qualityOf30(): z.ZodType {
  const open = {
    ...sharedShape(0),
    id: kept(stableIdSchema),
    metric: kept(metricSchema),
    arguments: kept(argumentsSchema),
  };
  const loose = Object.fromEntries(OPERATORS.map(operator => [operator, kept(operatorShape[operator])]));
  const library = z
    .object({ ...open, type: z.literal('library').optional(), rule: z.string(), ...operatorShape })
    .superRefine((rule, context) => {
      for (const { message, remedy, key } of problemsOfRanges(rule as Quality))
        context.addIssue({ code: 'custom', message, params: { remedy }, ...(key ? { path: [key] } : {}) });
    });
  const rule = kept(z.string());
  const others = [
    z.object({ ...open, ...loose, rule, type: z.literal('sql'), query: z.string() }),
    z
      .object({
        ...open,
        ...loose,
        rule,
        type: z.literal('custom'),
        engine: z.string(),
        implementation: implementationSchema,
      })
      .superRefine(checkOwnMetric),
    z.object({ ...open, rule, type: z.literal('text') }),
  ];
  return z.union([library, ...others]);
}
