// Writes the tree that keeps comments, with ruamel.yaml's layout: two spaces a level, dashes at the level of their key, a
// comment at the column it had, or one space after a value that grew into it.
import type { RoundDocument, RoundMap, RoundNode, RoundScalar, Trivia } from '#lib/dvc/values/round-trip.ts';
import { formatFloat, type Scalar } from '#lib/dvc/values/value.ts';
import { writeText } from '#lib/dvc/values/yaml-scalar.ts';

const LEVEL = 2;

export function writeRoundTrip({ head, root }: RoundDocument): string {
  const body = root.flow
    ? `${flowText(root)}${writeTrivia(root.after, Array.from(flowText(root)).length)}`
    : writeMembers(root, 0);
  const text = head + body;
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** Lines that end in a newline, the first one indented as well. */
function writeMembers({ members }: RoundMap, indent: number): string {
  const pad = ' '.repeat(indent);
  return members
    .map(({ key, value, below }) => {
      const name = `${pad}${writeKey(key, indent)}:`;
      return name + writeValue(value, { below, indent, column: Array.from(name).length });
    })
    .join('');
}

interface Place {
  readonly below: Trivia;
  /** Of the key or dash that the value belongs to. */
  readonly indent: number;
  /** After its colon. */
  readonly column: number;
}

function writeValue(value: RoundNode, { below, indent, column }: Place): string {
  if (value.kind === 'scalar') return writeLeaf(value, { indent: indent + LEVEL, column, space: ' ' });
  if (value.flow) {
    const text = ` ${flowText(value)}`;
    return text + writeTrivia(value.after, column + Array.from(text).length);
  }
  const start = writeTrivia(below, column);
  return start + (value.kind === 'map' ? writeMembers(value, indent + LEVEL) : writeItems(value, indent));
}

function writeItems(list: Extract<RoundNode, { kind: 'list' }>, indent: number): string {
  const dash = `${' '.repeat(indent)}-`;
  return list.items
    .map(({ before, node }) => {
      if (node.kind === 'scalar') {
        // Nothing after a dash keeps the space, unlike nothing after a colon.
        return `${dash} ${writeLeaf(node, { indent: indent + LEVEL, column: dash.length + 1, space: '' })}`;
      }
      if (node.flow)
        return `${dash} ${flowText(node)}${writeTrivia(node.after, dash.length + 1 + flowText(node).length)}`;
      const inner =
        node.kind === 'map' ? writeMembers(node, indent + LEVEL) : writeItems(node, indent + LEVEL);
      return `${before}${dash} ${inner.slice(indent + LEVEL)}`;
    })
    .join('');
}

interface LeafPlace {
  readonly indent: number;
  readonly column: number;
  readonly space: string;
}

function writeLeaf(leaf: RoundScalar, { indent, column, space }: LeafPlace): string {
  if (leaf.block) {
    const lines = leaf.block.lines.map(line => (line === '' ? '\n' : `${' '.repeat(indent)}${line}\n`));
    return `${space}${leaf.block.head}\n${lines.join('')}${leaf.after.lines}`;
  }
  const text = leafText(leaf, { indent, column: column + space.length });
  const written = text === '' ? '' : space + text;
  return written + writeTrivia(leaf.after, endColumn(written, column));
}

function endColumn(written: string, column: number): number {
  const at = written.lastIndexOf('\n');
  return at < 0 ? column + Array.from(written).length : Array.from(written.slice(at + 1)).length;
}

function leafText(
  { value, source }: RoundScalar,
  { indent, column }: { readonly indent: number; readonly column: number },
): string {
  if (typeof value === 'boolean') return String(value);
  if (source !== undefined) return source;
  if (typeof value === 'string') return writeText(value, { column, indent, fold: true });
  return plainText(value);
}

function plainText(value: Exclude<Scalar, string>): string {
  if (value === null) return '';
  if (typeof value !== 'number') return String(value);
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  return formatFloat(value);
}

function writeKey(key: Scalar, indent: number): string {
  return typeof key === 'string'
    ? writeText(key, { column: indent, indent: indent + LEVEL, fold: false })
    : plainText(key);
}

/** A comment goes back to its column, with one space at least. */
function writeTrivia({ comment, lines }: Trivia, column: number): string {
  if (!comment) return `\n${lines}`;
  return `${' '.repeat(Math.max(1, comment.column - column))}${comment.text}\n${lines}`;
}

/** Characters that end a plain text inside braces or brackets. */
const FLOW_MARK = /[,[\]{}]/u;

function flowText(node: RoundNode): string {
  if (node.kind === 'scalar') return flowScalar(node);
  if (node.kind === 'list') return `[${node.items.map(({ node: item }) => flowItem(item)).join(', ')}]`;
  return `{${flowMembers(node)}}`;
}

/** A map of one key needs no braces inside brackets. */
function flowItem(item: RoundNode): string {
  return item.kind === 'map' && item.members.length === 1 ? flowMembers(item) : flowText(item);
}

function flowMembers({ members }: RoundMap): string {
  return members
    .map(({ key, value }) =>
      `${flowScalar({ kind: 'scalar', value: key, after: { lines: '' } })}: ${flowText(value)}`.trimEnd(),
    )
    .join(', ');
}

function flowScalar(scalar: RoundScalar): string {
  const text = leafText(scalar, { indent: 0, column: 0 });
  const isQuoted = /^["']/u.test(text);
  return typeof scalar.value === 'string' && !isQuoted && FLOW_MARK.test(text)
    ? `'${text.replaceAll("'", "''")}'`
    : text;
}
