// One contract a version with a sample of everything the standard knows. The servers are made from the official JSON
// Schema, so that none of their types and keys is forgotten.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from './odcs.ts';

interface ServerSource {
  readonly properties: Readonly<
    Record<string, { readonly type?: string; readonly format?: string; readonly enum?: readonly string[] }>
  >;
}
interface Official {
  readonly $defs: {
    readonly Server: {
      readonly allOf: readonly {
        readonly if: { readonly properties: { readonly type: { readonly const: string } } };
        readonly then: { readonly $ref: string };
      }[];
    };
    readonly ServerSource: Readonly<Record<string, ServerSource>>;
  };
}

function serversOf(version: string): readonly Json[] {
  const file = join(import.meta.dirname, `../fixtures/odcs/schema-json/odcs-json-schema-${version}.json`);
  const { $defs } = JSON.parse(readFileSync(file, 'utf8')) as Official;
  return $defs.Server.allOf.map(({ if: condition, then: { $ref } }) => {
    const type = condition.properties.type.const;
    const { properties } = $defs.ServerSource[$ref.split('/').at(-1) ?? ''] as ServerSource;
    const keys = Object.entries(properties).map(([key, { type: kind, format, enum: values }]) => {
      const uri = type === 'sftp' ? 'sftp://host/a' : 's3://bucket/a';
      const sample =
        kind === 'integer' || key === 'port' ? 5 : (values?.[0] ?? (format === 'uri' ? uri : 'x'));
      return [key, sample];
    });
    return { server: `my ${type}`, type, environment: 'prod', ...Object.fromEntries(keys) };
  });
}

const definition = [{ url: 'https://example.org', type: 'tutorial' }];
const custom = [{ property: 'a', value: { b: [1, null] } }];

function column(name: string, logicalType: string, logicalTypeOptions: Json, more: object = {}): Json {
  return { name, logicalType, logicalTypeOptions, ...more };
}

