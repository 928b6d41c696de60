// YAML and JSON files with positions: every value can be traced back to the line and column it was written at.
// JSON is read by the same parser (JSON is YAML 1.2), so that both kinds of files give the same errors.
import {
  isMap,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  type Document as YamlDocument,
} from 'yaml';
import { explainSyntax } from '#lib/documents/syntax.ts';
import { ConfigurationError, ConfigurationErrors, type Location } from '#lib/errors.ts';

/** Bigger files are refused before parsing: no document of ours comes near. */
export const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;
/** Whatever reads a document goes down with it, call by call; an alias within itself has no end at all. */
const MAX_DEPTH = 250;
/** Aliases expand; more than this is an attack, not a document. */
const MAX_ALIASES = 100;

export type KeyPath = readonly PropertyKey[];

/** A parsed file: its plain value and where each part of it stands. */
export interface Document {
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  /** Where the value at this path stands; the nearest parent's place when the path does not exist. */
  locate(path: KeyPath): Location;
  /** Where the key itself stands (for unknown keys). */
  locateKey(path: KeyPath): Location;
}

/**
 * Parses YAML 1.2 or JSON text.
 * @throws ConfigurationErrors with line and column of every syntax error.
 */
export function parseDocumentText(text: string, file: string): Document {
  if (Buffer.byteLength(text) > MAX_DOCUMENT_BYTES) {
    throw new ConfigurationError(`${file} is larger than ${MAX_DOCUMENT_BYTES / 1024 / 1024} MiB`, {
      at: { file },
      remedy: 'Keep data out of YAML and JSON documents.',
    });
  }
  refuseNul(text, file);
  const lines = new LineCounter();
  const parsed = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    merge: true,
  });
  // One mistake makes the parser stumble many times after it: only the first is worth reading.
  const problems = parsed.errors.slice(0, 1).map(error => {
    const { code, pos } = error;
    const { message, remedy, offset } = explainSyntax(text, { code, message: error.message, offset: pos[0] });
    const { line, col } = lines.linePos(offset);
    const at = { file, line, column: col };
    return new ConfigurationError(`This is not valid YAML: ${message}`, { at, remedy, cause: error });
  });
  if (problems.length > 0) throw new ConfigurationErrors(problems);
  const at = (node: Node | null | undefined): Location => {
    const offset = node?.range?.[0];
    if (offset === undefined) return { file, line: 1, column: 1 };
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const value = toValue(parsed, file);
  const deep = findDeep(value);
  if (deep !== undefined) {
    throw new ConfigurationErrors([
      new ConfigurationError(`This is nested more than ${MAX_DEPTH} levels deep`, {
        at: at(nearestNode(parsed, deep)),
        remedy: 'Write it flatter; an alias cannot stand within what it names.',
      }),
    ]);
  }
  return {
    file,
    text,
    value,
    locate: path => at(nearestNode(parsed, path)),
    locateKey: path => at(keyNode(parsed, path) ?? nearestNode(parsed, path)),
  };
}

/** YAML has no such character, and what it would do further on depends on who reads it. */
function refuseNul(text: string, file: string): void {
  const offset = text.indexOf('\0');
  if (offset < 0) return;
  const before = text.slice(0, offset).split('\n');
  throw new ConfigurationErrors([
    new ConfigurationError('There is a NUL byte here', {
      at: { file, line: before.length, column: (before.at(-1) ?? '').length + 1 },
      remedy: 'Remove it.',
    }),
  ]);
}

/** The way to the first value that is too deep, as far down as is worth showing; undefined where there is none. */
function findDeep(value: unknown): KeyPath | undefined {
  const open: { readonly value: unknown; readonly depth: number; readonly path: KeyPath }[] = [
    { value, depth: 0, path: [] },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value: one, depth, path } = next;
    if (one === null || typeof one !== 'object') continue;
    if (depth > MAX_DEPTH) return path;
    for (const [key, inner] of Object.entries(one)) {
      if (inner === null || typeof inner !== 'object') continue;
      // Places are wanted for the first levels only: a path a level would make the whole way quadratic.
      const further = depth < 8 ? [...path, Array.isArray(one) ? Number(key) : key] : path;
      open.push({ value: inner, depth: depth + 1, path: further });
    }
  }
  return undefined;
}

function toValue(parsed: YamlDocument, file: string): unknown {
  try {
    return parsed.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    throw new ConfigurationError(
      `${file} uses more than ${MAX_ALIASES} aliases, or one that is not defined`,
      {
        at: { file },
        remedy: 'Write the values out instead of using anchors and aliases.',
        cause,
      },
    );
  }
}

function nearestNode(parsed: YamlDocument, path: KeyPath): Node | null {
  for (let length = path.length; length > 0; length--) {
    const node = parsed.getIn(path.slice(0, length), true);
    if (node && typeof node === 'object' && 'range' in node && node.range) return node as Node;
    const key = keyNode(parsed, path.slice(0, length));
    if (key) return key;
  }
  return parsed.contents as Node | null;
}

function keyNode(parsed: YamlDocument, path: KeyPath): Node | undefined {
  const parent = path.length > 1 ? parsed.getIn(path.slice(0, -1), true) : parsed.contents;
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(
    item => isPair(item) && isScalar(item.key) && String(item.key.value) === String(path.at(-1)),
  );
  return pair && isScalar(pair.key) ? pair.key : undefined;
}
