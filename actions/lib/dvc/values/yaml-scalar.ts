// One text as ruamel.yaml 0.18.16 and newer writes it (emitter.py: analyze_scalar, choose_scalar_style, write_*), so that
// dvc.lock is the same bytes whoever wrote it. Older versions fold long commands one word later; both read the same.
import { memberOf } from '#lib/dvc/values/yaml-node.ts';
import { readQuickYaml } from '#lib/dvc/values/yaml-quick.ts';
import { wordKind } from '#lib/dvc/values/yaml-types.ts';

/** Where the text starts: columns are counted in code points from 0. */
export interface ScalarPlace {
  readonly column: number;
  /** Where continued lines start. */
  readonly indent: number;
  /** Keys are never folded. */
  readonly fold: boolean;
}

const WIDTH = 80;
const BREAK = /[\n\u0085\u2028\u2029]/;
/** Neither printable ASCII nor a line break nor printable Unicode. */
const SPECIAL = /[^\n\x20-\x7e\u0085\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

/**
 * The text with quotes and folds where they are needed. Where ruamel folds so that it would not read the text back (runs
 * of spaces at a fold), the text is written on one line: DVC itself would see a changed command for ever.
 */
export function writeText(text: string, place: ScalarPlace): string {
  const written = writeFolded(text, place);
  return !written.includes('\n') || isReadBack(written, text)
    ? written
    : writeDouble(text, { ...place, fold: false });
}

function isReadBack(written: string, text: string): boolean {
  const read = memberOf(readQuickYaml(`key: ${written}`), 'key')?.value;
  return read?.kind === 'scalar' && read.value === text;
}

function writeFolded(text: string, place: ScalarPlace): string {
  if (canBePlain(text)) return writePlain(text, place);
  const needsEscapes = SPECIAL.test(text) || BREAK.test(text) || text.includes("'");
  return needsEscapes ? writeDouble(text, place) : writeSingle(text, place);
}

function canBePlain(text: string): boolean {
  if (wordKind(text) !== 'text') return false;
  if (/^[ ]|[ ]$/.test(text) || BREAK.test(text) || SPECIAL.test(text)) return false;
  if (/^(?:---|\.\.\.)/.test(text)) return false;
  if (/^[#,[\]{}&*!|>'"%@`]/.test(text) || /^[?:-](?:[ ]|$)/.test(text)) return false;
  return !/:(?:[ ]|$)|[ ]#/.test(text);
}

/** Text being written, and the column its end stands in. */
interface Line {
  readonly text: string;
  readonly column: number;
}

const append = (line: Line, part: string): Line => ({
  text: line.text + part,
  column: line.column + Array.from(part).length,
});

const newLine = (line: Line, indent: number): Line => ({
  text: `${line.text}\n${' '.repeat(indent)}`,
  column: indent,
});

/** A single space past the width becomes a line break; a word that would cross it goes to its own line. */
function writePlain(text: string, { column, indent, fold }: ScalarPlace): string {
  const parts = text.match(/ +|[^ ]+/g) ?? [];
  const written = parts.reduce<Line>(
    (line, part) => {
      if (part === ' ' && fold && line.column >= WIDTH) return newLine(line, indent);
      const isLongWord = !part.startsWith(' ') && Array.from(part).length + line.column > WIDTH;
      return append(isLongWord && line.column > indent ? newLine(line, indent) : line, part);
    },
    { text: '', column },
  );
  return written.text;
}

/** Only a single space between words, past the width, becomes a line break. */
function writeSingle(text: string, { column, indent, fold }: ScalarPlace): string {
  const parts = text.match(/ +|[^ ]+/g) ?? [];
  const written = parts.reduce<Line>(
    (line, part, index) => {
      const isInside = index > 0 && index < parts.length - 1;
      const breaks = part === ' ' && fold && isInside && line.column > WIDTH;
      return breaks ? newLine(line, indent) : append(line, part);
    },
    { text: "'", column: column + 1 },
  );
  return `${written.text}'`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\u0085': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function escapeCharacter(character: string): string | undefined {
  if (ESCAPES[character]) return ESCAPES[character];
  if (character !== '\ufeff' && !SPECIAL.test(character)) return undefined;
  const code = character.codePointAt(0) ?? 0;
  const [letter, digits] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8];
  return `\\${letter}${code.toString(16).toUpperCase().padStart(digits, '0')}`;
}

/** Follows write_double_quoted step by step: `start` is where the part not yet written begins. */
function writeDouble(text: string, { column, indent, fold }: ScalarPlace): string {
  const characters = Array.from(text);
  let line: Line = { text: '"', column: column + 1 };
  let start = 0;
  for (let end = 0; end <= characters.length; end++) {
    const character = characters[end];
    const escaped = character === undefined ? undefined : escapeCharacter(character);
    if (character === undefined || escaped !== undefined) {
      line = append(line, characters.slice(start, end).join('') + (escaped ?? ''));
      start = escaped === undefined ? end : end + 1;
    }
    const isInside = end > 0 && end < characters.length - 1 && (character === ' ' || start >= end);
    if (!fold || !isInside || line.column + (end - start) <= WIDTH) continue;
    const mark = joinsBySpace(characters, start, end) ? '' : '\\';
    line = newLine(append(line, characters.slice(start, end).join('') + mark), indent);
    start = Math.max(start, end);
    if (characters[start] !== ' ') continue;
    if (mark === '') start++;
    line = append(line, mark);
  }
  return `${line.text}"`;
}

/** True when the line break itself may stand for the space here, so that no backslash is needed. */
function joinsBySpace(characters: readonly string[], start: number, end: number): boolean {
  const space = characters.indexOf(' ', end);
  if (space < 0) return false;
  const breakAt = characters.slice(0, space).indexOf('\n', end);
  const next = breakAt < 0 ? space : breakAt;
  const after = characters[next + 1];
  if (after === undefined || (characters[next] === '\n' && after !== ' ')) return false;
  const word = characters.slice(end, next);
  const isQuoted = word.includes('"') || word.includes("'");
  const isRun = characters[end - 1] === ' ' && characters[end] === ' ';
  return !isQuoted && after !== ' ' && after !== '\n' && !isRun && start !== end;
}
