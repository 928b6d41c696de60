// All of YAML 1.2 with the types of value.ts, through the general reader: what the quick one leaves over.
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';
import { explainSyntax } from '#lib/documents/syntax.ts';
import type { Scalar } from '#lib/dvc/values/value.ts';
import type { MapNode, Member, YamlNode } from '#lib/dvc/values/yaml-node.ts';
import { readWord, wordKind } from '#lib/dvc/values/yaml-types.ts';
import { ConfigurationError, type Location } from '#lib/errors.ts';

/** Aliases repeat what they stand for: more repeated nodes than this are an attack, not a document. */
const MAX_REPEATED = 1_000_000;

interface GeneralOptions {
  readonly at: (offset: number | undefined) => Location;
  readonly remedy: string | undefined;
}

/** The tree, and whether parts of it are shared by anchors. */
export interface GeneralYaml {
  readonly root: YamlNode;
  readonly isShared: boolean;
}

/** @throws ConfigurationError at the place of the first thing that cannot be read, or of a date (DVC has none). */
export function readGeneralYaml(text: string, { at, remedy }: GeneralOptions): GeneralYaml {
  const parsed = parseDocument(text, { schema: 'failsafe', prettyErrors: false });
  const [problem] = parsed.errors;
  if (problem) {
    const { code, message, pos } = problem;
    const explained = explainSyntax(text, { code, message, offset: pos[0] });
    throw new ConfigurationError(`This is not valid YAML: ${explained.message}`, {
      at: at(explained.offset),
      remedy: remedy === undefined ? explained.remedy : `${explained.remedy} ${remedy}`,
      cause: problem,
    });
  }
  const context: Context = { parsed, at, within: new Set(), targets: new Map(), count: { repeated: 0 } };
  return { root: toNode(parsed.contents, context, 0), isShared: hasAnchors(parsed) };
}

function hasAnchors(parsed: Document): boolean {
  let found = false;
  visit(parsed, {
    Node: (_, node) => {
      found ||= 'anchor' in node && node.anchor !== undefined;
    },
    Alias: () => {
      found = true;
    },
  });
  return found;
}

interface Context {
  readonly parsed: Document;
  readonly at: (offset: number | undefined) => Location;
  /** The anchors being expanded: an alias to one of them would never end. */
  readonly within: ReadonlySet<unknown>;
  /** What each alias stands for, once found: looking for it goes through the whole document. */
  readonly targets: Map<Alias, Node | undefined>;
  readonly count: { repeated: number };
}

function toNode(node: unknown, context: Context, near: number): YamlNode {
  if (context.within.size > 0) context.count.repeated++;
  if (context.count.repeated > MAX_REPEATED) {
    throw new ConfigurationError('The aliases of this file repeat too much', {
      at: context.at(near),
      remedy: 'Write out what is meant.',
    });
  }
  if (isAlias(node)) {
    const target = resolveAlias(node, context);
    const start = node.range?.[0] ?? near;
    if (!target || context.within.has(target)) {
      throw new ConfigurationError(`The alias *${node.source} has no value`, { at: context.at(start) });
    }
    return toNode(target, { ...context, within: new Set([...context.within, target]) }, start);
  }
  if (isMap(node)) return toMap(node.items, context, node.range?.[0] ?? near);
  if (isSeq(node)) {
    const at = node.range?.[0] ?? near;
    return { kind: 'list', items: node.items.map(item => toNode(item, context, at)), at };
  }
  const at = isScalar(node) ? (node.range?.[0] ?? near) : near;
  return { kind: 'scalar', value: isScalar(node) ? toScalar(node, context) : null, at };
}

function resolveAlias(alias: Alias, { parsed, targets }: Context): Node | undefined {
  if (!targets.has(alias)) targets.set(alias, alias.resolve(parsed));
  return targets.get(alias);
}

function toScalar(
  node: Node & { readonly value: unknown; readonly type?: string },
  context: Context,
): Scalar {
  const text = String(node.value ?? '');
  if (node.type !== 'PLAIN') return text;
  if (wordKind(text) === 'timestamp') {
    throw new ConfigurationError(`${text} is read as a date, which DVC does not take`, {
      at: context.at(node.range?.[0]),
      remedy: `Write "${text}" in quotes.`,
    });
  }
  return readWord(text);
}

function toMap(pairs: readonly Pair[], context: Context, at: number): MapNode {
  const members = new Map<Scalar, Member>();
  for (const pair of pairs) {
    if (!isMerge(pair)) continue;
    for (const member of mergedMembers(toNode(pair.value, context, at))) members.set(member.key, member);
  }
  for (const pair of pairs) {
    if (isMerge(pair)) continue;
    const key = toNode(pair.key, context, at);
    if (key.kind !== 'scalar') {
      throw new ConfigurationError('A list or a map cannot be a key', { at: context.at(key.at) });
    }
    const value = toNode(pair.value, context, key.at);
    members.set(key.value, { key: key.value, keyAt: key.at, value });
  }
  return { kind: 'map', members: [...members.values()], at };
}

function isMerge(pair: Pair): boolean {
  return isScalar(pair.key) && pair.key.type === 'PLAIN' && pair.key.value === '<<';
}

/** Of several merged maps the first one that has a key gives its value. */
function mergedMembers(node: YamlNode): readonly Member[] {
  const maps = (node.kind === 'list' ? node.items : [node]).filter(one => one.kind === 'map');
  return maps.toReversed().flatMap(map => map.members);
}
