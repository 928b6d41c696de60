// Text in quotes, over one line or several, as YAML reads it.

/** What the quick reader leaves to the general one: not wrong, only not worth a quick way. */
export class Unusual extends Error {}

/** The offset of the closing quote of text that opens at `start`. */
export function closingQuote(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '\\' && quote === '"') at++;
    else if (character === quote) {
      if (quote === '"' || text[at + 1] !== quote) return at;
      at++;
    }
  }
  throw new Unusual();
}

/** The text between the quotes; lines are joined by a space. @throws Unusual for empty lines. */
export function readQuoted(raw: string, quote: string): string {
  if (/\n *\n/.test(raw)) throw new Unusual();
  if (quote === "'") return raw.replace(/ *\n */g, ' ').replaceAll("''", "'");
  if (!/[\\\n]/.test(raw)) return raw;
  return raw.replace(
    /\\(?:\n *|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[^\n])| *\n */g,
    (match, two?: string, four?: string, eight?: string) => {
      const digits = two ?? four ?? eight;
      if (digits !== undefined) return fromCode(Number.parseInt(digits, 16));
      if (match[0] !== '\\') return ' ';
      return match[1] === '\n' ? '' : characterOf(match);
    },
  );
}

function fromCode(code: number): string {
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new Unusual();
  return String.fromCodePoint(code);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\0': '\0',
  '\\a': '\x07',
  '\\b': '\b',
  '\\t': '\t',
  '\\n': '\n',
  '\\v': '\v',
  '\\f': '\f',
  '\\r': '\r',
  '\\e': '\x1b',
  '\\ ': ' ',
  '\\"': '"',
  '\\/': '/',
  '\\\\': '\\',
  '\\N': '\u0085',
  '\\_': '\u00a0',
  '\\L': '\u2028',
  '\\P': '\u2029',
};

function characterOf(sequence: string): string {
  const character = ESCAPES[sequence];
  if (character === undefined) throw new Unusual();
  return character;
}
