// What the keys of one column ask of each other: its options, and whether it nests others, depend on its logicalType.
import { z } from 'zod';
import { implies } from '#lib/contracts/odcs-definitions.ts';
import type { Edition } from '#lib/contracts/odcs-edition.ts';
import { LOGICAL_TYPES, type LogicalType, optionsOfType, TYPES_SINCE } from '#lib/contracts/odcs-options.ts';
import { nearestWord } from '#lib/documents/nearest.ts';

interface TypedColumn {
  readonly logicalType?: LogicalType | undefined;
  readonly logicalTypeOptions?: Readonly<Record<string, unknown>> | undefined;
  readonly items?: unknown;
  readonly properties?: unknown;
  readonly map?: unknown;
}

function nestingOf({
  isItem,
  edition,
}: ColumnKind): readonly (readonly [keyof typeof NESTING, LogicalType])[] {
  const entries = Object.entries(NESTING) as [keyof typeof NESTING, LogicalType][];
  return entries.filter(([key]) => key !== 'properties' || !isItem || edition > 0);
}

/** The type that each way to nest belongs to. */
const NESTING = { items: 'array', properties: 'object', map: 'map' } as const;

/** A column, or an element of an array, which in 3.0 may have properties whatever its type. */
export interface ColumnKind {
  readonly edition: Edition;
  readonly isItem: boolean;
}

/** Reports what does not fit the column's type. */
export function checkColumn(column: TypedColumn, kind: ColumnKind, context: z.RefinementCtx): void {
  const { logicalType: type, logicalTypeOptions: options } = column;
  const { edition } = kind;
  const fail = failureOf(context);
  for (const [key, needed] of nestingOf(kind)) {
    if (column[key] === undefined || type === undefined || type === needed) continue;
    const message = `only a column of logicalType ${needed} has ${key}, this is ${type}`;
    fail([key], message, `Remove ${key}, or write logicalType: ${needed}.`);
  }
  if (type === 'map' && edition > 1 && column.map === undefined)
    fail([], 'a column of logicalType map needs "map"', 'Add map, with key and value.');
  if (options === undefined) return;
  if (type) checkOptions({ type, options, edition }, context);
  else if (Object.keys(options).length > 0)
    fail(['logicalTypeOptions'], 'options need a logicalType beside them', 'Add logicalType.');
}

interface TypedOptions {
  readonly type: LogicalType;
  readonly options: object;
  readonly edition: Edition;
}

function checkOptions({ type, options, edition }: TypedOptions, context: z.RefinementCtx): void {
  const fail = failureOf(context);
  const schema = optionsOfType(type, edition);
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

/** The same as checkColumn, for editors. */
export function columnForms(kind: ColumnKind): readonly object[] {
  const { edition } = kind;
  const types = LOGICAL_TYPES.filter(type => (TYPES_SINCE.get(type) ?? 0) <= edition);
  return [
    ...types.map(type =>
      implies(
        { properties: { logicalType: { const: type } }, required: ['logicalType'] },
        {
          properties: {
            logicalTypeOptions: jsonSchemaOf(optionsOfType(type, edition)),
            ...Object.fromEntries(
              nestingOf(kind)
                .filter(([, needed]) => needed !== type)
                .map(([key]) => [key, false]),
            ),
          },
          ...(type === 'map' ? { required: ['map'] } : {}),
        },
      ),
    ),
    implies(
      { not: { required: ['logicalType'] } },
      { properties: { logicalTypeOptions: { maxProperties: 0 } } },
    ),
  ];
}

function jsonSchemaOf(schema: z.ZodType): Readonly<Record<string, unknown>> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}
