// Placeholders in queries: the standard writes {object} and {property}, or ${object} and ${property}; other tools know
// more words for the two.
import { quoteName, quoteText } from '#lib/sql/dialect.ts';

const OBJECT = ['object', 'table', 'model', 'schema'];
const PROPERTY = ['property', 'column', 'field'];
const PLACEHOLDER = new RegExp(`(["']?)\\$?\\{\\s*(${[...OBJECT, ...PROPERTY].join('|')})\\s*\\}\\1`, 'giu');

interface Names {
  readonly object: string;
  /** Null for a rule of a table, whose query has no column of its own. */
  readonly property: string | null;
}

/** The query with names in place, quoted so that any name is one; a placeholder for no column stays as it is. */
export function fillPlaceholders(query: string, { object, property }: Names): string {
  return query.replace(PLACEHOLDER, (whole, quote: string, word: string) => {
    const name = OBJECT.includes(word.toLowerCase()) ? object : property;
    if (name === null) return whole;
    return quote === "'" ? quoteText(name) : quoteName(name);
  });
}
