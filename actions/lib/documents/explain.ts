// Turns a zod issue into a sentence for people: what was expected, what was found, what to write instead.
import { z } from 'zod';
import type { Document, KeyPath } from '#lib/documents/document.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import { ConfigurationError } from '#lib/errors.ts';

type Issue = z.core.$ZodIssue;

/** One error per problem; unions are explained by the branch that came nearest. */
export function explainIssue(
  issue: Issue,
  schema: z.ZodType,
  document: Document,
): readonly ConfigurationError[] {
  if (issue.code === 'unrecognized_keys') return explainUnknownKeys(issue, schema, document);
  if (issue.code === 'invalid_union') return explainUnion(issue, schema, document);
  const name = formatPath(issue.path);
  const at = document.locate(issue.path);
  if ((issue.code === 'invalid_type' || issue.code === 'invalid_value') && issue.input === undefined) {
    const what =
      issue.code === 'invalid_type' ? article(issue.expected) : `one of ${issue.values.join(', ')}`;
    return [new ConfigurationError(`${name} is missing`, { at, remedy: `Add ${name} (${what}).` })];
  }
  return [new ConfigurationError(`${name} ${describe(issue)}`, { at, remedy: remedyFor(issue) })];
}

function explainUnknownKeys(
  issue: Extract<Issue, { code: 'unrecognized_keys' }>,
  schema: z.ZodType,
  document: Document,
): readonly ConfigurationError[] {
  const valid = keysAt(jsonSchemaOf(schema), issue.path, valueAt(document.value, issue.path));
  return issue.keys.map(key => {
    const near = nearestWord(key, valid);
    const place = issue.path.length > 0 ? ` in ${formatPath(issue.path)}` : '';
    const remedy = near
      ? `Did you mean "${near}"?`
      : valid.length > 0
        ? `Valid keys here: ${valid.join(', ')}.`
        : 'Remove it.';
    return new ConfigurationError(`Unknown key "${key}"${place}`, {
      at: document.locateKey([...issue.path, key]),
      remedy,
    });
  });
}

/** A file with a mistake on every line asks for the same schema every time. */
const jsonSchemas = new WeakMap<z.ZodType, JsonSchema>();

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const known = jsonSchemas.get(schema);
  if (known) return known;
  const made = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  jsonSchemas.set(schema, made);
  return made;
}

function explainUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  schema: z.ZodType,
  document: Document,
): readonly ConfigurationError[] {
  const branches = issue.errors.map(branch => branch.map(inner => withPrefix(inner, issue.path)));
  const nearest = branches.toSorted((a, b) => badness(a, issue.path) - badness(b, issue.path))[0];
  if (nearest && nearest.length > 0) return nearest.flatMap(inner => explainIssue(inner, schema, document));
  const at = document.locate(issue.path);
  return [
    new ConfigurationError(`${formatPath(issue.path)} has no valid form`, { at, remedy: issue.message }),
  ];
}

/** A branch that fails deeper down, or on fewer things, is nearer to what was meant. */
function badness(branch: readonly Issue[], prefix: KeyPath): number {
  const wrongShape = branch.some(
    issue => issue.path.length === prefix.length && issue.code === 'invalid_type',
  );
  const unknown = branch.flatMap(issue => (issue.code === 'unrecognized_keys' ? issue.keys : []));
  return branch.length + (wrongShape ? 100 : 0) + 10 * unknown.length;
}

function withPrefix(issue: Issue, prefix: KeyPath): Issue {
  return { ...issue, path: [...prefix, ...issue.path] };
}

function describe(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected)}, found ${show(issue.input)}`;
    case 'invalid_value':
      return `must be ${issue.values.map(value => JSON.stringify(value)).join(' or ')}, found ${show(issue.input)}`;
    case 'too_small':
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unitOf(issue.origin)}, found ${show(issue.input)}`;
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unitOf(issue.origin)}, found ${show(issue.input)}`;
    case 'invalid_format':
      return `has the wrong form: ${issue.message}, found ${show(issue.input)}`;
    default:
      return `is not valid: ${issue.message}`;
  }
}

/** A schema's own check may bring its remedy as `params.remedy`. */
function remedyFor(issue: Issue): string {
  if (issue.code === 'custom' && typeof issue.params?.['remedy'] === 'string') return issue.params['remedy'];
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const near = typeof issue.input === 'string' ? nearestWord(issue.input, values) : undefined;
    return near ? `Did you mean "${near}"?` : `Write one of: ${values.join(', ')}.`;
  }
  if (issue.code === 'invalid_type' && issue.expected === 'string' && typeof issue.input === 'number') {
    return 'Put it in quotes.';
  }
  return 'Correct the value.';
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long';
  if (origin === 'array' || origin === 'set') return ' entries long';
  return '';
}

function article(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    record: 'a map of keys to values',
    object: 'a map of keys to values',
    array: 'a list',
    int: 'a whole number',
    string: 'text',
    boolean: 'true or false',
  };
  return words[expected] ?? `a ${expected}`;
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'a map';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** `spec.gates[2].metric`, or "The document" for the top. */
export function formatPath(path: KeyPath): string {
  if (path.length === 0) return 'The document';
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`))
    .join('');
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

function valueAt(value: unknown, path: KeyPath): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

/** The property names a JSON Schema allows a value at a path; of a union those of the branches that it may be of. */
function keysAt(schema: JsonSchema, path: KeyPath, value: unknown): readonly string[] {
  const found = path.reduce<readonly JsonSchema[]>(
    (schemas, key) => schemas.flatMap(s => step(s, key, schema)),
    [schema],
  );
  const names = found
    .flatMap(s => branches(s, schema))
    .filter(s => mayBeOf(value, s))
    .flatMap(s => Object.entries(s.properties ?? {}))
    // A key that is there only to be refused is none to suggest.
    .flatMap(([key, inner]) => (typeof inner === 'object' && inner.not ? [] : [key]));
  return [...new Set(names)].sort();
}

/** False for a value of another kind, where a branch says which one it is for: `type: s3`. */
function mayBeOf(value: unknown, { properties = {} }: JsonSchema): boolean {
  return Object.entries(properties).every(([key, inner]) => {
    const wanted = typeof inner === 'object' ? inner.const : undefined;
    const found = valueAt(value, [key]);
    return wanted === undefined || found === undefined || found === wanted;
  });
}

function step(schema: JsonSchema, key: PropertyKey, root: JsonSchema): readonly JsonSchema[] {
  return branches(schema, root).flatMap(branch => {
    const next =
      typeof key === 'number'
        ? (branch.prefixItems?.[key] ?? (Array.isArray(branch.items) ? branch.items[key] : branch.items))
        : (branch.properties?.[String(key)] ?? branch.additionalProperties);
    return next && typeof next === 'object' ? [next as JsonSchema] : [];
  });
}

function branches(schema: JsonSchema, root: JsonSchema): readonly JsonSchema[] {
  const target = typeof schema.$ref === 'string' ? resolve(schema.$ref, root) : schema;
  const inner = [...(target.anyOf ?? []), ...(target.oneOf ?? []), ...(target.allOf ?? [])] as JsonSchema[];
  return inner.length > 0 ? [target, ...inner.flatMap(branch => branches(branch, root))] : [target];
}

function resolve(ref: string, root: JsonSchema): JsonSchema {
  if (ref === '#') return root;
  const name = ref.split('/').at(-1) ?? '';
  return (root.$defs?.[name] as JsonSchema | undefined) ?? {};
}
