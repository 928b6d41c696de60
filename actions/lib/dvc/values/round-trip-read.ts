// Reads YAML into the tree that keeps comments. The parser gives places; what stands between them is cut from the text.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import {
  NO_TRIVIA,
  type RoundDocument,
  type RoundItem,
  type RoundMap,
  type RoundMember,
  type RoundNode,
  type Trivia,
} from '#lib/dvc/values/round-trip.ts';
import type { Scalar } from '#lib/dvc/values/value.ts';
import { readWord, wordKind } from '#lib/dvc/values/yaml-types.ts';

/**
 * Reads text that is known to be YAML.
 * @returns undefined for what the tree cannot hold: no map at the top, anchors on lists or maps, merge keys.
 */
export function readRoundTrip(written: string): RoundDocument | undefined {
  const text = written.replaceAll('\r\n', '\n');
  const parsed = parseDocument(text, { schema: 'failsafe', keepSourceTokens: true, prettyErrors: false });
  const { contents } = parsed;
  if (parsed.errors.length > 0 || !isMap(contents) || !contents.range) return undefined;
  try {
    const root = toMap(contents, text);
    const start = contents.range[0];
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    return { head: cleanHead(text.slice(0, contents.flow ? start : lineStart)), root };
  } catch (error) {
    if (error instanceof NotHeld) return undefined;
    throw error;
  }
}

class NotHeld extends Error {}

/** Comments before a document's `---` are lost, and one of the blank lines that a file begins with. */
function cleanHead(head: string): string {
  const marker = /^---.*\n?/mu.exec(head);
  const kept = marker ? head.slice(marker.index + marker[0].length) : head;
  return kept.replace(/^\n/u, '');
}

function toNode(node: unknown, text: string): RoundNode {
  if (isMap(node)) return toMap(node, text);
  if (isSeq(node)) return toList(node, text);
  if (isAlias(node) && node.range) {
    const [start, end] = node.range;
    return { kind: 'scalar', value: null, source: text.slice(start, end), after: readTrivia(text, end) };
  }
  if (isScalar(node)) return toScalar(node, text);
  throw new NotHeld();
}

function toScalar(
  node: Node & { value: unknown; type?: string; anchor?: string; tag?: string },
  text: string,
): RoundNode {
  const [start, end] = node.range ?? [0, 0];
  const raw = text.slice(start, end);
  const own = String(node.value ?? '');
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') return toBlock(own, { raw, text, end });
  const mark = markOf(node);
  const isWord = node.type === 'PLAIN' && wordKind(own) !== 'text';
  const value: Scalar = isWord ? readPlain(own) : own;
  const source = mark !== '' || isWord ? mark + raw : undefined;
  return {
    kind: 'scalar',
    value,
    source: value === null && mark === '' ? '' : source,
    after: readTrivia(text, end),
  };
}

/** Dates stay the words they are. */
function readPlain(word: string): Scalar {
  return readWord(word);
}

function markOf(node: { readonly anchor?: string; readonly tag?: string }): string {
  const tag = node.tag === undefined || node.tag.startsWith('tag:') ? '' : `${node.tag} `;
  return (node.anchor === undefined ? '' : `&${node.anchor} `) + tag;
}

