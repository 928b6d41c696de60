// The smallest value that a schema of GitHub's description allows: all that is required and nothing else. Tests lay what
// they mean over it, so that what they send is whole and what they read is short. The judge of it is ajv, not this.
import { schemaAt } from './description.ts';

type Schema = Readonly<Record<string, unknown>>;

const TEXTS: Readonly<Record<string, string>> = {
  'date-time': '2026-03-01T10:00:00Z',
  date: '2026-03-01',
  uri: 'https://example.org/x',
  email: 'someone@example.org',
};

/** The sample of a schema by its pointer, as `/components/schemas/pull-request`. */
export function sampleOf(pointer: string): Readonly<Record<string, unknown>> {
  return sample(schemaAt(pointer) as Schema) as Readonly<Record<string, unknown>>;
}

/** A sample with members that a test means; what is optional or may be null is there when they say so, and is whole. */
export function fill(pointer: string, over: unknown): Readonly<Record<string, unknown>> {
  return filled(schemaAt(pointer) as Schema, over) as Readonly<Record<string, unknown>>;
}

function filled(schema: Schema, over: unknown): unknown {
  if (over === undefined) return sample(schema);
  if (typeof schema.$ref === 'string') return filled(schemaAt(schema.$ref.slice(1)) as Schema, over);
  if (Array.isArray(over)) return over.map(one => filled((schema.items ?? {}) as Schema, one));
  if (!isPlain(over)) return over;
  const parts = (schema.allOf ?? []) as readonly Schema[];
  const options = (schema.anyOf ?? schema.oneOf ?? []) as readonly Schema[];
  const option = options.find(({ type }) => type !== 'null');
  const own = (schema.properties ?? {}) as Readonly<Record<string, Schema>>;
  const names = new Set([...((schema.required ?? []) as readonly string[]), ...Object.keys(over)]);
  const members = [...names].map(name => [name, filled(own[name] ?? {}, over[name])] as const);
  return [...parts, ...(option ? [option] : [])]
    .map(part => filled(part, over))
    .reduce((all, part) => overlay(part, all), Object.fromEntries(members));
}

function sample(schema: Schema): unknown {
  if (typeof schema.$ref === 'string') return sample(schemaAt(schema.$ref.slice(1)) as Schema);
  if (Array.isArray(schema.allOf)) return Object.assign({}, ...schema.allOf.map(sample), objectOf(schema));
  const options = (schema.anyOf ?? schema.oneOf) as readonly Schema[] | undefined;
  if (options && schema.type === undefined)
    return sample(options.find(({ type }) => type === 'null') ?? options[0] ?? {});
  const types = [schema.type].flat();
  if (types.includes('null')) return null;
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (types.includes('object') || schema.properties) return objectOf(schema, options?.[0]);
  if (types.includes('array'))
    return Array.from({ length: Number(schema.minItems ?? 0) }, () => sample(schema.items as Schema));
  if (types.includes('string'))
    return TEXTS[String(schema.format)] ?? 'x'.repeat(Number(schema.minLength ?? 1));
  if (types.includes('boolean')) return false;
  return types.includes('integer') || types.includes('number') ? Number(schema.minimum ?? 1) : {};
}

function objectOf(schema: Schema, option: Schema = {}): Readonly<Record<string, unknown>> {
  const properties = { ...(schema.properties as Schema), ...(option.properties as Schema) };
  const required = [schema.required, option.required].flatMap(names => (names ?? []) as readonly string[]);
  return Object.fromEntries(required.map(name => [name, sample((properties[name] ?? {}) as Schema)]));
}

/** Lays some members over others, deep; lists and null replace. */
export function overlay<T>(base: T, over: unknown): T {
  if (!isPlain(base) || !isPlain(over)) return over as T;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = overlay(merged[key], value);
  return merged as T;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
