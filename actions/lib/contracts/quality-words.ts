// Words of quality rules that the standard leaves open, as they are read here.

const WARNINGS = /^\s*(warning|warn|info|low|minor|trivial)\s*$/iu;
const ROWS = /^\s*(rows?|count)\s*$/iu;
const PERCENT = /^\s*(percent|percentage|pct|%)\s*$/iu;

/** Only an error fails a contract; a word that is not known is one. */
export function severityOf(word: string | undefined): 'error' | 'warning' {
  return WARNINGS.test(word ?? '') ? 'warning' : 'error';
}

/** What a rule of the library counts in; undefined for a word that is not known. */
export function unitOf(word: string | undefined): 'rows' | 'percent' | undefined {
  if (word === undefined || ROWS.test(word)) return 'rows';
  return PERCENT.test(word) ? 'percent' : undefined;
}
