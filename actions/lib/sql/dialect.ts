// The fixed pieces of DuckDB SQL that several parts write: quoting, the one CSV dialect, and what counts as a number.
// Pure text, so that domain code can build statements without knowing an engine.

import type { CsvShape } from '#lib/sql/csv-shape.ts';

/** An identifier; any column name is safe inside. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text literal. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/**
 * A CSV file as a relation of VARCHAR columns in file order: comma, double quotes, one header line, UTF-8; an empty
 * field and `NA`, quoted or not, are NULL. Everything DuckDB would otherwise guess from the content or the path
 * (types, compression, glob patterns, `key=value` folders) is switched off.
 */
export function csvRelation(path: string, header: readonly string[], shape: CsvShape = {}): string {
  const { delimiter = ',', compression = 'none' } = shape;
  const columns = header.map(name => `${quoteText(name)}: 'VARCHAR'`).join(', ');
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
    `columns = {${columns}}`,
  ];
  return `read_csv(${quoteText(escapeGlob(path))}, ${options.join(', ')})`;
}

/** A path that holds no pattern. */
export function escapeGlob(path: string): string {
  return path.replace(/[*?[]/g, mark => `[${mark}]`);
}

/**
 * The DOUBLE that a VARCHAR expression holds, NULL where it holds none. Decimal notation with optional exponent;
 * blanks around it are fine; NaN, infinities, digit separators and hexadecimal are not numbers.
 */
export function numberOf(text: string): string {
  const cast = `TRY_CAST(${text} AS DOUBLE)`;
  return `CASE WHEN isfinite(${cast}) AND NOT contains(${text}, '_') THEN ${cast} END`;
}

/** More values are looked up by a join: worth it for one column, but its time grows with the cube of their number. */
const MOST_LISTED = 20;

/** Whether a value is one of several literals; NULL stays NULL. @param isAlone true where few others are asked that */
export function isOneOf(value: string, literals: readonly string[], isAlone = false): string {
  if (literals.length === 1) return `${value} = ${literals[0]}`;
  const list = literals.join(', ');
  return isAlone && literals.length > MOST_LISTED
    ? `${value} IN (${list})`
    : `list_contains([${list}], ${value})`;
}
