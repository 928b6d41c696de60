// Fills the templates of a part of dvc.yaml in. What comes out is a tree again, every part at the place of its template.
import { nearestWord } from '#lib/documents/nearest.ts';
import { nestedArgument, type Parsing, textOf } from '#lib/dvc/pipeline/arguments.ts';
import {
  type ContextMembers,
  type ContextValue,
  contextNames,
  fromContext,
  selectValue,
} from '#lib/dvc/pipeline/context-value.ts';
import {
  findInterpolations,
  type Interpolation,
  isWhole,
  unescapeTemplate,
} from '#lib/dvc/pipeline/expression.ts';
import { isValueList, isValueMap, type Scalar, type Value } from '#lib/dvc/values/value.ts';
import type { Member, ScalarNode, YamlNode } from '#lib/dvc/values/yaml-node.ts';
import { ConfigurationError, type Location } from '#lib/errors.ts';

/** What templates are filled in with, and where they stand. */
export interface Scope {
  readonly members: ContextMembers;
  readonly parsing: Parsing;
  readonly text: string;
  readonly at: (offset: number) => Location;
  /** Told of every value that is used. */
  readonly onUse?: ((value: ContextValue) => void) | undefined;
}

/** The key of a stage that is filled in, such as `cmd`, where alone a map may stand; undefined outside of stages. */
type Place = string | undefined;

/** @throws ConfigurationError at the `${` for what is no path, has no value, or has one that cannot stand there. */
export function fillIn(node: YamlNode, place: Place, scope: Scope): YamlNode {
  if (node.kind === 'scalar') return fillScalar(node, place, scope);
  if (node.kind === 'list') {
    const items = node.items.map(item => fillIn(item, place, scope));
    return items.every((item, index) => item === node.items[index]) ? node : { ...node, items };
  }
  const members = node.members.map((member): Member => {
    const value = fillIn(member.value, place, scope);
    const key = fillKey(member, place, scope);
    return value === member.value && key === member.key ? member : { key, keyAt: member.keyAt, value };
  });
  if (members.every((member, index) => member === node.members[index])) return node;
  // Keys may have become the same; the last one counts.
  return { ...node, members: [...new Map(members.map(member => [member.key, member])).values()] };
}

function fillKey({ key, keyAt }: Member, place: Place, scope: Scope): Scalar {
  if (typeof key !== 'string' || !key.includes('${')) return key;
  const filled = fillScalar({ kind: 'scalar', value: key, at: keyAt }, place, scope);
  if (filled.kind === 'scalar') return filled.value;
  throw new ConfigurationError('A list or a map cannot be a key', { at: scope.at(keyAt) });
}

function fillScalar(node: ScalarNode, place: Place, scope: Scope): YamlNode {
  const { value: text } = node;
  if (typeof text !== 'string' || !text.includes('${')) return node;
  const found = findInterpolations(text);
  const [first] = found;
  if (first && isWhole(text, found)) {
    return toNode(fromContext(lookUp(first, { node, place }, scope)), node.at);
  }
  return { ...node, value: fillText(text, { node, place, found }, scope) };
}

interface Use {
  readonly node: ScalarNode;
  readonly place: Place;
}

function fillText(
  text: string,
  { found, ...use }: Use & { readonly found: readonly Interpolation[] },
  scope: Scope,
): string {
  let filled = '';
  let end = 0;
  for (const one of found) {
    const value = fromContext(lookUp(one, use, scope));
    const nested = isValueMap(value) ? nestedArgument(value) : undefined;
    if (nested !== undefined) {
      throw new ConfigurationError(`${nested} is a list of lists or maps, which cannot become arguments`, {
        at: placeOf(one, use.node, scope),
        remedy: 'Name single values instead.',
      });
    }
    filled += text.slice(end, one.index) + textOf(value, scope.parsing);
    end = one.index + one.length;
  }
  return unescapeTemplate(filled + text.slice(end));
}

/** The value an interpolation stands for. */
export function lookUp(one: Interpolation, { node, place }: Use, scope: Scope): ContextValue {
  if (!one.path) throw wrongExpression(one, node, scope);
  const value = selectValue(scope.members, one.path);
  if (value === undefined) {
    const name = one.path.join('.');
    const near = nearestWord(name, contextNames(scope.members));
    const top = [...scope.members.keys()];
    throw new ConfigurationError(`There is no value for \${${one.inner}}`, {
      at: placeOf(one, node, scope),
      remedy: near
        ? `Did you mean \${${near}}?`
        : top.length > 0
          ? `Known here: ${top.slice(0, 20).join(', ')}.`
          : 'Add it to params.yaml or to vars; for a variable of the shell write $NAME.',
    });
  }
  scope.onUse?.(value);
  if (value.kind !== 'leaf' && place !== undefined && !(value.kind === 'map' && place === 'cmd')) {
    throw new ConfigurationError(
      `\${${one.inner}} is a ${value.kind}, which cannot stand ${place === 'cmd' ? 'in a command' : `in ${place}`}`,
      {
        at: placeOf(one, node, scope),
        remedy: 'Name a single value in it, or generate stages with foreach.',
      },
    );
  }
  return value;
}

function wrongExpression(one: Interpolation, node: ScalarNode, scope: Scope): ConfigurationError {
  return new ConfigurationError(`\${${one.inner}} is not a path to a value`, {
    at: placeOf(one, node, scope),
    remedy: 'Write keys with dots and items in brackets, such as train.layers[0].',
  });
}

/** Every `${}` of a text or of all texts below: @throws ConfigurationError for the first that is no path. */
export function checkExpressions(node: YamlNode, scope: Pick<Scope, 'text' | 'at'>): void {
  if (node.kind === 'list') for (const item of node.items) checkExpressions(item, scope);
  else if (node.kind === 'map') for (const { value } of node.members) checkExpressions(value, scope);
  else if (typeof node.value === 'string') {
    const wrong = findInterpolations(node.value).find(one => !one.path);
    if (wrong) throw wrongExpression(wrong, node, { ...scope, members: new Map(), parsing: NO_PARSING });
  }
}

const NO_PARSING: Parsing = { bool: 'store_true', list: 'nargs' };

/** Of texts in quotes or over several lines the value does not tell the offset, but the text of the file does. */
function placeOf({ inner }: Interpolation, node: ScalarNode, { text, at }: Scope): Location {
  const found = text.indexOf(`\${${inner}`, node.at);
  return at(found < 0 ? node.at : found);
}

/** A value as a tree, all of it at one place. */
export function toNode(value: Value, at: number): YamlNode {
  if (isValueList(value)) return { kind: 'list', items: value.map(item => toNode(item, at)), at };
  if (!isValueMap(value)) return { kind: 'scalar', value, at };
  const members = [...value].map(([key, item]) => ({ key, keyAt: at, value: toNode(item, at) }));
  return { kind: 'map', members, at };
}
