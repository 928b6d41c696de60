// `vars` of dvc.yaml: the files and maps that templates are filled in with, after params.yaml beside it.
import { isAbsolute, join, relative, resolve } from 'node:path';
import { nearestWord } from '#lib/documents/nearest.ts';
import {
  type ContextMembers,
  isMembers,
  mergeContext,
  type Origin,
  toContext,
} from '#lib/dvc/pipeline/context-value.ts';
import { findInterpolations } from '#lib/dvc/pipeline/expression.ts';
import { parseParams } from '#lib/dvc/pipeline/params-file.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import type { Value, ValueMap } from '#lib/dvc/values/value.ts';
import { plainOf, type YamlNode } from '#lib/dvc/values/yaml-node.ts';
import { ConfigurationError, type Location } from '#lib/errors.ts';

export const DEFAULT_PARAMS_FILE = 'params.yaml';

/** Values, and which files they came from: undefined keys stand for a whole file. */
export interface Context {
  readonly members: ContextMembers;
  readonly imports: ReadonlyMap<string, readonly string[] | undefined>;
}

export const EMPTY_CONTEXT: Context = { members: new Map(), imports: new Map() };

/** Where variables are loaded from. */
export interface VarsSource {
  /** Absolute; nothing is read outside. */
  readonly root: string;
  readonly readText: (path: string) => Promise<string | undefined>;
  readonly at: (offset: number) => Location;
}

interface VarsPlace {
  /** Absolute; paths start here. */
  readonly folder: string;
  /** How messages name it: `vars` or `train.vars`. */
  readonly name: string;
  /** `item` and `key` in generated stages. */
  readonly reserved?: readonly string[] | undefined;
}

/** params.yaml of a folder, when there is one. */
export async function loadDefaults(folder: string, source: VarsSource): Promise<Context> {
  const file = join(folder, DEFAULT_PARAMS_FILE);
  const text = await source.readText(file);
  if (text === undefined) return EMPTY_CONTEXT;
  const origin: Origin = { file, source: relative(source.root, file), path: '' };
  const members = membersOf(await parseParams(text, file), origin);
  return { members, imports: new Map([[file, undefined]]) };
}

function membersOf(values: ValueMap, origin: Origin): ContextMembers {
  const context = toContext(values, origin);
  return context.kind === 'map' ? context.members : new Map();
}

/**
 * The context with the entries of a `vars` list added.
 * @throws ConfigurationError for what cannot be loaded, is templated itself, or is defined twice.
 */
export async function addVars(
  context: Context,
  vars: YamlNode,
  { source, ...place }: VarsPlace & { readonly source: VarsSource },
): Promise<Context> {
  let merged = context;
  const items = vars.kind === 'list' ? vars.items : [];
  for (const [index, item] of items.entries()) {
    refuseTemplate(item, source.at);
    if (item.kind === 'map') {
      const origin = { file: undefined, source: `${place.name}[${index}]`, path: '' };
      const members = membersOf(plainOf(item) as ValueMap, origin);
      merged = { ...merged, members: merge(merged, members, { item, origin, place, source }) };
    } else merged = await addFile(merged, item, { ...place, source });
  }
  return merged;
}

function refuseTemplate(node: YamlNode, at: VarsSource['at']): void {
  if (node.kind === 'list') for (const item of node.items) refuseTemplate(item, at);
  else if (node.kind === 'map') {
    for (const { key, keyAt, value } of node.members) {
      refuseTemplate({ kind: 'scalar', value: key, at: keyAt }, at);
      refuseTemplate(value, at);
    }
  } else if (typeof node.value === 'string' && findInterpolations(node.value).length > 0) {
    throw new ConfigurationError('Templates are not filled in inside vars', {
      at: at(node.at),
      remedy: 'Write the value itself.',
    });
  }
}

async function addFile(
  context: Context,
  item: YamlNode,
  { source, ...place }: VarsPlace & { readonly source: VarsSource },
): Promise<Context> {
  const written = String(plainOf(item));
  const [path = '', ...rest] = written.split(':');
  const keys = rest.join(':').split(',').filter(Boolean);
  const file = resolve(place.folder, path);
  const at = source.at(item.at);
  if (context.imports.has(file)) {
    if (keys.length === 0 && context.imports.get(file) === undefined) return context;
    refuseLoaded(context.imports.get(file), { keys, written, at });
  }
  if (isAbsolute(path) || !isWithin(source.root, file)) {
    throw new ConfigurationError(`${path} is outside the repository`, {
      at,
      remedy: 'Name a file inside it.',
    });
  }
  const text = await source.readText(file);
  if (text === undefined) {
    throw new ConfigurationError(`${path}, named in vars, does not exist`, {
      at,
      remedy: `Create ${relative(source.root, file)}, or correct the path; it starts from ${relative(source.root, place.folder) || 'the top folder'}.`,
    });
  }
  const all = await parseParams(text, file);
  const values = keys.length === 0 ? all : selectKeys(all, keys, { path, at });
  const origin: Origin = { file, source: relative(source.root, file), path: '' };
  const members = merge(context, membersOf(values, origin), { item, origin, place, source });
  const before = context.imports.get(file);
  const loaded = keys.length === 0 ? undefined : [...(before ?? []), ...keys];
  return { members, imports: new Map([...context.imports, [file, loaded]]) };
}

function refuseLoaded(
  before: readonly string[] | undefined,
  {
    keys,
    written,
    at,
  }: { readonly keys: readonly string[]; readonly written: string; readonly at: Location },
): void {
  const isWhole = before === undefined;
  if (!isWhole && keys.length > 0 && !keys.some(key => before.includes(key))) return;
  throw new ConfigurationError(`${written} is already loaded${isWhole ? '' : ' in part'}`, {
    at,
    remedy: 'Name each file once, or each of its keys once.',
  });
}

function selectKeys(
  values: ValueMap,
  keys: readonly string[],
  { path, at }: { readonly path: string; readonly at: Location },
): ValueMap {
  const entries = keys.map((key): [string, Value] => {
    const value = values.get(key);
    if (value !== undefined) return [key, value];
    const near = nearestWord(key, [...values.keys()].map(String));
    throw new ConfigurationError(`${path} has no ${key}`, {
      at,
      remedy: near ? `Did you mean "${near}"?` : `Add ${key} to ${path}.`,
    });
  });
  return new Map(entries);
}

interface Merge {
  readonly item: YamlNode;
  readonly origin: Origin;
  readonly place: VarsPlace;
  readonly source: VarsSource;
}

function merge(
  context: Context,
  members: ContextMembers,
  { item, origin, place, source }: Merge,
): ContextMembers {
  const taken = (place.reserved ?? []).find(key => members.has(key));
  if (taken !== undefined) {
    throw new ConfigurationError(`"${taken}" has a meaning of its own in generated stages`, {
      at: source.at(item.at),
      remedy: 'Give the variable another name.',
    });
  }
  const merged = mergeContext(context.members, members);
  if (isMembers(merged)) return merged;
  throw new ConfigurationError(
    `${merged.path} of ${origin.source} is already defined in ${merged.existing.origin?.source ?? 'the generated stage'}`,
    { at: source.at(item.at), remedy: 'Define each variable once.' },
  );
}
