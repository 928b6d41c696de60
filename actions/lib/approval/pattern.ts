// Which paths a CODEOWNERS pattern covers. Git's rules are not GitHub's (`docs/*` stays in its folder, no `!`, no `[ ]`),
// and the libraries for it name wrong owners. Never a regular expression: the time is bounded by pattern times path.

/** Any number of folders in a pattern, any number of characters in a segment; also none. */
const gap = null;
/** Stands for any one character of a segment. */
const anyCharacter = -1;

type Gapped<Part> = readonly (Part | typeof gap)[];
/** Code points, `anyCharacter` and gaps of one name between slashes. */
type NamePattern = Gapped<number>;

/** A pattern made ready for many paths. */
export interface Pattern {
  readonly text: string;
  readonly segments: Gapped<NamePattern>;
}

/** A path cut at its slashes, as code points, so that many patterns can be tried on it. */
export type PathParts = readonly (readonly number[])[];

const anyName: NamePattern = [gap];

/** Reads a pattern as it stands in the file, escapes included; one that GitHub does not take says why. */
export function parsePattern(text: string): Pattern | { readonly invalid: string } {
  const invalid = refuse(text);
  if (invalid !== undefined) return { invalid };
  const names = splitNames(text);
  const isBelow = names.length > 1 && names.at(-1) === '';
  if (isBelow) names.pop();
  const isAnchored = names.length > 1;
  if (names[0] === '') names.shift();
  const parts = names.map(name => (name === '**' ? gap : parseName(name)));
  const head = isAnchored ? parts : [gap, ...parts];
  return { text, segments: withoutRepeatedGaps([...head, ...tailOf(names.at(-1), isBelow)]) };
}

/** True when the pattern covers this file; paths are relative to the repository, with `/` between names. */
export function matchesPath(pattern: Pattern, path: PathParts): boolean {
  return fitsAll(pattern.segments, path, (name, part) => fitsAll(name, part, isSameCharacter));
}

/** Cuts a path for `matchesPath`. */
export function splitPath(path: string): PathParts {
  return path.split('/').map(toCodePoints);
}

function refuse(text: string): string | undefined {
  if (text === '') return 'the pattern is empty';
  if (text.includes('#')) return '# starts a comment, also after a backslash';
  if (text.startsWith('!')) return '! does not take a path out here; write a later line for it';
  if (text === '/') return '/ alone never matches anything; * matches everything';
  if (text.includes('***')) return 'three asterisks in a row have no meaning; write ** or *';
  if (/(?:^|[^\\])(?:\\\\)*\\$/u.test(text)) return 'the backslash at the end escapes nothing; not even a #';
  return undefined;
}

/** Cuts at slashes; an escaped slash is a slash. */
function splitNames(text: string): string[] {
  return text
    .replace(/\\(.)/gsu, (escaped, character: string) => (character === '/' ? '/' : escaped))
    .split('/');
}

/** A folder's files at every depth; a lone `*` at the end of a path is the one name that reaches no deeper. */
function tailOf(last: string | undefined, isBelow: boolean): Gapped<NamePattern> {
  if (isBelow || last === '**') return [gap, anyName];
  return last === '*' ? [] : [gap];
}

function parseName(name: string): NamePattern {
  const characters = Array.from(name);
  const parts: (number | typeof gap)[] = [];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i] ?? '';
    if (character === '*') parts.push(gap);
    else if (character === '?') parts.push(anyCharacter);
    else parts.push(...toCodePoints(character === '\\' ? (characters[++i] ?? '') : character));
  }
  return withoutRepeatedGaps(parts);
}

function toCodePoints(text: string): number[] {
  return Array.from(text, character => character.codePointAt(0) ?? 0);
}

function withoutRepeatedGaps<Part>(parts: Gapped<Part>): Gapped<Part> {
  return parts.filter((part, index) => part !== gap || parts[index - 1] !== gap);
}

function isSameCharacter(expected: number, found: number): boolean {
  return expected === anyCharacter || expected === found;
}

/** Only the last gap is ever widened: what lay before it already found its earliest place. */
function fitsAll<Part, Item>(
  pattern: Gapped<Part>,
  items: readonly Item[],
  fits: (part: Part, item: Item) => boolean,
): boolean {
  let next = 0;
  let afterGap: number | undefined;
  let gapEnd = 0;
  for (let i = 0; i < items.length; ) {
    const part = pattern[next];
    if (part === gap) {
      afterGap = ++next;
      gapEnd = i;
    } else if (part !== undefined && fits(part, items[i] as Item)) {
      next++;
      i++;
    } else if (afterGap !== undefined) {
      next = afterGap;
      i = ++gapEnd;
    } else return false;
  }
  return pattern.slice(next).every(part => part === gap);
}