function toBlock(
  value: string,
  place: { readonly raw: string; readonly text: string; readonly end: number },
): RoundNode {
  const [first = '', ...rest] = place.raw.replace(/\n$/u, '').split('\n');
  const indent = Math.min(
    ...rest.filter(line => line.trim() !== '').map(line => line.length - line.trimStart().length),
  );
  const head = first
    .trim()
    .replace(/\d/u, '')
    .replace(/\s+#.*$/u, '');
  const lines = rest.map(line => line.slice(Number.isFinite(indent) ? indent : line.length));
  return {
    kind: 'scalar',
    value,
    block: { head, lines },
    after: { lines: readLines(place.text, place.end) },
  };
}

function toMap(node: YAMLMap, text: string): RoundMap {
  if (node.anchor !== undefined || isTagged(node)) throw new NotHeld();
  const flow = node.flow === true || node.items.length === 0;
  const members = node.items.map(pair => toMember(pair, text));
  return { kind: 'map', members, flow, after: flow ? readAfterFlow(text, node.range?.[1] ?? 0) : NO_TRIVIA };
}

function toMember(pair: Pair, text: string): RoundMember {
  const { key, value } = pair;
  if (!isScalar(key) || !key.range || key.anchor !== undefined) throw new NotHeld();
  const word = String(key.value ?? '');
  if (word === '<<' && key.type === 'PLAIN') throw new NotHeld();
  const colon = text.indexOf(':', key.range[1]);
  const name = key.type === 'PLAIN' ? readPlain(word) : word;
  const isBlock = (isMap(value) || isSeq(value)) && value.flow !== true;
  if (value === null || (isScalar(value) && isNothing(value))) {
    const after = readTrivia(text, colon + 1);
    return { key: name, value: { kind: 'scalar', value: null, source: '', after }, below: NO_TRIVIA };
  }
  return { key: name, value: toNode(value, text), below: isBlock ? readTrivia(text, colon + 1) : NO_TRIVIA };
}

function isNothing(node: Node & { value: unknown }): boolean {
  return (node.value === null || node.value === '') && node.range?.[0] === node.range?.[1];
}

function toList(node: YAMLSeq, text: string): RoundNode {
  if (node.anchor !== undefined || isTagged(node)) throw new NotHeld();
  const flow = node.flow === true || node.items.length === 0;
  const items = node.items.map((item, index): RoundItem => {
    const before = flow ? '' : commentsBeforeItem(item, { node, text, index });
    if (item === null || (isScalar(item) && isNothing(item))) {
      const after = readTrivia(text, dashOf(node, index) + 1);
      return { before: '', node: { kind: 'scalar', value: null, source: '', after } };
    }
    return { before, node: toNode(item, text) };
  });
  return { kind: 'list', items, flow, after: flow ? readAfterFlow(text, node.range?.[1] ?? 0) : NO_TRIVIA };
}

function isTagged(node: { readonly tag?: string }): boolean {
  return node.tag !== undefined && !node.tag.startsWith('tag:yaml.org');
}

interface ItemPlace {
  readonly node: YAMLSeq;
  readonly text: string;
  readonly index: number;
}

function commentsBeforeItem(item: unknown, { node, text, index }: ItemPlace): string {
  if (!(isMap(item) || isSeq(item)) || item.flow === true) return '';
  const { comment, lines } = readTrivia(text, dashOf(node, index) + 1);
  return (comment ? `${' '.repeat(comment.column)}${comment.text}\n` : '') + lines;
}

function dashOf(node: YAMLSeq, index: number): number {
  const token = node.srcToken;
  const start = token?.type === 'block-seq' ? token.items[index]?.start : undefined;
  const dash = start?.find(({ type }) => type === 'seq-item-ind');
  if (!dash) throw new NotHeld();
  return dash.offset;
}

/** Blank lines at the end of a file are lost after braces and brackets, and only there. */
function readAfterFlow(text: string, end: number): Trivia {
  return text.slice(end).trim() === '' ? NO_TRIVIA : readTrivia(text, end);
}

/** What follows a value up to the next line that holds one. */
function readTrivia(text: string, end: number): Trivia {
  const [same = ''] = /[^\n]*\n?/uy.exec(text.slice(end)) ?? [];
  const mark = same.indexOf('#');
  if (same.trim() !== '' && same.slice(0, mark < 0 ? undefined : mark).trim() !== '') return NO_TRIVIA;
  const lineStart = text.lastIndexOf('\n', end - 1) + 1;
  const lines = readLines(text, end + same.length);
  if (mark < 0) return { lines };
  const column = Array.from(text.slice(lineStart, end + mark)).length;
  return { comment: { text: same.slice(mark).replace(/\n$/u, ''), column }, lines };
}

function readLines(text: string, start: number): string {
  const rest = text.slice(start);
  const [lines = ''] = /^(?:[ \t]*(?:#[^\n]*)?\n)*(?:[ \t]*#[^\n]*$)?/u.exec(rest) ?? [];
  return lines;
}
