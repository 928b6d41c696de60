// The options of each logical type. They differ by type, so a column keeps them as written and asks here for the form.
import { z } from 'zod';

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
    required: z.array(z.string()).min(1).optional(),
  }),
  array: z.strictObject({
    minItems: countSchema,
    maxItems: countSchema,
    uniqueItems: z.boolean().optional(),
  }),
  boolean: z.strictObject({}),
} as const;

export type LogicalType = keyof typeof optionSchemas;
export const LOGICAL_TYPES = Object.keys(optionSchemas) as [LogicalType, ...LogicalType[]];

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
