// Tables and columns. `schema` of a contract is a list of objects (tables), each with properties (columns) that nest.
import { z } from 'zod';
import { checkColumn, columnForms } from '#lib/contracts/odcs-column-check.ts';
import { anyValueSchema, context } from '#lib/contracts/odcs-definitions.ts';
import { cameLater, type Edition, keysIf, perEdition, since } from '#lib/contracts/odcs-edition.ts';
import {
  columnRelationship,
  elementShape,
  enumeration,
  tableRelationship,
} from '#lib/contracts/odcs-element.ts';
import {
  LOGICAL_TYPES,
  type LogicalType,
  TYPES_SINCE,
  withExclusiveBounds,
} from '#lib/contracts/odcs-options.ts';
import { quality } from '#lib/contracts/odcs-quality.ts';

function logicalType(edition: Edition): z.ZodType<LogicalType> {
  const firstOf = (type: LogicalType): Edition => TYPES_SINCE.get(type) ?? 0;
  const values = LOGICAL_TYPES.filter(type => firstOf(type) <= edition);
  const type = z
    .string()
    .superRefine((written, issues) => {
      const known = LOGICAL_TYPES.find(one => one === written);
      const first = known === undefined ? 0 : firstOf(known);
      const { error: message, params } = cameLater(first, edition);
      if (known === undefined)
        issues.addIssue({ code: 'invalid_value', values, input: written, continue: false });
      else if (first > edition) issues.addIssue({ code: 'custom', message, params });
    })
    .meta({ enum: values });
  return type as unknown as z.ZodType<LogicalType>;
}

function columnShape(edition: Edition) {
  return {
    ...elementShape(edition),
    primaryKey: z
      .boolean()
      .optional()
      .describe('Part of what identifies a row: unique together, never missing'),
    primaryKeyPosition: z.int().optional().describe('Place in a primary key of several columns, from 1'),
    logicalType: logicalType(edition).optional(),
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
    ...keysIf(edition > 0, { relationships: z.array(columnRelationship(edition)).optional() }),
    quality: z.array(quality(edition)).optional(),
    semanticType: since(
      2,
      edition,
      z.enum(['column', 'measure', 'dimension']).describe('column when left out; a measure is no column'),
    ),
    enum: since(2, edition, enumeration(edition)),
  };
}

/** A column, or an element of an array column, which may lack a name. */
export interface Item extends Readonly<z.output<z.ZodObject<ReturnType<typeof columnShape>>>> {
  readonly name?: string | undefined;
  readonly items?: Item | undefined;
  readonly properties?: readonly Column[] | undefined;
  /** Of a column of logicalType map. */
  readonly map?: { readonly key: Item; readonly value: Item } | undefined;
}

/** A column of a table, or a member of an object column. */
export interface Column extends Item {
  readonly name: string;
}

type OptionalItem = z.ZodOptional<z.ZodType<Item>>;
type OptionalColumns = z.ZodOptional<z.ZodType<Column[]>>;
type OptionalMap = z.ZodOptional<z.ZodType<NonNullable<Item['map']>>>;

/** A column and an element of an array hold each other. */
const columnForm = perEdition(edition => {
  const shape = columnShape(edition);
  const named = <Name extends z.ZodType>(name: Name) =>
    z.strictObject({
      name,
      ...shape,
      get items(): OptionalItem {
        return item.optional();
      },
      get properties(): OptionalColumns {
        return z.array(column).optional();
      },
      get map(): OptionalMap {
        return since(2, edition, z.strictObject({ key: item, value: item }));
      },
    });
  const column: z.ZodType<Column> = finish(named(z.string()), { id: 'Column', edition });
  const item: z.ZodType<Item> = finish(named(z.string().optional()), { id: 'Item', edition });
  return column;
});

function finish<Value extends Item>(
  form: z.ZodType<Value>,
  { id, edition }: { readonly id: string; readonly edition: Edition },
): z.ZodType<Value> {
  const kind = { edition, isItem: id === 'Item' };
  const checked = form
    .superRefine((column, issues) => checkColumn(column, kind, issues))
    .meta({
      id: `${id}3${edition}`,
      // Only editors ask for it.
      get allOf() {
        return columnForms(kind);
      },
    });
  if (edition > 0) return checked;
  return checked.transform(({ logicalTypeOptions: options, ...column }) => ({
    ...column,
    ...(options ? { logicalTypeOptions: withExclusiveBounds(options) } : {}),
  })) as unknown as z.ZodType<Value>;
}

/** A table. */
export const table = perEdition(edition =>
  z.strictObject({
    name: z.string(),
    logicalType: z.literal('object').optional(),
    dataGranularityDescription: z.string().optional().describe('What one row is'),
    ...elementShape(edition),
    properties: z.array(columnForm(edition)).optional().describe('Its columns'),
    ...keysIf(edition > 0, { relationships: z.array(tableRelationship(edition)).optional() }),
    quality: z.array(quality(edition)).optional(),
    context: since(2, edition, context(edition)),
  }),
);

/** A table of a contract as written. */
export type ContractTable = z.output<ReturnType<typeof table>>;
