// The INI dialect of DVC's configuration, as ConfigObj 5 reads it: quoted names and values, lists by comma, triple quotes
// over several lines, comments. Everything keeps its place for messages, and its comments for whoever writes it again.
import { ConfigurationError, type Location } from '#lib/errors.ts';

/** `a, b` without quotes is a list. */
export type IniValue = string | readonly string[];

export interface IniEntry {
  readonly key: string;
  readonly value: IniValue;
  /** The comment and empty lines above it, as they stand. */
  readonly comments: readonly string[];
  /** The comment behind it, from its `#`; '' without one. */
  readonly inline: string;
  readonly at: Location;
}

export interface IniSection {
  /** Without brackets and quotes, such as `core` or `remote "store"`. */
  readonly name: string;
  readonly entries: readonly IniEntry[];
  readonly comments: readonly string[];
  readonly inline: string;
  readonly at: Location;
}

export interface IniFile {
  readonly initialComment: readonly string[];
  readonly finalComment: readonly string[];
  readonly sections: readonly IniSection[];
}

/** Configuration is short; what is longer than this was not written as one. */
const MAX_TEXT = 1024 * 1024;
const MAX_LINE = 16 * 1024;

const SECTION = /^(\s*)((?:\[\s*)+)("\s*\S.*?\s*"|'\s*\S.*?\s*'|[^'"\s].*?)((?:\s*\])+)\s*(#.*)?$/u;
const KEYWORD = /^(\s*)(".*?"|'.*?'|[^'"=].*?)\s*=\s*(.*)$/u;
const VALUE =
  /^(?:((?:(?:".*?"|'.*?'|[^'",#][^,#]*?)\s*,\s*)*)(".*?"|'.*?'|[^'",#\s][^,]*?|(?<!,))?|(,))\s*(#.*)?$/u;
const LIST_ITEM = /(".*?"|'.*?'|[^'",#]?.*?)\s*,\s*/gu;

type Draft<Kept> = { -readonly [Key in keyof Kept]: Kept[Key] };

/** @throws ConfigurationError at the line that cannot be read. */
export function parseIni(text: string, file: string): IniFile {
  if (text.length > MAX_TEXT) throw problem('The file is too long to be a configuration', { file });
  const lines = text.replace(/^\uFEFF/u, '').split(/\r\n|\r|\n/u);
  if (lines.at(-1) === '') lines.pop();
  const sections: (Draft<IniSection> & { entries: IniEntry[] })[] = [];
  let initialComment: readonly string[] | undefined;
  let comments: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const at = { file, line: index + 1, column: line.search(/\S|$/u) + 1 };
    if (line.length > MAX_LINE) throw problem('The line is too long to be configuration', at);
    if (/^\s*(?:#|$)/u.test(line)) {
      comments.push(line);
      continue;
    }
    if (initialComment === undefined) {
      initialComment = comments;
      comments = [];
    }
    const section = SECTION.exec(line);
    if (section) {
      const name = readSection(section, at);
      if (sections.some(other => other.name === name)) throw problem(`[${name}] is there twice`, at);
      sections.push({ name, entries: [], comments, inline: section[5] ?? '', at });
    } else {
      const current = sections.at(-1);
      const { entry, last } = readEntry({ lines, index, at, comments });
      if (!current) throw problem(`'${entry.key}' stands before the first [section]`, at);
      if (current.entries.some(({ key }) => key === entry.key)) {
        throw problem(`'${entry.key}' is there twice in [${current.name}]`, at);
      }
      current.entries.push(entry);
      index = last;
    }
    comments = [];
  }
  return initialComment === undefined
    ? { initialComment: comments, finalComment: [], sections }
    : { initialComment, finalComment: comments, sections };
}

function readSection([, , open = '', name = '', close = '']: RegExpExecArray, at: Location): string {
  const depth = open.split('[').length - 1;
  if (depth !== close.split(']').length - 1) throw problem('The brackets of the section do not match', at);
  if (depth > 1) throw problem('Sections within sections mean nothing to DVC', at);
  return unquote(name);
}

interface EntryPlace {
  readonly lines: readonly string[];
  readonly index: number;
  readonly at: Location;
  readonly comments: readonly string[];
}

function readEntry({ lines, index, at, comments }: EntryPlace): { entry: IniEntry; last: number } {
  const match = KEYWORD.exec(lines[index] ?? '');
  if (!match) throw problem("Expected '[section]' or 'option = value'", at);
  const key = unquote(match[2] ?? '');
  const { value, inline, last } = readValue(match[3] ?? '', { lines, index, at });
  const texts = typeof value === 'string' ? [value] : value;
  if (texts.some(item => /%\([^)]*\)s/u.test(item))) {
    throw problem(`'${key}' refers to another option by %(...)s, which is not supported`, at);
  }
  return { entry: { key, value, comments, inline, at }, last };
}

function readValue(text: string, place: Omit<EntryPlace, 'comments'>) {
  const quote = /^(?:"""|''')/u.exec(text)?.[0];
  if (quote !== undefined) return readLongText(text.slice(3), quote, place);
  const match = VALUE.exec(text);
  const [, before = '', last, emptyList, inline = ''] = match ?? [];
  if (!match) throw problem('The value is badly quoted', place.at);
  if (emptyList !== undefined) return { value: [], inline, last: place.index };
  const items = [...before.matchAll(LIST_ITEM)].map(([, item = '']) => unquote(item));
  if (items.length === 0) return { value: unquote(last ?? ''), inline, last: place.index };
  return { value: last ? [...items, unquote(last)] : items, inline, last: place.index };
}

/** A text in triple quotes, on one line or several. */
function readLongText(start: string, quote: string, { lines, index, at }: Omit<EntryPlace, 'comments'>) {
  const texts: string[] = [];
  for (let last = index, line = start; last < lines.length; last += 1, line = lines[last] ?? '') {
    const end = line.indexOf(quote);
    if (end === -1) {
      texts.push(line);
      continue;
    }
    const inline = line.slice(end + quote.length).trim();
    if (inline !== '' && !inline.startsWith('#')) break;
    return { value: [...texts, line.slice(0, end)].join('\n'), inline, last };
  }
  throw problem(`The text that starts with ${quote} does not end`, at);
}

function unquote(text: string): string {
  const first = text[0];
  return text.length > 1 && (first === '"' || first === "'") && text.endsWith(first)
    ? text.slice(1, -1)
    : text;
}

function problem(message: string, at: Location): ConfigurationError {
  const remedy = "write '[section]' lines and 'option = value' lines; a '#' starts a comment";
  return Object.assign(new ConfigurationError(message, { at, remedy }), { exitCode: 251 });
}
