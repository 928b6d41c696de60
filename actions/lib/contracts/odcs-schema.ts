// Tables and columns. `schema` of a contract is a list of objects (tables), each with properties (columns) that nest.
import { z } from 'zod';
import {
  anyValueSchema,
  authoritativeDefinitionsSchema,
  customPropertiesSchema,
  implies,
  stableIdSchema,
  tagsSchema,
} from '#lib/contracts/odcs-definitions.ts';
import { LOGICAL_TYPES, type LogicalType, optionSchemas } from '#lib/contracts/odcs-options.ts';
import { qualitySchema } from '#lib/contracts/odcs-quality.ts';
import { nearestWord } from '#lib/documents/nearest.ts';

const SHORT = '[A-Za-z_][A-Za-z0-9_]*\\.[A-Za-z_][A-Za-z0-9_]*';
const STEP = '[A-Za-z_][A-Za-z0-9_]*/[A-Za-z0-9_-]+';
const FULL = `(?:(?:https?://)?[A-Za-z0-9._\\-/]+\\.yaml#)?/?${STEP}(?:/${STEP})*`;
const referenceSchema = z
  .string()
  .regex(new RegExp(`^(?:${SHORT}|${FULL})$`), 'write table.column or /schema/<id>/properties/<id>');
const referencesSchema = z.union([referenceSchema, z.array(referenceSchema).min(1)]);

const relationshipShape = {
  type: z.literal('foreignKey').optional(),
  to: referencesSchema,
  customProperties: customPropertiesSchema.optional(),
};
const columnRelationshipSchema = z.strictObject(relationshipShape);
const tableRelationshipSchema = z
  .strictObject({ ...relationshipShape, from: referencesSchema })
  .refine(
    ({ from, to }) => Array.isArray(from) === Array.isArray(to),
    '"from" and "to" are both one column or both a list',
  );

const elementShape = {
  id: stableIdSchema.optional(),
  physicalName: z.string().optional().describe('Its name in the data, where it differs from name'),
  physicalType: z.string().optional().describe('Its type in the source system'),
  businessName: z.string().optional(),
  description: z.string().optional(),
  authoritativeDefinitions: authoritativeDefinitionsSchema.optional(),
  tags: tagsSchema.optional(),
  customProperties: customPropertiesSchema.optional(),
};

const columnShape = {
  ...elementShape,
  primaryKey: z
    .boolean()
    .optional()
    .describe('Part of what identifies a row: unique together, never missing'),
  primaryKeyPosition: z.int().optional().describe('Place in a primary key of several columns, from 1'),
  logicalType: z.enum(LOGICAL_TYPES).optional(),
  logicalTypeOptions: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Limits; which ones depends on logicalType'),
  required: z.boolean().optional().describe('A value is never missing'),
  unique: z.boolean().optional().describe('No value stands twice'),
  partitioned: z.boolean().optional(),
  partitionKeyPosition: z.int().optional(),
  classification: z
    .string()
    .optional()
    .describe('For example public, restricted or personal; values of the last two are never shown'),
  encryptedName: z.string().optional(),
  transformSourceObjects: z.array(z.string()).optional(),
  transformLogic: z.string().optional(),
  transformDescription: z.string().optional(),
  examples: z.array(anyValueSchema).optional(),
  criticalDataElement: z.boolean().optional(),
  relationships: z.array(columnRelationshipSchema).optional(),
  quality: z.array(qualitySchema).optional(),
};
const flatColumnSchema = z.strictObject(columnShape);

/** A column, or an element of an array column, which may lack a name. */
export interface Item extends Readonly<z.output<typeof flatColumnSchema>> {
  readonly name?: string | undefined;
  readonly items?: Item | undefined;
  readonly properties?: readonly Column[] | undefined;
}

/** A column of a table, or a member of an object column. */
export interface Column extends Item {
  readonly name: string;
}

