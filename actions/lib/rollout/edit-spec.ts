// Edits of a rollout's text that touch only the bytes they are about. Each takes and gives whole text, so that each
// may parse anew; layouts they do not know are left to the caller's check.
import { isMap, isScalar, type Node, type Pair, parseDocument, type YAMLMap } from 'yaml';
import type { Revision } from '#lib/rollout/intent.ts';

type Revisions = Readonly<Record<string, Revision>>;

interface Entry {
  readonly key: string;
  readonly value: Node | null;
  /** Of the key, and the end of the value without a comment after it. */
  readonly start: number;
  readonly end: number;
}

/** Sets `spec.<key>`, or adds it after another key of spec when it is not there. */
export function setSpecValue(text: string, key: string, options: { value: unknown; after: string }): string {
  const { value, after } = options;
  const spec = mapAt(text, ['spec']);
  const entries = entriesOf(spec);
  const entry = entries.find(one => one.key === key);
  if (isScalar(entry?.value) && entry.value.range) {
    const [from, to] = entry.value.range;
    const space = text[from - 1] === ':' ? ' ' : '';
    return `${text.slice(0, from)}${space}${value}${text.slice(to)}`;
  }
  const neighbour = entries.find(one => one.key === after);
  if (entry || !neighbour) return text;
  if (spec?.flow) return splice(text, neighbour.end, `, ${key}: ${value}`);
  const indent = text.slice(lineStart(text, neighbour.start), neighbour.start);
  return splice(text, lineEnd(text, neighbour.end), `${indent}${key}: ${value}${newline(text)}`);
}

/** Makes `spec.revisions` these: an entry that stays keeps its bytes, others go with their line, new ones come last. */
export function setRevisions(text: string, revisions: Revisions): string {
  const map = mapAt(text, ['spec', 'revisions']);
  if (!map?.range) return text;
  if (map.flow) return text.slice(0, map.range[0]) + flow(revisions) + text.slice(map.range[1]);
  const entries = entriesOf(map);
  const last = entries.at(-1);
  if (!last) return text;
  const stays = ({ key, value }: Entry) =>
    Object.hasOwn(revisions, key) && isMap(value) && same(value.toJSON(), revisions[key]);
  const kept = new Set(entries.filter(stays).map(({ key }) => key));
  const added = Object.entries(revisions)
    .filter(([version]) => !kept.has(version))
    .map(([version, revision]) => line(text, last, { version, revision }))
    .join('');
  const grown = splice(text, lineEnd(text, last.end), added);
  return entries
    .filter(({ key }) => !kept.has(key))
    .toReversed()
    .reduce(
      (rest, { start, end }) => rest.slice(0, lineStart(text, start)) + rest.slice(lineEnd(text, end)),
      grown,
    );
}

/** A revision laid out as its neighbour is. */
function line(
  text: string,
  { start, value }: Entry,
  { version, revision }: { readonly version: string; readonly revision: Revision },
): string {
  const eol = newline(text);
  const indent = text.slice(lineStart(text, start), start);
  if (!isMap(value) || value.flow) return `${indent}${version}: ${flow(revision)}${eol}`;
  const [first] = entriesOf(value);
  const inner = first ? text.slice(lineStart(text, first.start), first.start) : `${indent}  `;
  const members = Object.entries(revision).map(([key, member]) => `${inner}${key}: ${member}${eol}`);
  return `${indent}${version}:${eol}${members.join('')}`;
}

function flow(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const members = Object.entries(value).map(([key, member]) => `${key}: ${flow(member)}`);
  return `{${members.join(', ')}}`;
}

function same(a: Partial<Revision>, b: Revision | undefined): boolean {
  return a.model === b?.model && a.image === b?.image;
}

function mapAt(text: string, path: readonly string[]): YAMLMap | undefined {
  const node = parseDocument(text).getIn(path, true);
  return isMap(node) ? node : undefined;
}

function entriesOf(map: YAMLMap | undefined): readonly Entry[] {
  return (map?.items ?? []).flatMap(({ key, value }: Pair<unknown, unknown>) => {
    if (!isScalar(key) || !key.range) return [];
    const node = isMap(value) || isScalar(value) ? value : null;
    return [
      { key: String(key.value), value: node, start: key.range[0], end: node?.range?.[1] ?? key.range[1] },
    ];
  });
}

function splice(text: string, at: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at);
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Behind the line break; a block value ends behind its own already. */
function lineEnd(text: string, offset: number): number {
  if (text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

function newline(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
