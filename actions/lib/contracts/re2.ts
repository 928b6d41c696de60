// Patterns in contracts are ECMA-262, DuckDB runs RE2. They share most of their syntax but not all of its meaning, and a
// row must not pass because of that: what means something else is rewritten, what RE2 cannot do is refused with a reason.
import { isPattern } from '#lib/contracts/odcs-options.ts';

/** White space of ECMA-262 (WhiteSpace and LineTerminator) as members of a class. */
const SPACES = String.raw`\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`;

const ESCAPE = String.raw`\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u\{[0-9a-fA-F]+\}|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\c[A-Za-z]|\\[pP]\{[^}]*\}|\\0[0-9]|\\[^]`;
const OUTSIDE = new RegExp(String.raw`${ESCAPE}|\(\?<?[=!]|\(\?<[^>]*>|\(\?[a-z-]+:|\[\^?\]|\[\^?|[^]`, 'uy');
const INSIDE = new RegExp(`${ESCAPE}|[^]`, 'uy');

/** Whole tokens outside a class that are written otherwise in RE2. */
const REWRITTEN: ReadonlyMap<string, string> = new Map([
  ['.', String.raw`[^\n\r\x{2028}\x{2029}]`],
  [String.raw`\s`, `[${SPACES}]`],
  [String.raw`\S`, `[^${SPACES}]`],
  ['[^]', String.raw`[\x{0}-\x{10ffff}]`],
]);
const REWRITTEN_INSIDE: ReadonlyMap<string, string> = new Map([
  ['[', String.raw`\[`],
  [String.raw`\s`, SPACES],
  [String.raw`\b`, String.raw`\x{8}`],
]);
const OLD_KIND = 'it has an escape that only patterns without the Unicode flag have';
/** Tokens that RE2 has nothing for, and why. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^\(\?<?[=!]/, 'it looks ahead or behind'],
  [/^\\([1-9]|k)/, 'it refers back to a group'],
  [/^\(\?[a-z-]+:/, 'it changes flags inside'],
  [/^\[\]/, 'it has an empty class'],
  [/^\\(0[0-9]|[cuxpP]$)/, OLD_KIND],
];

type Translation =
  | { readonly pattern: string; readonly reason?: never }
  | { readonly pattern?: never; readonly reason: string };

/**
 * The same pattern in RE2, read as with the Unicode flag (one character is one code point), or why there is none.
 * RE2 may still refuse the answer, for example for a repetition above 1000.
 */
export function toRe2(pattern: string): Translation {
  if (!pattern.isWellFormed()) return { reason: 'it holds half a character' };
  if (!isPattern(pattern)) return { reason: 'it is not a regular expression' };
  if (!isPattern(pattern, ['u']) && /\\[upP]\{/.test(pattern)) return { reason: OLD_KIND };
  let isInside = false;
  let translated = '';
  for (let at = 0; at < pattern.length; ) {
    const tokens: RegExp = isInside ? INSIDE : OUTSIDE;
    tokens.lastIndex = at;
    const token: string = tokens.exec(pattern)?.[0] ?? '';
    const reason = explainToken(token, { isInside });
    if (reason !== undefined) return { reason };
    translated += (isInside ? REWRITTEN_INSIDE : REWRITTEN).get(token) ?? translateToken(token);
    isInside = isInside ? token !== ']' : token === '[' || token === '[^';
    at += token.length;
  }
  return { pattern: translated };
}

function explainToken(token: string, { isInside }: { readonly isInside: boolean }): string | undefined {
  if (isInside && token === String.raw`\S`) return String.raw`it has \S inside a class`;
  if (/^\\u[dD][89a-fA-F]..$/.test(token)) return 'it holds half a character';
  return REFUSED.find(([form]) => form.test(token))?.[1];
}

function translateToken(token: string): string {
  if (token.startsWith('(?<')) return '(';
  if (!token.startsWith('\\')) return token;
  const [kind = '', rest = ''] = token.slice(1);
  if (kind === 'u' || kind === 'x') return `\\x{${codePointOf(token).toString(16)}}`;
  if (kind === 'c') return `\\x{${(rest.charCodeAt(0) % 32).toString(16)}}`;
  if (kind === '0') return String.raw`\x{0}`;
  // A letter without a meaning of its own stands for itself in ECMA-262; RE2 has meanings for some of them.
  const isLiteralLetter = /^[A-Za-z]$/.test(kind) && !/^[dDwWbBtnrfvpP]$/.test(kind);
  return isLiteralLetter ? kind : token;
}

function codePointOf(token: string): number {
  const units = Array.from(token.matchAll(/(?<=[ux]\{?)[0-9a-fA-F]+/g), ([digits]) =>
    Number.parseInt(digits, 16),
  );
  const [first = 0, second] = units;
  return second === undefined ? first : (first - 0xd800) * 0x400 + (second - 0xdc00) + 0x10000;
}
