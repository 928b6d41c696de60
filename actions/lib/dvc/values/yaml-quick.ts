// The part of YAML that DVC writes and most people write, read some thirty times as fast as by the general reader, which
// every command would otherwise wait for. Whatever is unusual (anchors, tags, block texts, tabs, mistakes) is left to the
// general reader: both never read the same text differently.
import type { Scalar } from '#lib/dvc/values/value.ts';
import { isWordStart, plainValue, readFlow, withoutEnd } from '#lib/dvc/values/yaml-flow.ts';
import type { Member, YamlNode } from '#lib/dvc/values/yaml-node.ts';
import { closingQuote, readQuoted, Unusual } from '#lib/dvc/values/yaml-quoted.ts';

/** A line with something on it. */
interface Line {
  /** Spaces before the content. */
  indent: number;
  /** Offset of the content, and of the line's end. */
  start: number;
  readonly end: number;
  /** Of the whole text, so that empty lines between two are seen. */
  readonly number: number;
}

interface Cursor {
  readonly text: string;
  readonly lines: readonly Line[];
  next: number;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const STRANGE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;
/** At the start of a line: documents and directives. */
const MARKS = ['---', '...', '%'];
/** What may begin an unquoted text. */
const PLAIN_START = /^(?:[^\s,[\]{}#&*!|>'"%@`?:-]|[?:-](?=[^ ]))/;

/** The tree of the text, or undefined when it is for the general reader to read or refuse. */
export function readQuickYaml(text: string): YamlNode | undefined {
  if (STRANGE.test(text) || MARKS.some(mark => text.startsWith(mark) || text.includes(`\n${mark}`)))
    return undefined;
  try {
    const cursor: Cursor = { text, lines: contentLines(text), next: 0 };
    const first = cursor.lines[0];
    if (first?.indent !== 0) return undefined;
    const node = readBlock(cursor, 0);
    return cursor.next === cursor.lines.length ? node : undefined;
  } catch (thrown) {
    if (thrown instanceof Unusual || thrown instanceof RangeError) return undefined;
    throw thrown;
  }
}

function contentLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (let begin = 0, number = 0; begin < text.length; number++) {
    const found = text.indexOf('\n', begin);
    const end = found < 0 ? text.length : found;
    let start = begin;
    while (start < end && text.charCodeAt(start) === 32) start++;
    if (start < end && text[start] !== '#') lines.push({ indent: start - begin, start, end, number });
    begin = end + 1;
  }
  return lines;
}

/** The map or list that starts at the next line. */
function readBlock(cursor: Cursor, indent: number): YamlNode {
  const line = cursor.lines[cursor.next];
  if (line?.indent !== indent) throw new Unusual();
  return isDash(cursor.text, line) ? readList(cursor, indent) : readMap(cursor, indent);
}

function isDash(text: string, { start, end }: Line): boolean {
  return text.charCodeAt(start) === 45 && (start + 1 === end || text.charCodeAt(start + 1) === 32);
}

function readMap(cursor: Cursor, indent: number): YamlNode {
  const members: Member[] = [];
  const at = cursor.lines[cursor.next]?.start ?? 0;
  for (;;) {
    const line = cursor.lines[cursor.next];
    if (line === undefined || line.indent < indent) break;
    if (line.indent > indent) throw new Unusual();
    if (isDash(cursor.text, line)) break;
    const key = readKey(cursor.text, line);
    if (key === undefined) throw new Unusual();
    const keyAt = line.start;
    members.push({ key: key.value, keyAt, value: readMemberValue(cursor, key.end, indent) });
  }
  refuseRepeated(members);
  return { kind: 'map', members, at };
}

function refuseRepeated(members: readonly Member[]): void {
  if (members.length < 2) return;
  const seen = new Set<string>();
  for (const { key } of members) {
    const name = String(key);
    if (seen.has(name)) throw new Unusual();
    seen.add(name);
  }
}

/** The key a line begins with, and the offset after its colon; undefined for a line without one. */
function readKey(text: string, { start, end }: Line): { value: Scalar; end: number } | undefined {
  const first = text[start];
  if (first === '"' || first === "'") {
    const close = closingQuote(text, start);
    if (close >= end || text[close + 1] !== ':' || !isGap(text, close + 2, end)) return undefined;
    return { value: readQuoted(text.slice(start + 1, close), first), end: close + 2 };
  }
  let colon = text.indexOf(':', start);
  while (colon >= 0 && colon < end && !isGap(text, colon + 1, end)) colon = text.indexOf(':', colon + 1);
  if (colon < 0 || colon >= end) return undefined;
  const word = text.slice(start, colon);
  if (!isWordStart(text, start) && !PLAIN_START.test(word)) throw new Unusual();
  if (word.includes(' ') && /[ ](?:#|$)/.test(word)) throw new Unusual();
  return { value: plainValue(word), end: colon + 1 };
}

function isGap(text: string, at: number, end: number): boolean {
  return at >= end || text.charCodeAt(at) === 32;
}

function readMemberValue(cursor: Cursor, after: number, indent: number): YamlNode {
  const line = cursor.lines[cursor.next];
  if (line === undefined) throw new Unusual();
  const start = contentAfter(cursor.text, after, line.end);
  if (start !== undefined) return readInline(cursor, start, indent);
  cursor.next++;
  const below = cursor.lines[cursor.next];
  if (below === undefined || below.indent < indent) return { kind: 'scalar', value: null, at: after };
  if (below.indent === indent) {
    const isList = isDash(cursor.text, below);
    return isList ? readList(cursor, indent) : { kind: 'scalar', value: null, at: after };
  }
  return readBelow(cursor, below, indent);
}

/** What stands on the lines below its key or dash: a block, or a text that had no room beside it. */
function readBelow(cursor: Cursor, line: Line, indent: number): YamlNode {
  const isBlock = isDash(cursor.text, line) || readKey(cursor.text, line) !== undefined;
  return isBlock ? readBlock(cursor, line.indent) : readInline(cursor, line.start, indent);
}

/** Where something stands after `at` on this line; undefined when there is nothing or a comment. */
function contentAfter(text: string, at: number, end: number): number | undefined {
  let start = at;
  while (start < end && text.charCodeAt(start) === 32) start++;
  return start >= end || (text[start] === '#' && start > at) ? undefined : start;
}

function readList(cursor: Cursor, indent: number): YamlNode {
  const items: YamlNode[] = [];
  const at = cursor.lines[cursor.next]?.start ?? 0;
  for (;;) {
    const line = cursor.lines[cursor.next];
    if (line === undefined || line.indent < indent) break;
    if (line.indent > indent) throw new Unusual();
    if (!isDash(cursor.text, line)) break;
    items.push(readItem(cursor, line, indent));
  }
  return { kind: 'list', items, at };
}

function readItem(cursor: Cursor, line: Line, indent: number): YamlNode {
  const { text } = cursor;
  const start = contentAfter(text, line.start + 1, line.end);
  if (start === undefined) {
    cursor.next++;
    const below = cursor.lines[cursor.next];
    if (below === undefined || below.indent <= indent)
      return { kind: 'scalar', value: null, at: line.start + 1 };
    return readBelow(cursor, below, indent);
  }
  const isFlow = text[start] === '[' || text[start] === '{';
  const inner = { ...line, start, indent: indent + start - line.start };
  if (isFlow || !(isDash(text, inner) || readKey(text, inner))) return readInline(cursor, start, indent);
  line.start = start;
  line.indent = inner.indent;
  return readBlock(cursor, line.indent);
}

/** A text or flow collection that begins on this line; the lines of its continuation are deeper than `indent`. */
function readInline(cursor: Cursor, start: number, indent: number): YamlNode {
  const { text, lines } = cursor;
  const line = lines[cursor.next];
  const first = text[start];
  if (line === undefined) throw new Unusual();
  if (first === '[' || first === '{') {
    const { node, end } = readFlow(text, start, line.end);
    closeLine(cursor, end, indent);
    return node;
  }
  if (first !== '"' && first !== "'") return readPlain(cursor, start, indent);
  const close = closingQuote(text, start);
  const raw = text.slice(start + 1, close);
  for (const [spaces] of raw.matchAll(/(?<=\n) */g)) if (spaces.length <= indent) throw new Unusual();
  while ((lines[cursor.next + 1]?.start ?? Number.POSITIVE_INFINITY) <= close) cursor.next++;
  closeLine(cursor, close + 1, indent);
  return { kind: 'scalar', value: readQuoted(raw, first), at: start };
}

/** Nothing but a comment may follow on the line, and nothing deeper below. */
function closeLine(cursor: Cursor, at: number, indent: number): void {
  const found = cursor.text.indexOf('\n', at);
  const end = found < 0 ? cursor.text.length : found;
  if (contentAfter(cursor.text, at, end) !== undefined) throw new Unusual();
  cursor.next++;
  if ((cursor.lines[cursor.next]?.indent ?? 0) > indent) throw new Unusual();
}

function readPlain(cursor: Cursor, start: number, indent: number): YamlNode {
  const { text, lines } = cursor;
  let line = lines[cursor.next];
  let word = text.slice(start, line?.end);
  if (!isWordStart(text, start) && !PLAIN_START.test(word)) throw new Unusual();
  const comment = word.indexOf(' #');
  const isCut = comment >= 0;
  if (isCut) word = word.slice(0, comment);
  word = withoutEnd(word);
  refuseColon(word);
  cursor.next++;
  for (;;) {
    const below = lines[cursor.next];
    if (below === undefined || below.indent <= indent) break;
    const more = withoutEnd(text.slice(below.start, below.end));
    const isNext = below.number === (line?.number ?? 0) + 1;
    if (isCut || !isNext || more.includes(' #') || /^[-?:](?: |$)/.test(more)) throw new Unusual();
    refuseColon(more);
    word += ` ${more}`;
    line = below;
    cursor.next++;
  }
  return { kind: 'scalar', value: plainValue(word), at: start };
}

function refuseColon(word: string): void {
  if (word.endsWith(':') || word.includes(': ')) throw new Unusual();
}
