// Metrics of our own, where the standard leaves room: `type: custom` with `engine: mainline`. Other tools pass such rules
// over; an implementation that is written for us is held to this schema, since nobody else would find its mistakes.
import { z } from 'zod';
import { OPERATORS, type Operator, operatorShape } from '#lib/contracts/operators.ts';
import { nearestWord } from '#lib/documents/nearest.ts';

/** The engine whose rules are ours. */
export const OWN_ENGINE = 'mainline';

const referenceSchema = z
  .string()
  .min(1)
  .describe('What to compare with: main, another revision of git, or the path of a file');
const filterSchema = z
  .string()
  .min(1)
  .optional()
  .describe('Count only rows for which this SQL condition holds');
const number = { ...operatorShape, mustBe: z.number().optional(), mustNotBe: z.number().optional() };

const compared = {
  reference: referenceSchema.default('main'),
  ...number,
  filter: filterSchema,
};
/** Without a reference the value itself is judged, with one its difference to the reference's. */
const valued = { reference: referenceSchema.optional(), ...number, filter: filterSchema };
const change = z
  .enum(['absolute', 'relative'])
  .optional()
  .describe('With a reference: the difference (when left out), or the difference as a share of its value');

/** Each metric with its parameters and their defaults. */
const metricSchemas = {
  psi: z.strictObject({
    metric: z.literal('psi').describe('Population stability index against the reference'),
    ...compared,
    bins: z
      .int()
      .min(2)
      .max(1000)
      .default(10)
      .describe('Quantiles of the reference; categories are taken whole'),
  }),
  ks: z.strictObject({
    metric: z.literal('ks').describe('Largest distance of the two cumulative distributions, 0 to 1'),
    ...compared,
  }),
  mean: z.strictObject({ metric: z.literal('mean'), ...valued, change }),
  stddev: z.strictObject({
    metric: z.literal('stddev').describe('Standard deviation of the sample'),
    ...valued,
    change,
  }),
  quantile: z.strictObject({
    metric: z.literal('quantile'),
    quantile: z.number().min(0).max(1).default(0.5).describe('0.5 is the median'),
    ...valued,
    change,
  }),
  nullRate: z.strictObject({
    metric: z.literal('nullRate').describe('Share of rows without a value'),
    ...valued,
    change,
  }),
  labelRate: z.strictObject({
    metric: z.literal('labelRate').describe('Share of rows with this value'),
    label: z.union([z.string(), z.number(), z.boolean()]).describe('The value that is counted'),
    ...valued,
    change,
  }),
  outlierShare: z.strictObject({
    metric: z.literal('outlierShare').describe('Share of values outside the fence of the reference'),
    ...compared,
    fence: z
      .enum(['robust', 'iqr'])
      .default('robust')
      .describe('Around the median by robust standard deviations, or beyond the quartiles by their distance'),
    width: z.number().positive().optional().describe('3 for robust, 1.5 for iqr when left out'),
  }),
  correlationStability: z.strictObject({
    metric: z
      .literal('correlationStability')
      .describe('Share of pairs of columns whose correlation moved by less than the limit'),
    ...compared,
    columns: z.array(z.string()).min(2).optional().describe('All numeric columns when left out'),
    limit: z.number().positive().max(2).default(0.1).describe('Absolute difference of two correlations'),
    method: z.enum(['spearman', 'pearson']).default('spearman'),
  }),
} as const;

export type OwnMetricName = keyof typeof metricSchemas;
export const OWN_METRICS = Object.keys(metricSchemas) as readonly OwnMetricName[];

/** Metrics of a whole table; all others stand at a column. */
export const TABLE_METRICS: readonly OwnMetricName[] = ['correlationStability'];

type Parsed = { readonly [Name in OwnMetricName]: z.output<(typeof metricSchemas)[Name]> }[OwnMetricName];

/** One rule of ours: the metric with its parameters, and what its value must be. */
export type OwnMetric = Parsed & { readonly operator: Operator; readonly operand: unknown };

/** What a quality rule says to an engine. */
interface CustomRule {
  readonly type?: string | undefined;
  readonly engine?: string | undefined;
  readonly implementation?: unknown;
}