/** A contract of 3.1.0, or of 3.2.0 with all that is new in it. */
export function everything(version: 'v3.1.0' | 'v3.2.0'): Json {
  const isNew = version === 'v3.2.0';
  const late = (keys: Readonly<Record<string, Json>>) => (isNew ? keys : {});
  const element = {
    id: 'an-id',
    physicalName: 'p',
    physicalType: 'text',
    businessName: 'b',
    description: 'd',
    tags: ['t'],
    authoritativeDefinitions: definition,
    customProperties: custom,
    ...late({ deprecated: false, synonyms: [{ synonym: 's', locale: 'en' }] }),
  };
  return {
    apiVersion: version,
    kind: 'DataContract',
    id: 'everything',
    version: '1.0.0',
    status: 'active',
    ...late({
      context: {
        instructions: 'i',
        verifiedStatements: [{ question: 'q', answer: 'a', tags: ['t'] }],
        constraints: [{ constraint: 'c', id: 'x' }],
      },
    }),
    servers: serversOf(version),
    schema: [
      {
        name: 'orders',
        ...element,
        dataGranularityDescription: 'one order',
        ...late({ context: 'about orders' }),
        relationships: [
          { from: 'orders.a', to: 'customers.b' },
          { from: ['orders.a', 'orders.b'], to: ['schema/x/properties/y', '/schema/x/properties/z'] },
        ],
        quality: [
          { metric: 'rowCount', mustBeBetween: [1, 5] },
          { metric: 'duplicateValues', arguments: { properties: ['a', 'b'] }, mustBe: 0, unit: 'percent' },
          { type: 'sql', query: 'SELECT 1', mustBeGreaterThan: 0, schedule: '0 1 * * *', scheduler: 'cron' },
          { type: 'text', description: 'looked at' },
          {
            type: 'custom',
            engine: 'mainline',
            implementation: { metric: 'correlationStability', mustBeGreaterThan: 0.9 },
          },
        ],
        properties: [
          column(
            's',
            'string',
            { minLength: 1, maxLength: 5, pattern: '^a+$', format: 'email' },
            {
              ...element,
              primaryKey: true,
              primaryKeyPosition: 1,
              required: true,
              classification: 'public',
              examples: ['a', 1, null],
              relationships: [{ to: 'customers.id', type: 'foreignKey', customProperties: custom }],
              quality: [
                {
                  id: 'q1',
                  name: 'n',
                  type: 'library',
                  metric: 'nullValues',
                  mustBeLessOrEqualTo: 5,
                  unit: 'percent',
                  dimension: 'completeness',
                  severity: 'warning',
                  tags: ['x'],
                  authoritativeDefinitions: definition,
                },
                {
                  metric: 'invalidValues',
                  arguments: { validValues: ['a', null], pattern: '^a' },
                  mustNotBe: 3,
                },
                {
                  type: 'custom',
                  engine: 'mainline',
                  implementation: { metric: 'psi', reference: 'main', mustBeLessThan: 0.2 },
                },
                { type: 'custom', engine: 'soda', implementation: 'a: 1' },
              ],
              ...late({ enum: [{ value: 'a', label: 'A' }, { value: 2 }], semanticType: 'dimension' }),
            },
          ),
          column('d', 'date', {
            format: 'yyyy-MM-dd',
            minimum: '2020-01-01',
            exclusiveMaximum: '2030-01-01',
          }),
          column('ts', 'timestamp', { timezone: true, defaultTimezone: 'Etc/UTC' }),
          column('t', 'time', { format: 'HH:mm' }),
          column('n', 'number', { minimum: 0, multipleOf: 0.5, format: 'f64' }),
          column('i', 'integer', { exclusiveMinimum: 0, format: 'i32' }),
          column('b', 'boolean', {}),
          column(
            'o',
            'object',
            { minProperties: 1, required: ['a'] },
            {
              properties: [
                column(
                  'inner',
                  'array',
                  { minItems: 1, uniqueItems: true },
                  {
                    items: { logicalType: 'object', properties: [column('deep', 'integer', { maximum: 3 })] },
                  },
                ),
              ],
            },
          ),
          ...(isNew
            ? [
                {
                  name: 'm',
                  logicalType: 'map',
                  map: { key: { logicalType: 'string' }, value: { logicalType: 'integer' } },
                },
                column('v', 'vector', { dimensions: 3, elementType: 'float32', normalized: true }),
              ]
            : [{ name: 'untyped' }]),
        ],
      },
    ],
    team: { name: 't', members: [{ username: 'u', dateIn: '2024-01-31', role: 'Owner' }] },
    roles: [{ role: 'reader', access: 'read', customProperties: custom }],
    support: [{ channel: 'c', url: 'https://example.org', tool: 'slack' }],
    price: { priceAmount: 1, priceCurrency: 'EUR', priceUnit: 'row' },
    slaProperties: [
      { property: 'latency', value: 4, unit: 'd', element: 'orders.ts', driver: 'regulatory' },
      { property: 'frequency', value: 1, valueExt: 2, unit: 'd', ...late({ customProperties: custom }) },
    ],
    contractCreatedTs: '2024-01-31T10:00:00+00:00',
  };
}

/** A contract that only 3.0 allows: flags beside bounds, rules that are open, a team that is a list. */
export function everythingOf30(): Json {
  return {
    apiVersion: 'v3.0.2',
    kind: 'DataContract',
    id: 'everything',
    version: '1.0.0',
    status: 'active',
    servers: serversOf('v3.0.2'),
    schema: [
      {
        name: 'orders',
        physicalName: 'p',
        quality: [{ rule: 'rowCount', mustBeGreaterThan: 0, mustBeLessThan: 9, note: 'ours' }],
        properties: [
          column('i', 'integer', { minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false }),
          column('d', 'date', { minimum: '2020-01-01', exclusiveMaximum: true }),
          column(
            's',
            'string',
            { maxLength: 3 },
            {
              customProperties: [{ value: 1, more: true }],
              authoritativeDefinitions: [{ url: 'u', type: 't', more: 1 }],
              quality: [
                { rule: 'duplicateCount', mustBeLessThan: 10, unit: 'rows', dimension: 'uniqueness' },
                { type: 'sql', query: 'SELECT 1', mustBeGreaterThan: 'many' },
                { type: 'text', description: 'd', engine: 5 },
                { type: 'custom', engine: 'soda', implementation: 'x', mustBe: 1 },
              ],
            },
          ),
        ],
      },
    ],
    team: [{ name: 'n', role: 'Owner', dateIn: '2024-01-31', more: 1 }],
    roles: [{ role: 'r', more: 1 }],
    support: [{ channel: 'c', url: 'u', more: 1 }],
    price: { priceAmount: 1, more: 1 },
    slaProperties: [{ property: 'latency', value: 4, unit: 'd', more: [1] }],
  };
}
