// Patterns of paths, as shells have them: `*` and `?` within a name, `**` across folders, `[abc]` and `{a,b}`.

export interface PathPattern {
  /** The folders before the first mark, or the whole path where there is none; '' for all. */
  readonly start: string;
  readonly isPlain: boolean;
  readonly matches: (path: string) => boolean;
}

const MARKS = /[*?[\]{}]/;

/** @param text with forward slashes */
export function parsePattern(text: string): PathPattern {
  const names = text.split('/');
  const first = names.findIndex(name => MARKS.test(name));
  if (first < 0) return { start: text, isPlain: true, matches: path => path === text };
  const whole = new RegExp(`^${names.map(toExpression).join('')}$`, 'su');
  return {
    start: names.slice(0, first).join('/'),
    isPlain: false,
    matches: path => whole.test(`/${path}`),
  };
}

/** One name with the slash before it. A `*` does not begin with a dot, as in shells. */
function toExpression(name: string): string {
  if (name === '**') return '(?:/[^./][^/]*)*';
  let depth = 0;
  const text = name.replace(/\[(!?)([^\]]+)\]|\*+|[\s\S]/gu, (mark, not?: string, set?: string) => {
    if (set !== undefined) return `[${not ? '^/' : ''}${set.replace(/[\\[\]^&~|]/gu, String.raw`\$&`)}]`;
    if (mark.startsWith('*')) return '[^/]*';
    if (mark === '?') return '[^/]';
    if (mark === '{') depth++;
    if (mark === '{') return '(?:';
    if (mark === '}' && depth > 0) {
      depth--;
      return ')';
    }
    if (mark === ',' && depth > 0) return '|';
    return mark.replace(/[\\^$.|+()[\]{}/]/u, String.raw`\$&`);
  });
  const guard = /^[*?[]/u.test(name) ? '(?!\\.)' : '';
  return `/${guard}${text}${')'.repeat(depth)}`;
}

/** The `key=value` folders of a path, as Hive writes them. */
export function partitionOf(path: string): Readonly<Record<string, string>> {
  const folders = path.split('/').slice(0, -1);
  const pairs = folders.flatMap(folder => {
    const [, key, value] = /^([^=]+)=(.*)$/su.exec(folder) ?? [];
    return key === undefined || value === undefined ? [] : [[decode(key), decode(value)] as const];
  });
  return Object.fromEntries(pairs);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
