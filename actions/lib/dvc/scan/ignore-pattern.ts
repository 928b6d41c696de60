// Patterns of .dvcignore as DVC 3.67 reads them: git's rules with a few turns of its own, which are kept, since what is
// left out of a folder changes the folder's hash.
import { ConfigurationError, errorMessage, type Location } from '#lib/errors.ts';

/** A pattern that holds below the root, and where it was written. */
export interface Pattern {
  readonly pattern: string;
  /** As DVC shows it, such as `.dvcignore:3:*.log`. */
  readonly origin: string;
  readonly at?: Location | undefined;
}

/** The pattern that decides about a path by itself, whatever is said of the folders above. */
export type FindPattern = (relpath: string, isFolder: boolean) => Decision | undefined;

export interface Decision {
  readonly isIgnored: boolean;
  readonly origin: string;
}

interface Rule {
  readonly decision: Decision;
  readonly regex: RegExp;
  readonly isFoldersOnly: boolean;
}

/** @throws ConfigurationError for a pattern that ends in a backslash or has a range that runs backwards. */
export function compilePatterns(patterns: readonly Pattern[]): FindPattern {
  const groups: Rule[][] = [];
  for (const rule of patterns.flatMap(compileRule)) {
    const group = groups.at(-1);
    if (group && belongs(rule, group)) group.push(rule);
    else groups.push([rule]);
  }
  groups.reverse();
  return (relpath, isFolder) => {
    for (const group of groups) {
      if (group[0]?.isFoldersOnly && !isFolder) continue;
      const found =
        group.find(({ regex }) => regex.test(relpath)) ??
        (isFolder ? group.find(({ regex }) => regex.test(`${relpath}/`)) : undefined);
      if (found) return found.decision;
    }
    return undefined;
  };
}

/** DVC tries neighbours of one kind together: then the first of them that fits is named. Negations stand alone. */
function belongs({ decision, isFoldersOnly }: Rule, [first]: readonly Rule[]): boolean {
  return decision.isIgnored && first?.decision.isIgnored === true && first.isFoldersOnly === isFoldersOnly;
}

function compileRule({ pattern, origin, at }: Pattern): readonly Rule[] {
  if (pattern === '' || pattern === '/' || pattern.startsWith('#')) return [];
  const isIgnored = !pattern.startsWith('!');
  const isFoldersOnly = pattern.endsWith('/');
  try {
    const source = toSource(isIgnored ? pattern : pattern.slice(1), isFoldersOnly);
    if (source === undefined) return [];
    return [{ decision: { isIgnored, origin }, isFoldersOnly, regex: new RegExp(source, 'u') }];
  } catch (cause) {
    throw new ConfigurationError(`The pattern "${pattern}" cannot be read: ${errorMessage(cause)}`, {
      at,
      remedy: 'Write it as in a .gitignore file.',
      cause,
    });
  }
}

/** Undefined for a pattern that never fits. */
function toSource(pattern: string, isFoldersOnly: boolean): string | undefined {
  const segments = toSegments(pattern.split('/'));
  const text = segments.join('/');
  // Some of these DVC fits to paths that begin with a slash, and there are none.
  if (text === '**/*/**') return undefined;
  if (text === '**' || text === '**/*') return isFoldersOnly ? undefined : '^.';
  const parts: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === '**') {
      parts.push(index === 0 ? '^(?:.+/)?' : isLast ? '/' : '(?:/.+)?');
      continue;
    }
    if (index === 0) parts.push('^');
    else if (index > 1 || segments[0] !== '**') parts.push('/');
    const source = segment === '*' ? '[^/]+' : toSegmentSource(segment);
    if (source === undefined) return undefined;
    parts.push(isLast ? `${source}(?:/|$)` : source);
  }
  return parts.join('');
}

/** A name alone fits at any depth, a slash at its end stands for all below, and neighbouring `**` are one. */
function toSegments(written: readonly string[]): readonly string[] {
  const segments = [...written];
  if (segments[0] === '') segments.shift();
  else if (segments.length === 1 || (segments.length === 2 && segments[1] === '')) segments.unshift('**');
  if (segments.at(-1) === '') segments[segments.length - 1] = '**';
  return segments.filter((segment, index) => segment !== '**' || segments[index - 1] !== '**');
}

/** Undefined for a bracket that is never closed: git does not use such a pattern. */
function toSegmentSource(segment: string): string | undefined {
  let source = '';
  for (let at = 0; at < segment.length; at++) {
    const char = segment[at] ?? '';
    if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '\\') {
      at += 1;
      const next = segment[at];
      if (next === undefined) throw new Error('nothing follows the backslash at its end');
      source += escapeChar(next);
    } else if (char === '[') {
      const end = findBracketEnd(segment, at + 1);
      if (end === undefined) return undefined;
      source += toClass(segment.slice(at + 1, end));
      at = end;
    } else source += escapeChar(char);
  }
  return source;
}

/** A bracket that closes at once is one of the characters. */
function findBracketEnd(segment: string, start: number): number | undefined {
  let at = start;
  if (segment[at] === '!' || segment[at] === '^') at += 1;
  if (segment[at] === ']') at += 1;
  const end = segment.indexOf(']', at);
  return end < 0 ? undefined : end;
}

function toClass(inner: string): string {
  const isNegative = inner.startsWith('!') || inner.startsWith('^');
  const characters = (isNegative ? inner.slice(1) : inner).replace(/[\\\][]/g, '\\$&');
  return `[${isNegative ? '^' : ''}${characters}]`;
}

function escapeChar(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}
