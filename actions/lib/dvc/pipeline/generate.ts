// The stages that `foreach` and `matrix` generate: their names, and what `${item}` and `${key}` stand for in each.
import { DEFAULT_PARSING, textOf } from '#lib/dvc/pipeline/arguments.ts';
import {
  type ContextMap,
  type ContextValue,
  fromContext,
  toContext,
} from '#lib/dvc/pipeline/context-value.ts';
import { findInterpolations, isWhole } from '#lib/dvc/pipeline/expression.ts';
import { fillIn, lookUp, type Scope } from '#lib/dvc/pipeline/interpolate.ts';
import { pythonText } from '#lib/dvc/values/python-text.ts';
import type { Value } from '#lib/dvc/values/value.ts';
import { plainOf, type ScalarNode, type YamlNode } from '#lib/dvc/values/yaml-node.ts';
import { ConfigurationError } from '#lib/errors.ts';

/** More stages than this are a mistake in a matrix. */
const MAX_STAGES = 100_000;

/** One stage to generate. */
export interface Variation {
  /** What stands after the `@` of its name. */
  readonly key: string;
  /** `item`, and `key` where DVC gives it. */
  readonly values: ReadonlyMap<string, ContextValue>;
}

/** A value, and the text that it gives to a name: DVC writes True for a value of the context and true for one in dvc.yaml. */
interface Named {
  readonly value: ContextValue;
  readonly text: string;
}

/** The variations of a `foreach`, by key. @throws ConfigurationError for what is neither a list nor a map. */
export function foreachVariations(foreach: YamlNode, scope: Scope): readonly Variation[] {
  const whole = foreach.kind === 'scalar' ? wholeValue(foreach, scope) : undefined;
  if (whole?.kind === 'map') return mapVariations([...whole.members]);
  if (foreach.kind === 'map') {
    const entries = foreach.members.map(({ key, keyAt, value }): [string, ContextValue] => {
      const filled = fillIn({ kind: 'scalar', value: key, at: keyAt }, undefined, scope);
      return [textOf(plainOf(filled), DEFAULT_PARSING), named(value, scope).value];
    });
    return mapVariations(entries);
  }
  const items =
    whole?.kind === 'list'
      ? whole.items.map(fromItem)
      : foreach.kind === 'list'
        ? foreach.items.map(item => named(item, scope))
        : undefined;
  if (!items) throw notAList('foreach', foreach, scope);
  const isIndexed = items.some(({ value }) => value.kind !== 'leaf');
  const entries = items.map(({ value, text }, index): [string, Variation] => {
    const key = isIndexed ? String(index) : text;
    return [key, { key, values: new Map([['item', value]]) }];
  });
  return [...new Map(entries).values()];
}

function mapVariations(entries: readonly (readonly [string, ContextValue])[]): readonly Variation[] {
  const unique = new Map(entries);
  return [...unique].map(([key, value]) => ({
    key,
    values: new Map<string, ContextValue>([
      ['item', value],
      ['key', { kind: 'leaf', value: key }],
    ]),
  }));
}

/** The variations of a `matrix`: every combination, the first axis slowest. */
export function matrixVariations(matrix: YamlNode, scope: Scope): readonly Variation[] {
  const members = matrix.kind === 'map' ? matrix.members : [];
  const axes = members.map(({ key, value }) => ({ name: String(key), items: axisItems(value, scope) }));
  if (axes.length === 0) {
    throw new ConfigurationError('A matrix without values generates no stage', {
      at: scope.at(matrix.at),
      remedy: 'Give it at least one list.',
    });
  }
  const count = axes.reduce((product, { items }) => product * items.length, 1);
  if (count > MAX_STAGES) {
    throw new ConfigurationError(`This matrix has ${count} combinations`, {
      at: scope.at(matrix.at),
      remedy: `Take values out; ${MAX_STAGES} is the most.`,
    });
  }
  let rows: readonly (readonly AxisValue[])[] = [[]];
  for (const { name, items } of axes) {
    rows = rows.flatMap(row => items.map((item, index) => [...row, { name, index, item }]));
  }
  return [...new Map(rows.map(toVariation).map(one => [one.key, one])).values()];
}

interface AxisValue {
  readonly name: string;
  readonly index: number;
  readonly item: Named;
}

function toVariation(row: readonly AxisValue[]): Variation {
  const key = row
    .map(({ name, index, item: { value, text } }) => (value.kind === 'leaf' ? text : `${name}${index}`))
    .join('-');
  const item: ContextMap = {
    kind: 'map',
    members: new Map(row.map(({ name, item: { value } }) => [name, value])),
  };
  return {
    key,
    values: new Map<string, ContextValue>([
      ['key', { kind: 'leaf', value: key }],
      ['item', item],
    ]),
  };
}

function axisItems(node: YamlNode, scope: Scope): readonly Named[] {
  if (node.kind === 'list') return node.items.map(item => named(item, scope));
  const whole = node.kind === 'scalar' ? wholeValue(node, scope) : undefined;
  if (whole?.kind === 'list') return whole.items.map(fromItem);
  if (whole?.kind === 'map')
    return [...whole.members.keys()].map(key => fromItem({ kind: 'leaf', value: key }));
  throw notAList('matrix', node, scope);
}

function fromItem(value: ContextValue): Named {
  return { value, text: value.kind === 'leaf' ? pythonText(value.value) : '' };
}

function named(node: YamlNode, scope: Scope): Named {
  const whole = node.kind === 'scalar' ? wholeValue(node, scope) : undefined;
  if (whole) return fromItem(whole);
  const value: Value = plainOf(fillIn(node, undefined, scope));
  return { value: toContext(value), text: textOf(value, DEFAULT_PARSING) };
}

/** What a text that is one `${}` stands for, whatever its kind. */
function wholeValue(node: ScalarNode, scope: Scope): ContextValue | undefined {
  if (typeof node.value !== 'string') return undefined;
  const found = findInterpolations(node.value);
  const [first] = found;
  return first && isWhole(node.value, found) ? lookUp(first, { node, place: undefined }, scope) : undefined;
}

function notAList(what: 'foreach' | 'matrix', node: YamlNode, scope: Scope): ConfigurationError {
  const whole = node.kind === 'scalar' ? wholeValue(node, scope) : undefined;
  const found = whole ? fromContext(whole) : plainOf(node);
  const expected = what === 'foreach' ? 'a list or a map' : 'a list';
  return new ConfigurationError(`${what} needs ${expected} here, found ${pythonText(found).slice(0, 60)}`, {
    at: scope.at(node.at),
    remedy: `Name ${expected} with \${}, or write it out.`,
  });
}
