// `${...}` in a text of dvc.yaml: what stands between the braces is a dotted path, `l[0]` for items of a list; `\${` is
// left alone. The grammar is DVC's (parsing/interpolate.py), white space included.

/** One `${...}`. */
export interface Interpolation {
  /** Between the braces, as written. */
  readonly inner: string;
  /** Keys and indexes to follow; undefined when it is no path. */
  readonly path: readonly string[] | undefined;
  /** Offset in the text. */
  readonly index: number;
  readonly length: number;
}

const INTERPOLATION = /(?<!\\)\$\{(.*?)\}/g;
const PATH = /^[^.[\]]+(?:\s*(?:\.[^.[\]]+|\[[^.[\]]+\]))*\s*$/;

const known = new Map<string, readonly Interpolation[]>();
const MAX_KNOWN = 10_000;

/** Every interpolation of a text, in its order. */
export function findInterpolations(text: string): readonly Interpolation[] {
  if (!text.includes('${')) return [];
  const before = known.get(text);
  if (before) return before;
  const found = [...text.matchAll(INTERPOLATION)].map(({ 0: whole, 1: inner = '', index }) => ({
    inner,
    path: PATH.test(inner) ? splitPath(inner) : undefined,
    index,
    length: whole.length,
  }));
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(text, found);
  return found;
}

function splitPath(inner: string): readonly string[] {
  return inner
    .replaceAll('[', '.')
    .replaceAll(']', '')
    .split('.')
    .map(part => part.trim());
}

/** True when the text is one interpolation and nothing else: its value keeps its type. */
export function isWhole(text: string, [first, second]: readonly Interpolation[]): boolean {
  return first !== undefined && second === undefined && first.length === text.length;
}

/** Text after DVC's escapes are taken out. */
export function unescapeTemplate(text: string): string {
  return text.replaceAll('\\${', '${');
}
