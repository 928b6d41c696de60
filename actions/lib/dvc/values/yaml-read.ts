// Reads YAML and JSON as DVC does, keeping whole numbers, floats and the order of keys apart (see value.ts). The general
// reader in documents/ is for files whose schema is ours; this one is for values that DVC hashes and writes again.
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { isValueMap, type Scalar, type Value, type ValueMap } from '#lib/dvc/values/value.ts';
import { readWord, wordKind } from '#lib/dvc/values/yaml-types.ts';
import { ConfigurationError, type Location } from '#lib/errors.ts';

/** A parsed file with its types as Python sees them. */
export interface TypedDocument {
  readonly file: string;
  readonly text: string;
  readonly value: Value;
  /** The tree of the parser, with the place of every node. */
  readonly parsed: Document;
  readonly at: (offset: number | undefined) => Location;
}

interface ReadOptions {
  /** Said after a syntax error: what to do with this kind of file. */
  readonly remedy?: string;
}

/**
 * Parses YAML 1.2 or JSON text.
 * @throws ConfigurationError at the place of the first thing that cannot be read, or of a date (DVC has none).
 */
export function parseTyped(text: string, file: string, { remedy }: ReadOptions = {}): TypedDocument {
  const lines = new LineCounter();
  const at = (offset: number | undefined): Location => {
    const { line, col } = lines.linePos(offset ?? 0);
    return { file, line, column: col };
  };
  const parsed = parseDocument(text, { schema: 'failsafe', lineCounter: lines, prettyErrors: false });
  const [problem] = parsed.errors;
  if (problem) {
    throw new ConfigurationError(`This is not valid YAML: ${problem.message}`, {
      at: at(problem.pos[0]),
      remedy: remedy ?? 'Mend the syntax at this place.',
      cause: problem,
    });
  }
  const value = toValue(parsed.contents, { parsed, at, within: new Set() });
  return { file, text, value, parsed, at };
}

interface Context {
  readonly parsed: Document;
  readonly at: (offset: number | undefined) => Location;
  /** The anchors being expanded: an alias to one of them would never end. */
  readonly within: ReadonlySet<unknown>;
}

function toValue(node: unknown, context: Context): Value {
  if (node === null || node === undefined) return null;
  if (isAlias(node)) {
    const target = node.resolve(context.parsed);
    if (!target || context.within.has(target)) {
      throw new ConfigurationError(`The alias *${node.source} has no value`, {
        at: context.at(node.range?.[0]),
      });
    }
    return toValue(target, { ...context, within: new Set([...context.within, target]) });
  }
  if (isSeq(node)) return node.items.map(item => toValue(item, context));
  if (isMap(node)) return toMap(node.items, context);
  return isScalar(node) ? toScalar(node, context) : null;
}

function toScalar(
  node: Node & { readonly value: unknown; readonly type?: string; source?: string },
  context: Context,
) {
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

function toMap(
  pairs: readonly { readonly key: unknown; readonly value: unknown }[],
  context: Context,
): ValueMap {
  const merged = pairs.filter(isMerge).flatMap(pair => [...mergedEntries(toValue(pair.value, context))]);
  const own = pairs
    .filter(pair => !isMerge(pair))
    .map(pair => [toKey(pair.key, context), toValue(pair.value, context)] as const);
  return new Map<Scalar, Value>([...merged, ...own]);
}

function isMerge(pair: { readonly key: unknown }): boolean {
  return isScalar(pair.key) && pair.key.type === 'PLAIN' && pair.key.value === '<<';
}

/** Of several merged maps the first one that has a key gives its value. */
function mergedEntries(value: Value): ValueMap {
  const maps = (Array.isArray(value) ? value : [value]).filter(isValueMap);
  return new Map(maps.toReversed().flatMap(map => [...map]));
}

function toKey(node: unknown, context: Context): Scalar {
  const key = toValue(node, context);
  if (key === null || typeof key !== 'object') return key;
  const range = isMap(node) || isSeq(node) ? node.range : undefined;
  throw new ConfigurationError('A list or a map cannot be a key', { at: context.at(range?.[0]) });
}