/** The same as checkColumn, for editors. */
const columnForms = [
  ...LOGICAL_TYPES.map(type =>
    implies(
      { properties: { logicalType: { const: type } }, required: ['logicalType'] },
      {
        properties: {
          logicalTypeOptions: jsonSchemaOf(optionSchemas[type]),
          ...(type === 'array' ? {} : { items: false }),
          ...(type === 'object' ? {} : { properties: false }),
        },
      },
    ),
  ),
  implies(
    { not: { required: ['logicalType'] } },
    { properties: { logicalTypeOptions: { maxProperties: 0 } } },
  ),
];

function jsonSchemaOf(schema: z.ZodType): Readonly<Record<string, unknown>> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}

const columnSchema: z.ZodType<Column> = z
  .strictObject({
    name: z.string(),
    ...columnShape,
    get items(): z.ZodOptional<z.ZodType<Item>> {
      return itemSchema.optional();
    },
    get properties(): z.ZodOptional<z.ZodType<Column[]>> {
      return z.array(columnSchema).optional();
    },
  })
  .superRefine(checkColumn)
  .meta({ id: 'Column', allOf: columnForms });

const itemSchema: z.ZodType<Item> = z
  .strictObject({
    name: z.string().optional(),
    ...columnShape,
    get items(): z.ZodOptional<z.ZodType<Item>> {
      return itemSchema.optional();
    },
    get properties(): z.ZodOptional<z.ZodType<Column[]>> {
      return z.array(columnSchema).optional();
    },
  })
  .superRefine(checkColumn)
  .meta({ id: 'Item', allOf: columnForms });

function checkColumn(column: Item, context: z.RefinementCtx): void {
  const { logicalType: type, logicalTypeOptions: options = {} } = column;
  const fail = failureOf(context);
  if (column.items && type !== undefined && type !== 'array') {
    const message = `only a column of logicalType array has items, this is ${type}`;
    fail(['items'], message, 'Remove items, or write logicalType: array.');
  }
  if (column.properties && type !== undefined && type !== 'object') {
    const message = `only a column of logicalType object has properties, this is ${type}`;
    fail(['properties'], message, 'Remove properties, or write logicalType: object.');
  }
  if (type) checkOptions(type, options, context);
  else if (Object.keys(options).length > 0)
    fail(['logicalTypeOptions'], 'options need a logicalType beside them', 'Add logicalType.');
}

function checkOptions(type: LogicalType, options: object, context: z.RefinementCtx): void {
  const fail = failureOf(context);
  const schema = optionSchemas[type];
  for (const issue of schema.safeParse(options, { reportInput: true }).error?.issues ?? []) {
    if (issue.code !== 'unrecognized_keys') {
      context.addIssue({ ...issue, path: ['logicalTypeOptions', ...issue.path] });
      continue;
    }
    const valid = Object.keys(schema.shape);
    for (const key of issue.keys) {
      const near = nearestWord(key, valid);
      const list = valid.length > 0 ? `Its options: ${valid.join(', ')}.` : 'It has no options.';
      const remedy = near ? `Did you mean "${near}"?` : list;
      fail(['logicalTypeOptions', key], `${type} has no option ${key}`, remedy);
    }
  }
}

function failureOf(context: z.RefinementCtx) {
  return (path: readonly string[], message: string, remedy: string): void =>
    context.addIssue({ code: 'custom', path: [...path], message, params: { remedy } });
}

/** A table. */
export const tableSchema = z.strictObject({
  name: z.string(),
  logicalType: z.literal('object').optional(),
  dataGranularityDescription: z.string().optional().describe('What one row is'),
  ...elementShape,
  properties: z.array(columnSchema).optional().describe('Its columns'),
  relationships: z.array(tableRelationshipSchema).optional(),
  quality: z.array(qualitySchema).optional(),
});

/** A table of a contract as written. */
export type ContractTable = z.output<typeof tableSchema>;
