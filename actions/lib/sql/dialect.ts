// The fixed pieces of DuckDB SQL that several parts write: quoting, the one CSV dialect, and what counts as a number.
// Pure text, so that domain code can build statements without knowing an engine.

import { type CsvShape, LONGEST_ROW_BYTES } from '#lib/sql/csv-shape.ts';

/** An identifier; any column name is safe inside. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The engine reads so much of a text file at once: a quarter of what it would, which the allocator can use again. */
const BUFFER_BYTES = 8 * 1024 * 1024;

/**
 * A CSV file as a relation of VARCHAR columns in file order: comma, double quotes, one header line, UTF-8; an empty
 * field and `NA`, quoted or not, are NULL. Everything DuckDB would otherwise guess from the content or the path
 * (types, compression, glob patterns, `key=value` folders) is switched off.
 */
export function csvRelation(
  path: string,
  header: readonly string[],
  { delimiter = ',', compression = 'none', numbers = [] }: CsvShape & CsvNumbers = {},
): string {
  const typeOf = (name: string) => (numbers.includes(name) ? 'DOUBLE' : 'VARCHAR');
  const columns = header.map(name => `${quoteText(name)}: '${typeOf(name)}'`).join(', ');
  const options = [
    'auto_detect = false',
    'header = true',
    `delim = ${quoteText(delimiter)}`,
    `quote = '"'`,
    `escape = '"'`,
    "nullstr = ['', 'NA']",
    'strict_mode = true',
    `compression = '${compression}'`,
    'hive_partitioning = false',
    `buffer_size = ${BUFFER_BYTES}`,
    `max_line_size = ${LONGEST_ROW_BYTES + 1}`,
    `columns = {${columns}}`,
  ];
  return `read_csv(${quoteText(escapeGlob(path))}, ${options.join(', ')})`;
}

interface CsvNumbers {
  /** Columns that are DOUBLE instead; reading fails at a text in them that is none. */
  readonly numbers?: readonly string[];
}

/** A path that holds no pattern. */
export function escapeGlob(path: string): string {
  return path.replace(/[*?[]/g, mark => `[${mark}]`);
}

/**
 * The DOUBLE that a VARCHAR expression holds, NULL where it holds none. Decimal notation with optional exponent;
 * blanks around it are fine; NaN, infinities, digit separators, two signs and hexadecimal are not numbers.
 */
export function numberOf(text: string): string {
  const cast = `TRY_CAST(${text} AS DOUBLE)`;
  return `CASE WHEN isfinite(${cast}) AND NOT contains(${text}, '_') AND NOT contains(${text}, '+-') THEN ${cast} END`;
}

/** More values are looked up in a table of them, which takes as long for a thousand as for one. */
const MOST_LISTED = 20;

/** Whether a value is one of several literals of its type; NULL stays NULL. */
export function isOneOf(value: string, literals: readonly string[]): string {
  return literals.length === 1
    ? `${value} = ${literals[0]}`
    : `list_contains([${literals.join(', ')}], ${value})`;
}

/** Whether a VARCHAR is one of several texts, without NUL bytes; NULL is none, or stays NULL. */
export function isOneOfTexts(text: string, texts: readonly string[]): string {
  const literals = [...new Set(texts)].map(quoteText);
  return literals.length > MOST_LISTED
    ? `TRY_CAST(${text} AS ENUM(${literals.join(', ')})) IS NOT NULL`
    : isOneOf(text, literals);
}

/** So far apart the least and the greatest of many integers may be for a bit to stand for each that lies between them. */
const MOST_BITS = 50_000;

/** Whether a DOUBLE is one of several finite numbers; NULL is none, or stays NULL. */
export function isOneOfNumbers(number: string, numbers: readonly number[]): string {
  const areMany = numbers.length > MOST_LISTED && numbers.every(one => Number.isSafeInteger(one));
  if (!areMany) return isOneOf(number, numbers.map(numberSql));
  const least = numbers.reduce((one, other) => Math.min(one, other));
  const greatest = numbers.reduce((one, other) => Math.max(one, other));
  const isWhole = `${number} = trunc(${number})`;
  if (greatest - least >= MOST_BITS) {
    const text = `CASE WHEN ${isWhole} THEN TRY_CAST(${number} AS BIGINT)::VARCHAR END`;
    return isOneOfTexts(text, numbers.map(String));
  }
  const known = new Set(numbers);
  const bits = Array.from({ length: greatest - least + 1 }, (_, i) => (known.has(least + i) ? '1' : '0'));
  const isKnown = `get_bit('${bits.join('')}'::BIT, (${number} - ${numberSql(least)})::INTEGER) = 1`;
  return `CASE WHEN ${number} BETWEEN ${numberSql(least)} AND ${numberSql(greatest)} AND ${isWhole} THEN ${isKnown} ELSE false END`;
}

/** A DOUBLE; without an exponent DuckDB would read a DECIMAL, which rounds otherwise. */
export function numberSql(value: number): string {
  const text = String(value);
  return text.includes('e') ? text : `${text}e0`;
}
