// The keys of a .dvc file and what each may hold, as DVC 3.67 takes them. Checked by hand: a repository has thousands of
// these files, and every command reads them all.
import type { Document, KeyPath } from '#lib/documents/document.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import { ConfigurationError } from '#lib/errors.ts';

type Kind = 'text' | 'boolean' | 'count' | 'map' | 'texts' | 'checksum' | 'any' | Shape | ListOf;

interface ListOf {
  readonly item: Shape;
}

/** Keys and what they hold; `required` ones have to be there. */
export interface Shape {
  readonly keys: Readonly<Record<string, Kind>>;
  readonly required?: readonly string[];
}

const CHECKSUMS = { md5: 'checksum', checksum: 'checksum', etag: 'checksum' } as const;
const META = { size: 'count', nfiles: 'count', isexec: 'boolean', version_id: 'text' } as const;
const ANNOTATIONS = { desc: 'text', type: 'text', labels: 'texts', meta: 'any' } as const;
const FILE: Shape = {
  keys: { ...CHECKSUMS, ...META, relpath: 'text', cloud: 'map' },
  required: ['relpath'],
};
const ARTIFACT = {
  ...CHECKSUMS,
  ...META,
  path: 'text',
  persist: 'boolean',
  cloud: 'map',
  hash: 'text',
} as const;

const OUTPUT: Shape = {
  keys: {
    ...ARTIFACT,
    ...ANNOTATIONS,
    ...{ cache: 'boolean', remote: 'text', push: 'boolean', files: { item: FILE }, fs_config: 'map' },
  },
  required: ['path'],
};

const REPO: Shape = {
  keys: { url: 'text', rev: 'text', rev_lock: 'text', config: 'any', remote: 'any' },
  required: ['url'],
};

const DEPENDENCY: Shape = {
  keys: { ...ARTIFACT, repo: REPO, db: 'map', files: { item: FILE }, fs_config: 'map' },
};

/** The whole file. */
export const TRACKED: Shape = {
  keys: {
    ...{
      md5: 'checksum',
      wdir: 'text',
      deps: { item: DEPENDENCY },
      outs: { item: OUTPUT },
      locked: 'boolean',
    },
    ...{ frozen: 'boolean', meta: 'any', always_changed: 'boolean', desc: 'text' },
  },
};

/** What may be written as nothing: `deps:` without a value. */
const EMPTY = new Set(['wdir', 'deps', 'outs', 'md5', 'checksum', 'etag']);

type Fields = Readonly<Record<string, unknown>>;

/** True for a map of keys to values. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every problem of a file, in its order. */
export function checkFields(document: Document): readonly ConfigurationError[] {
  return checkShape(document.value ?? {}, TRACKED, { document, path: [] });
}

interface Place {
  readonly document: Document;
  readonly path: KeyPath;
}

function checkShape(value: unknown, shape: Shape, place: Place): readonly ConfigurationError[] {
  if (!isFields(value)) return [wrong(place, 'a map of keys to values', value)];
  const known = Object.keys(shape.keys);
  const missing = (shape.required ?? []).filter(key => typeof value[key] !== 'string');
  return [
    ...missing.filter(key => !(key in value)).map(key => lacking(key, place)),
    ...Object.entries(value).flatMap(([key, item]) => {
      const inner = { ...place, path: [...place.path, key] };
      const kind = shape.keys[key];
      if (kind === undefined) return [unknownKey(key, known, inner)];
      return item === null && EMPTY.has(key) ? [] : checkKind(item, kind, inner);
    }),
  ];
}

function checkKind(value: unknown, kind: Kind, place: Place): readonly ConfigurationError[] {
  if (typeof kind !== 'string') {
    if ('keys' in kind) return checkShape(value, kind, place);
    if (!Array.isArray(value)) return [wrong(place, 'a list', value)];
    return value.flatMap((one, index) =>
      checkShape(one, kind.item, { ...place, path: [...place.path, index] }),
    );
  }
  const [what, holds] = KINDS[kind];
  return holds(value) ? [] : [wrong(place, what, value)];
}

type Check = readonly [string, (value: unknown) => boolean];

const SHORTEST_CHECKSUM = 3;

const KINDS: Readonly<Record<Extract<Kind, string>, Check>> = {
  text: ['text', value => typeof value === 'string'],
  boolean: ['true or false', value => typeof value === 'boolean'],
  count: ['a whole number', value => Number.isSafeInteger(value) && Number(value) >= 0],
  map: ['a map of keys to values', isFields],
  texts: ['a list of texts', value => Array.isArray(value) && value.every(item => typeof item === 'string')],
  checksum: [
    'a checksum of three characters or more',
    value => value === '' || (isWord(value) && String(value).length >= SHORTEST_CHECKSUM),
  ],
  any: ['anything', () => true],
};

function isWord(value: unknown): boolean {
  return typeof value === 'string' || Number.isInteger(value);
}

function wrong({ document, path }: Place, expected: string, found: unknown): ConfigurationError {
  const name = path.length === 0 ? 'The file' : path.join('.');
  return new ConfigurationError(`${name} has to be ${expected}, found ${describe(found)}`, {
    at: document.locate(path),
    remedy: 'Correct it, or restore the file from git.',
  });
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return JSON.stringify(value);
}

function lacking(key: string, { document, path }: Place): ConfigurationError {
  return new ConfigurationError(`${path.join('.')} lacks ${key}`, {
    at: document.locate(path),
    remedy: `Add the key ${key}, or restore the file from git.`,
  });
}

function unknownKey(key: string, known: readonly string[], { document, path }: Place): ConfigurationError {
  const nearest = nearestWord(key, known);
  return new ConfigurationError(`DVC knows no key "${key}" here`, {
    at: document.locateKey(path),
    remedy: nearest === undefined ? `Keys that it knows: ${known.join(', ')}.` : `Did you mean "${nearest}"?`,
  });
}
