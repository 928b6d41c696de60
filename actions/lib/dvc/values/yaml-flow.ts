// `[a, b]` and `{a: b}` on one line, for the quick reader.
import type { Scalar } from '#lib/dvc/values/value.ts';
import type { Member, YamlNode } from '#lib/dvc/values/yaml-node.ts';
import { closingQuote, readQuoted, Unusual } from '#lib/dvc/values/yaml-quoted.ts';
import { readWord, wordKind } from '#lib/dvc/values/yaml-types.ts';

/** A node and the offset after it. */
export interface Read<Node> {
  readonly node: Node;
  readonly end: number;
}

/** A word as its type; dates and merge keys are left to the general reader. */
export function plainValue(word: string): Scalar {
  if (isLetter(word.charCodeAt(0)) && !MEANINGS.has(word)) return word;
  if (isShortNumber(word)) return BigInt(word);
  const kind = wordKind(word);
  if (kind === 'timestamp' || kind === 'mark') throw new Unusual();
  return readWord(word);
}

/** All that a word of letters can mean but itself. */
const MEANINGS = new Set(['true', 'True', 'TRUE', 'false', 'False', 'FALSE', 'null', 'Null', 'NULL']);

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code === 47;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isShortNumber(word: string): boolean {
  if (word.length === 0 || word.length > 15) return false;
  for (let at = 0; at < word.length; at++) if (!isDigit(word.charCodeAt(at))) return false;
  return true;
}

/** True for what may begin an unquoted text whatever follows; for others the rules of YAML have to be asked. */
export function isWordStart(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return isLetter(code) || isDigit(code);
}

/** Reads the list or map that opens at `start`; `limit` is the end of its line. */
export function readFlow(text: string, start: number, limit: number): Read<YamlNode> {
  const closer = text[start] === '[' ? ']' : '}';
  const items: YamlNode[] = [];
  const members: Member[] = [];
  let at = skipSpaces(text, start + 1);
  while (text[at] !== closer) {
    const first = readPart(text, at, limit);
    let end = skipSpaces(text, first.end);
    if (closer === '}') {
      if (first.node.kind !== 'scalar' || text[end] !== ':' || text[end + 1] !== ' ') throw new Unusual();
      const { value: key, at: keyAt } = first.node;
      if (members.some(member => String(member.key) === String(key))) throw new Unusual();
      const second = readPart(text, skipSpaces(text, end + 1), limit);
      members.push({ key, keyAt, value: second.node });
      end = skipSpaces(text, second.end);
    } else items.push(first.node);
    if (text[end] === ',') at = skipSpaces(text, end + 1);
    else if (text[end] === closer) at = end;
    else throw new Unusual();
    if (at >= limit) throw new Unusual();
  }
  const node: YamlNode =
    closer === ']' ? { kind: 'list', items, at: start } : { kind: 'map', members, at: start };
  return { node, end: at + 1 };
}

function readPart(text: string, at: number, limit: number): Read<YamlNode> {
  const character = text[at];
  if (character === '[' || character === '{') return readFlow(text, at, limit);
  if (character === '"' || character === "'") {
    const end = closingQuote(text, at);
    if (end >= limit) throw new Unusual();
    return {
      node: { kind: 'scalar', value: readQuoted(text.slice(at + 1, end), character), at },
      end: end + 1,
    };
  }
  const simple = simpleEnd(text, at);
  if (simple > at)
    return { node: { kind: 'scalar', value: plainValue(text.slice(at, simple)), at }, end: simple };
  const word = /[^,[\]{}#:&*!|>'"%@`? -](?:[^,[\]{}#:\n]|:(?![ ,[\]{}\n]))*/y;
  word.lastIndex = at;
  const found = withoutEnd(word.exec(text)?.[0] ?? '');
  if (!found) throw new Unusual();
  return { node: { kind: 'scalar', value: plainValue(found), at }, end: at + found.length };
}

/** Where a word of letters, digits and `_./-` ends right before a comma or bracket; -1 for any other. */
function simpleEnd(text: string, at: number): number {
  if (!isWordStart(text, at)) return -1;
  let end = at + 1;
  for (
    let code = text.charCodeAt(end);
    isLetter(code) || (code >= 45 && code <= 57);
    code = text.charCodeAt(end)
  )
    end++;
  const next = text[end];
  return next === ',' || next === ']' || next === '}' ? end : -1;
}

function skipSpaces(text: string, at: number): number {
  let next = at;
  while (text.charCodeAt(next) === 32) next++;
  return next;
}

/** Without the spaces at the end; other white space is text to YAML. */
export function withoutEnd(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === 32) end--;
  return end === text.length ? text : text.slice(0, end);
}
