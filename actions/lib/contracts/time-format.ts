// Patterns of the JDK's DateTimeFormatter, which is how the standard has dates and times described. Only what means one
// thing and can be checked in full is understood; names of months and days are English.

export type TimePart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'optional'; readonly parts: readonly TimePart[] }
  /** One field, of so many letters. */
  | { readonly kind: 'field'; readonly letter: FieldLetter; readonly width: number };

export type FieldLetter =
  | 'y'
  | 'M'
  | 'd'
  | 'D'
  | 'E'
  | 'H'
  | 'h'
  | 'm'
  | 's'
  | 'S'
  | 'a'
  | 'X'
  | 'x'
  | 'Z'
  | 'V';

type Parsed =
  | { readonly parts: readonly TimePart[]; readonly reason?: never }
  | { readonly parts?: never; readonly reason: string };

/** The widths that each letter may have. */
const WIDTHS: Readonly<Record<FieldLetter, readonly number[]>> = {
  y: [2, 4],
  M: [1, 2, 3, 4],
  d: [1, 2],
  D: [1, 3],
  E: [1, 2, 3, 4],
  H: [1, 2],
  h: [1, 2],
  m: [1, 2],
  s: [1, 2],
  S: [1, 2, 3, 4, 5, 6],
  a: [1],
  X: [1, 2, 3],
  x: [1, 2, 3],
  Z: [1, 2, 3, 5],
  V: [2],
};
const ALIASES: Readonly<Record<string, FieldLetter>> = { u: 'y', L: 'M' };
const REMEDIES: Readonly<Record<string, string>> = {
  Y: 'is the year of a week; yyyy is the year of a date',
  z: 'is short for several zones; VV is the name of one',
  n: 'is written without leading zeros; S is a fraction of the second',
};
const TOKEN = /'(?:[^']|'')*'|([A-Za-z])\1*|[\s\S]/gu;

/** The parts of a pattern, or why it is not understood. */
export function parseTimeFormat(format: string): Parsed {
  const open: TimePart[][] = [[]];
  for (const [token] of format.matchAll(TOKEN)) {
    const [mark = ''] = token;
    if (mark === '[') open.push([]);
    else if (mark === ']') {
      const parts = open.length > 1 ? open.pop() : undefined;
      if (!parts) return { reason: `${format} closes a bracket that it did not open` };
      open.at(-1)?.push({ kind: 'optional', parts });
    } else {
      const part = readPart(token);
      if (typeof part === 'string') return { reason: `${part} in ${format} is not understood` };
      open.at(-1)?.push(part);
    }
  }
  const [parts = [], ...unclosed] = open;
  if (unclosed.length > 0) return { reason: `${format} opens a bracket that it does not close` };
  return explainOrder(parts, format) ?? { parts };
}

/** The part, or what is not understood. */
function readPart(token: string): TimePart | string {
  if (token === "''") return { kind: 'literal', text: "'" };
  if (token.length > 1 && token.startsWith("'"))
    return { kind: 'literal', text: token.slice(1, -1).replaceAll("''", "'") };
  if (/^[{}#']/u.test(token)) return token;
  if (!/^[A-Za-z]/u.test(token)) return { kind: 'literal', text: token };
  const [first = ''] = token;
  const letter = ALIASES[first] ?? first;
  const widths = Object.hasOwn(WIDTHS, letter) ? WIDTHS[letter as FieldLetter] : [];
  if (widths.includes(token.length))
    return { kind: 'field', letter: letter as FieldLetter, width: token.length };
  const remedy = REMEDIES[first];
  return remedy ? `${token} (which ${remedy})` : token;
}

/** Whether a field says in what zone the clock stands. */
export function isZone(letter: FieldLetter): boolean {
  return 'XxZV'.includes(letter);
}

/** A zone is read only at the end, and twelve hours only with their half of the day. */
function explainOrder(parts: readonly TimePart[], format: string): Parsed | undefined {
  const fields = flatten(parts).flatMap(part => (part.kind === 'field' ? [part.letter] : []));
  const zone = flatten(parts).findIndex(part => part.kind === 'field' && isZone(part.letter));
  if (zone >= 0 && zone < flatten(parts).length - 1)
    return { reason: `${format} has a zone before its end, which is not understood` };
  if (fields.includes('h') !== fields.includes('a'))
    return { reason: `${format} has h without a, or a without h` };
  if (fields.includes('D') && (fields.includes('d') || fields.includes('M')))
    return { reason: `${format} has the day of the year beside that of the month` };
  const twice = fields.find((letter, at) => fields.indexOf(letter) !== at);
  return twice === undefined ? undefined : { reason: `${format} has ${twice} twice` };
}

function flatten(parts: readonly TimePart[]): readonly TimePart[] {
  return parts.flatMap(part => (part.kind === 'optional' ? flatten(part.parts) : [part]));
}
