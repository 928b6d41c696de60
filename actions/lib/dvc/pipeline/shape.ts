// Which keys and kinds of values a part of dvc.yaml may have, as data: checked on the tree, so that every mistake has its
// place, and published as JSON Schema. The general checker costs more than all the rest of reading a pipeline.
import { nearestWord } from '#lib/documents/nearest.ts';
import type { MapNode, YamlNode } from '#lib/dvc/values/yaml-node.ts';
import { ConfigurationError, type Location } from '#lib/errors.ts';

/** The kinds of values that may stand somewhere. */
export interface Shape {
  readonly anything?: true;
  /** Not empty. */
  readonly text?: true;
  readonly flag?: true;
  readonly nothing?: true;
  readonly list?: { readonly of: Shape; readonly least?: number };
  /** From any text to these. */
  readonly map?: { readonly of: Shape };
  /** A map with these keys only; one with any key of `instead` has the other shape. */
  readonly keys?: Keys;
}

export interface Keys {
  readonly of: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly instead?: Keys;
}

/** Where mistakes are gathered. */
export interface Report {
  readonly at: (offset: number) => Location;
  readonly problems: ConfigurationError[];
}

/** Where a node stands: the names above it are put together only when there is a mistake to tell. */
export interface Spot {
  readonly report: Report;
  readonly above?: Spot | undefined;
  /** A key, or the number of an item; undefined for the file itself. */
  readonly key?: string | number | undefined;
}

/** `stages.train.deps[0]` */
function nameOf({ above, key }: Spot): string {
  const before = above ? nameOf(above) : '';
  if (key === undefined) return before;
  if (typeof key === 'number') return `${before}[${key}]`;
  return before === '' ? key : `${before}.${key}`;
}

/** Adds every mistake below a node to the report. */
export function checkShape(node: YamlNode, shape: Shape, spot: Spot): void {
  const { report } = spot;
  if (shape.anything) return;
  if (node.kind === 'list' && shape.list) {
    const { of, least = 0 } = shape.list;
    if (node.items.length < least) {
      const message = `${nameOf(spot)} must not be empty`;
      add(report, { message, offset: node.at, remedy: 'Name at least one.' });
    }
    for (const [key, item] of node.items.entries()) checkShape(item, of, { report, above: spot, key });
  } else if (node.kind === 'map' && shape.keys) checkKeys(node, shape.keys, spot);
  else if (node.kind === 'map' && shape.map) {
    for (const { key, keyAt, value } of node.members) {
      if (typeof key === 'string') checkShape(value, shape.map.of, { report, above: spot, key });
      else {
        const remedy = `Write "${String(key)}" in quotes.`;
        add(report, { message: `The key ${String(key)} is not text`, offset: keyAt, remedy });
      }
    }
  } else if (!isScalarOf(node, shape)) {
    const isNumber = node.kind === 'scalar' && node.value !== null && typeof node.value !== 'string';
    const message = `${nameOf(spot)} must be ${namesOf(shape).join(' or ')}, found ${show(node)}`;
    const remedy = shape.text && isNumber ? 'Put it in quotes.' : 'Correct the value.';
    add(report, { message, offset: node.at, remedy });
  }
}

interface Problem {
  readonly message: string;
  readonly offset: number;
  readonly remedy: string;
}

function add({ at, problems }: Report, { message, offset, remedy }: Problem): void {
  problems.push(new ConfigurationError(message, { at: at(offset), remedy }));
}

function isScalarOf(node: YamlNode, { text, flag, nothing }: Shape): boolean {
  if (node.kind !== 'scalar') return false;
  if (typeof node.value === 'string') return text === true && node.value !== '';
  return typeof node.value === 'boolean' ? flag === true : node.value === null && nothing === true;
}

function namesOf({ text, flag, list, map, keys }: Shape): readonly string[] {
  return [
    ...(text ? ['text'] : []),
    ...(flag ? ['true or false'] : []),
    ...(list ? ['a list'] : []),
    ...(map || keys ? ['a map of keys to values'] : []),
  ];
}

function show(node: YamlNode): string {
  if (node.kind !== 'scalar') return node.kind === 'list' ? 'a list' : 'a map';
  if (node.value === null) return 'nothing';
  const shown = typeof node.value === 'string' ? JSON.stringify(node.value) : String(node.value);
  return shown.length > 60 ? `${shown.slice(0, 57)}...` : shown;
}

function checkKeys(node: MapNode, keys: Keys, spot: Spot): void {
  const { report } = spot;
  const { instead } = keys;
  if (instead && node.members.some(({ key }) => Object.hasOwn(instead.of, String(key)))) {
    checkKeys(node, instead, spot);
    return;
  }
  for (const { key, keyAt, value } of node.members) {
    const shape = typeof key === 'string' && Object.hasOwn(keys.of, key) ? keys.of[key] : undefined;
    if (shape) checkShape(value, shape, { report, above: spot, key: String(key) });
    else {
      const known = Object.keys(keys.of);
      const near = nearestWord(String(key), [...known, ...Object.keys(instead?.of ?? {})]);
      const remedy = near ? `Did you mean "${near}"?` : `Valid keys here: ${known.toSorted().join(', ')}.`;
      const name = nameOf(spot);
      const message = `Unknown key "${String(key)}"${name ? ` in ${name}` : ''}`;
      add(report, { message, offset: keyAt, remedy });
    }
  }
  for (const key of keys.required ?? []) {
    if (node.members.some(member => member.key === key)) continue;
    const missing = nameOf({ report, above: spot, key });
    add(report, { message: `${missing} is missing`, offset: node.at, remedy: `Add ${missing}.` });
  }
}

/** The same as JSON Schema, for editors. */
export function toJsonSchema(shape: Shape): unknown {
  if (shape.anything) return {};
  const { text, flag, nothing, list, map, keys } = shape;
  const kinds: readonly unknown[] = [
    ...(text ? [{ type: 'string', minLength: 1 }] : []),
    ...(flag ? [{ type: 'boolean' }] : []),
    ...(nothing ? [{ type: 'null' }] : []),
    ...(list
      ? [{ type: 'array', items: toJsonSchema(list.of), ...(list.least && { minItems: list.least }) }]
      : []),
    ...(map ? [{ type: 'object', additionalProperties: toJsonSchema(map.of) }] : []),
    ...(keys ? keysSchemas(keys) : []),
  ];
  return kinds.length === 1 ? kinds[0] : { anyOf: kinds };
}

function keysSchemas({ of, required, instead }: Keys): readonly unknown[] {
  const properties = Object.fromEntries(Object.entries(of).map(([key, one]) => [key, toJsonSchema(one)]));
  const own = {
    type: 'object',
    properties,
    ...(required && { required: [...required] }),
    additionalProperties: false,
  };
  return instead ? [own, ...keysSchemas(instead)] : [own];
}