/** The rule of ours within a quality rule that passed its schema; undefined for rules of other engines. */
export function ownMetricOf({ type, engine, implementation }: CustomRule): OwnMetric | undefined {
  if (type !== 'custom' || engine !== OWN_ENGINE) return undefined;
  const { metric } = asMap(implementation) ?? {};
  const schema = typeof metric === 'string' ? schemaOf(metric) : undefined;
  const { data } = schema?.safeParse(implementation) ?? {};
  if (data === undefined) return undefined;
  const parsed = data as Parsed;
  const operator = OPERATORS.find(one => parsed[one] !== undefined);
  return operator && { ...parsed, operator, operand: parsed[operator] };
}

/** Reports every mistake of a rule of ours at its place; rules of other engines are left alone. */
export function checkOwnMetric(rule: CustomRule, context: z.RefinementCtx): void {
  if (rule.type !== 'custom' || rule.engine !== OWN_ENGINE) return;
  const fail: Fail = (path, message, remedy) =>
    context.addIssue({ code: 'custom', path: ['implementation', ...path], message, params: { remedy } });
  const written = asMap(rule.implementation);
  const schema = written ? findSchema(written, fail) : undefined;
  if (!written) fail([], 'a rule of the engine mainline is a map', 'Write metric: psi, and so on.');
  if (!written || !schema) return;
  const issues = schema.safeParse(written, { reportInput: true }).error?.issues ?? [];
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') {
      context.addIssue({ ...issue, path: ['implementation', ...issue.path] });
      continue;
    }
    for (const key of issue.keys) {
      const near = nearestWord(key, Object.keys(schema.shape));
      const remedy = near ? `Did you mean "${near}"?` : `Its keys: ${Object.keys(schema.shape).join(', ')}.`;
      fail([key], `${String(written['metric'])} has no ${key}`, remedy);
    }
  }
  // A misspelt operator is one mistake, not two.
  if (!issues.some(({ code }) => code === 'unrecognized_keys')) checkOperators(written, fail);
}

type Fail = (path: readonly PropertyKey[], message: string, remedy: string) => void;

function findSchema(written: Readonly<Record<string, unknown>>, fail: Fail): z.ZodObject | undefined {
  const { metric } = written;
  const schema = typeof metric === 'string' ? schemaOf(metric) : undefined;
  const list = OWN_METRICS.join(', ');
  const near = typeof metric === 'string' ? nearestWord(metric, OWN_METRICS) : undefined;
  if (metric === undefined) fail([], 'it names no metric', `Add metric, one of: ${list}.`);
  else if (!schema)
    fail(
      ['metric'],
      `there is no metric ${JSON.stringify(metric)}`,
      near ? `Did you mean "${near}"?` : `Write one of: ${list}.`,
    );
  return schema;
}

function checkOperators(written: Readonly<Record<string, unknown>>, fail: Fail): void {
  const [first, ...more] = OPERATORS.filter(operator => written[operator] !== undefined);
  if (!first) fail([], 'it has no operator', `Add exactly one of ${OPERATORS.join(', ')}.`);
  for (const key of more) fail([key], `it has ${String(first)} already`, 'Keep one of the two.');
  for (const key of ['mustBeBetween', 'mustNotBeBetween']) {
    const range = written[key];
    const [low, high] = Array.isArray(range) ? (range as readonly unknown[]) : [];
    if (typeof low === 'number' && typeof high === 'number' && low >= high)
      fail([key], 'its first number is not the smaller one', 'Write the smaller number first.');
  }
}

function schemaOf(metric: string): z.ZodObject | undefined {
  return Object.hasOwn(metricSchemas, metric) ? metricSchemas[metric as OwnMetricName] : undefined;
}

function asMap(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** The same for editors: what the implementation of a rule of ours looks like. */
export function ownMetricsJsonSchema(): Readonly<Record<string, unknown>> {
  const every = z.union(Object.values(metricSchemas));
  const { $schema: _, ...rest } = z.toJSONSchema(every, { io: 'input' });
  return { type: 'object', ...rest };
}
