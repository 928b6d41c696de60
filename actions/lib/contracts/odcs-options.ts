// The options of each logical type. They differ by type, so a column keeps them as written and asks here for the form.
import { z } from 'zod';
import type { Edition } from '#lib/contracts/odcs-edition.ts';

const timeShape = {
  format: z.string().optional().describe('A date pattern of the JDK, for example yyyy-MM-dd'),
  minimum: z.string().optional(),
  maximum: z.string().optional(),
  exclusiveMinimum: z.string().optional(),
  exclusiveMaximum: z.string().optional(),
};
const zonedShape = {
  ...timeShape,
  timezone: z.boolean().optional().describe('Whether the values carry a time zone'),
  defaultTimezone: z.string().optional().describe('The zone of values without one; Etc/UTC when left out'),
};
const numberShape = {
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  multipleOf: z.number().positive().optional(),
};
const countSchema = z.int().nonnegative().optional();

/** The standard says nothing of the options of these types, so that none is refused. */
const anyOptions = z.looseObject({});

/** What each logical type can be limited by. */
export const optionSchemas = {
  string: z.strictObject({
    minLength: countSchema.describe('Characters (Unicode code points)'),
    maxLength: countSchema.describe('Characters (Unicode code points)'),
    pattern: z
      .string()
      .refine(pattern => isPattern(pattern), {
        error: 'this is not a regular expression',
        params: { remedy: 'Write it as ECMA-262 has it.' },
      })
      .optional()
      .describe('ECMA-262; anywhere in the text'),
    format: z.string().optional().describe('For example email, uuid or uri'),
  }),
  date: z.strictObject(timeShape),
  timestamp: z.strictObject(zonedShape),
  time: z.strictObject(zonedShape),
  number: z.strictObject({ ...numberShape, format: z.enum(['f32', 'f64']).optional() }),
  integer: z.strictObject({
    ...numberShape,
    format: z.enum(['i8', 'i16', 'i32', 'i64', 'i128', 'u8', 'u16', 'u32', 'u64', 'u128']).optional(),
  }),
  object: z.strictObject({
    minProperties: countSchema,
    maxProperties: countSchema,
    required: z
      .array(z.string())
      .min(1)
      .refine(names => new Set(names).size === names.length, 'a name is there twice')
      .meta({ uniqueItems: true })
      .optional(),
  }),
  array: z.strictObject({
    minItems: countSchema,
    maxItems: countSchema,
    uniqueItems: z.boolean().optional(),
  }),
  boolean: anyOptions,
  map: anyOptions,
  vector: z.strictObject({
    dimensions: z.int().min(1),
    elementType: z
      .enum(['bfloat16', 'binary', 'float16', 'float32', 'float64', 'int8', 'uint8'])
      .optional()
      .describe('float32 when left out'),
    distanceMetric: z.enum(['cosine', 'dotProduct', 'euclidean', 'hamming', 'manhattan']).optional(),
    embeddingModel: z.string().optional(),
    embeddingModelVersion: z.string().optional(),
    normalized: z.boolean().optional(),
  }),
} as const;

export type LogicalType = keyof typeof optionSchemas;
export const LOGICAL_TYPES = Object.keys(optionSchemas) as [LogicalType, ...LogicalType[]];

/** The first edition of each type that was not there from the start. */
export const TYPES_SINCE: ReadonlyMap<LogicalType, Edition> = new Map([
  ['timestamp', 1],
  ['time', 1],
  ['map', 2],
  ['vector', 2],
]);

/** In 3.0 a bound was declared exclusive beside itself, `maximum: 5` with `exclusiveMaximum: true`. */
const exclusiveFlags = {
  exclusiveMinimum: z.boolean().optional(),
  exclusiveMaximum: z.boolean().optional(),
};
const schemasOf30: Readonly<Partial<Record<LogicalType, z.ZodObject>>> = {
  date: z.strictObject({ ...timeShape, ...exclusiveFlags }),
  number: optionSchemas.number.extend(exclusiveFlags),
  integer: optionSchemas.integer.extend(exclusiveFlags),
};

/** The options of a type in one edition. */
export function optionsOfType(type: LogicalType, edition: Edition): z.ZodObject {
  return (edition === 0 ? schemasOf30[type] : undefined) ?? optionSchemas[type];
}

/** The options of a 3.0 column as later versions write them. */
export function withExclusiveBounds(
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  let modern = options;
  for (const [flag, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof modern[flag] !== 'boolean') continue;
    const { [flag]: isExclusive, [bound]: value, ...rest } = modern;
    modern = value === undefined ? rest : { ...rest, [isExclusive === true ? flag : bound]: value };
  }
  return modern;
}

/** The options of every type together, each as its own type has it. */
export interface TypeOptions {
  readonly minimum?: number | string;
  readonly maximum?: number | string;
  readonly exclusiveMinimum?: number | string;
  readonly exclusiveMaximum?: number | string;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly timezone?: boolean;
  readonly defaultTimezone?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly dimensions?: number;
}

/** True for what compiles as an ECMA-262 regular expression, with Unicode or, as many are written, without. */
export function isPattern(pattern: string, flagSets: readonly string[] = ['u', '']): boolean {
  return flagSets.some(flags => {
    try {
      return new RegExp(pattern, flags) instanceof RegExp;
    } catch {
      return false;
    }
  });
}
