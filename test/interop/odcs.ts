// Contracts that are broken in one place each, and what the judges say of them: our schema and the official JSON Schema
// of the version that the contract is written in, which is what "correct" means. Where ours means to differ stands in
// odcs-differences.ts.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Path = readonly (string | number)[];

/** One contract, whole or broken in one place. */
export interface Case {
  readonly name: string;
  readonly document: Json;
}

/** Keys and values that break a rule of one place or another. */
const EXTRA: Readonly<Record<string, Json>> = {
  nonsense: 1,
  id: 'an id',
  enum: [{ value: 1 }],
  map: { key: { logicalType: 'string' }, value: {} },
  semanticType: 'measure',
  synonyms: [{ synonym: 'x' }],
  deprecated: true,
  context: 'for all',
  vendor: 'acme',
  workgroup: 'w',
  encoding: 'utf-8',
  items: { logicalType: 'string' },
  properties: [{ name: 'inner', logicalType: 'string' }],
  logicalType: 'timestamp',
  logicalTypeOptions: { minimum: 1 },
  metric: 'rowCount',
  rule: 'nullCheck',
  query: 'SELECT 1',
  engine: 'soda',
  implementation: { a: 1 },
  mustBe: 0,
  mustBeBetween: [1, 2],
  mustNotBeBetween: [2, 1],
  mustBeLessThan: 'many',
  relationships: [{ to: 'a.b' }],
  from: 'a.b',
};

/** Every way to break one key: left out, misspelt, of another type, another value, doubled, with a stranger beside it. */
export function* mutate(document: Json, path: Path = []): Generator<Case> {
  if (document === null || typeof document !== 'object') return;
  const isList = Array.isArray(document);
  const place = path.join('.');
  if (!isList) {
    for (const [key, value] of Object.entries(EXTRA)) {
      if (!(key in document)) yield { name: `${place} with ${key}`, document: { ...document, [key]: value } };
    }
  }
  for (const [key, value] of Object.entries(document)) {
    const here = [...path, isList ? Number(key) : key];
    const name = here.join('.');
    const others = Object.entries(document).filter(([other]) => other !== key);
    if (isList) {
      yield { name: `${name} twice`, document: [...document, value] };
      yield { name: `${name} deleted`, document: document.filter((_, i) => String(i) !== key) };
    } else {
      yield { name: `${name} deleted`, document: Object.fromEntries(others) };
      yield { name: `${name} renamed`, document: { ...Object.fromEntries(others), [`${key}x`]: value } };
      for (const [other, moved] of others)
        if (typeof moved !== typeof value || typeof value === 'string')
          yield {
            name: `${name} and ${other} exchanged`,
            document: { ...document, [key]: moved, [other]: value },
          };
    }
    for (const other of otherValues(value)) {
      const changed = JSON.stringify(other);
      yield { name: `${name} = ${changed}`, document: replace(document, key, other) };
    }
    for (const inner of mutate(value, here))
      yield { name: inner.name, document: replace(document, key, inner.document) };
  }
}

function otherValues(value: Json): readonly Json[] {
  const kind = Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value;
  const samples: Readonly<Record<string, readonly Json[]>> = {
    string: [
      'text',
      '',
      'integer',
      'object',
      'array',
      'map',
      'vector',
      'time',
      'sql',
      'custom',
      'library',
      '[a-',
    ],
    number: [7, 0, -1, 1.5],
    boolean: [true],
    list: [[], [3, 2], [1, 1], ['a.b']],
    object: [{}],
    null: [null],
  };
  return Object.entries(samples).flatMap(([other, values]) =>
    other === kind && typeof value === 'object' ? [] : values.filter(sample => sample !== value),
  );
}

function replace(document: Json, key: string, value: Json): Json {
  if (Array.isArray(document)) return document.map((item: Json, i) => (String(i) === key ? value : item));
  return { ...(document as Readonly<Record<string, Json>>), [key]: value };
}

/** Every n-th case, so that about `count` of them, spread over all, remain; the seed says which ones. */
export function thin(cases: readonly Case[], count: number, seed = 0): readonly Case[] {
  const step = Math.max(1, cases.length / count);
  const shift = (seed * 0.618_033_988_75 * step) % step;
  return cases.filter((_, i) => Math.floor((i + shift) / step) !== Math.floor((i + shift - 1) / step));
}
