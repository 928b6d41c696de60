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
  if (/^[A-EG-MO-SU-Za-eg-mo-su-z/]/.test(word)) return word;
  const kind = wordKind(word);
  if (kind === 'timestamp' || kind === 'mark') throw new Unusual();
  return readWord(word);
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
  const word = /[^,[\]{}#:&*!|>'"%@`? -](?:[^,[\]{}#:\n]|:(?![ ,[\]{}\n]))*/y;
  word.lastIndex = at;
  const found = withoutEnd(word.exec(text)?.[0] ?? '');
  if (!found) throw new Unusual();
  return { node: { kind: 'scalar', value: plainValue(found), at }, end: at + found.length };
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
  return text.slice(0, end);
}
