// The words of a Python file, a statement at a time: as much of the language as parameters are written in.
import { ConfigurationError } from '#lib/errors.ts';

/** A word with its place; `value` is a string's text, undefined for bytes and for strings with fields in them. */
export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'mark';
  readonly text: string;
  readonly value?: string | undefined;
}

/** One logical line: brackets and triple quotes may spread it over several. */
export interface Statement {
  readonly indent: number;
  readonly tokens: readonly Token[];
  readonly line: number;
}

const NUMBER =
  /(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:[0-9][0-9_]*)?\.?[0-9][0-9_]*\.?(?:[eE][-+]?[0-9_]+)?)[jJ]?/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const STRING = /([a-zA-Z]{0,2})("""|'''|"|')/y;
const MARK = /\*\*=?|\/\/=?|>>=?|<<=?|[-+*/%&|^=!<>:@]=|->|\.\.\.|[^\s]/uy;

/** @throws ConfigurationError for quotes or brackets that are never closed. */
export function readStatements(text: string, file: string): readonly Statement[] {
  const statements: Statement[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  let tokens: Token[] = [];
  let indent = 0;
  let isFresh = true;
  let start = 0;
  const open: number[] = [];
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
  const fail = (what: string, offset: number) =>
    new ConfigurationError(`This is not valid Python: ${what}`, {
      at: { file, line: lineOf(offset) },
      remedy: 'Mend the syntax at this place.',
    });
  const finish = () => {
    if (tokens.length > 0) statements.push({ indent, tokens, line: lineOf(start) });
    tokens = [];
    isFresh = true;
  };
  while (at < text.length) {
    const character = text[at] ?? '';
    if (isFresh && open.length === 0) {
      const spaces = /[ \t\f]*/y;
      spaces.lastIndex = at;
      const found = spaces.exec(text)?.[0] ?? '';
      at += found.length;
      indent = widthOf(found);
      start = at;
      isFresh = false;
    } else if (character === '\n') {
      if (open.length === 0) finish();
      at++;
    } else if (/\s/.test(character)) at++;
    else if (character === '#') at = endOfLine(text, at);
    else if (character === '\\' && /\r?\n/y.test(text.slice(at + 1, at + 3))) at = endOfLine(text, at) + 1;
    else {
      const token = readString(text, at, fail) ?? readWord(text, at);
      if (token.kind === 'mark' && '([{'.includes(token.text)) open.push(at);
      if (token.kind === 'mark' && ')]}'.includes(token.text)) open.pop();
      tokens.push(token);
      at += token.length;
    }
  }
  const unclosed = open.at(-1);
  if (unclosed !== undefined) throw fail('this bracket is never closed', unclosed);
  finish();
  return statements;
}

function widthOf(spaces: string): number {
  let width = 0;
  for (const space of spaces) width = space === '\t' ? width - (width % 8) + 8 : width + 1;
  return width;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

type Measured = Token & { readonly length: number };

function readWord(text: string, at: number): Measured {
  const kinds = [
    ['name', NAME],
    ['number', /[.0-9]/.test(text[at] ?? '') ? NUMBER : undefined],
    ['mark', MARK],
  ] as const;
  for (const [kind, pattern] of kinds) {
    if (!pattern) continue;
    pattern.lastIndex = at;
    const word = pattern.exec(text)?.[0];
    if (word) return { kind, text: word, length: word.length };
  }
  return { kind: 'mark', text: text[at] ?? '', length: 1 };
}

function readString(
  text: string,
  at: number,
  fail: (what: string, offset: number) => ConfigurationError,
): Measured | undefined {
  STRING.lastIndex = at;
  const [head, letters = '', quote = ''] = STRING.exec(text) ?? [];
  if (head === undefined) return undefined;
  const from = at + head.length;
  let end = from;
  while (!text.startsWith(quote, end)) {
    if (end >= text.length || (quote.length === 1 && text[end] === '\n')) {
      throw fail('this text is never closed', at);
    }
    end += text[end] === '\\' ? 2 : 1;
  }
  const raw = text.slice(from, end).replaceAll('\r\n', '\n');
  const isPlain = /^(?:|u|r)$/i.test(letters);
  const value = !isPlain ? undefined : /r/i.test(letters) ? raw : unescapePython(raw);
  return { kind: 'string', text: head, value, length: end + quote.length - at };
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function unescapePython(raw: string): string {
  return raw.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|(.))/gs,
    (whole, two?: string, four?: string, eight?: string, octal?: string, letter?: string) => {
      const digits = two ?? four ?? eight;
      if (digits !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(digits, 16), 0x10ffff));
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      return ESCAPES[letter ?? ''] ?? whole;
    },
  );
}
