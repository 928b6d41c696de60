// What a parsed query says of columns: which it mentions, and whether the number that it gives may be a value of one.
import { member } from '#lib/sql/query-tree.ts';

const COUNTS = new Set(['count', 'count_star', 'count_if', 'countif', 'approx_count_distinct']);
/** What is true or false is nobody's value. */
const TRUTHS = /^(COMPARE_|CONJUNCTION_|OPERATOR_IS_NULL$|OPERATOR_IS_NOT_NULL$|OPERATOR_NOT$)/u;
/** Columns without their names. */
const ANY = new Set(['STAR', 'POSITIONAL_REFERENCE']);
const VALUES = new Set(['COLUMN_REF', 'SUBQUERY', 'LAMBDA_REF', ...ANY]);

/** In lower case; `*` where all columns of a table are meant, or a row of it as a whole. */
export function columnsIn(tree: unknown): ReadonlySet<string> {
  const [columns, alone, rows] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const note = (node: object): void => {
    if (ANY.has(String(member(node, 'class')))) columns.add('*');
    if (member(node, 'type') === 'BASE_TABLE')
      rows.add(String(member(node, 'alias') ?? member(node, 'table_name')).toLowerCase());
    const names = member(node, 'column_names');
    if (!Array.isArray(names)) return;
    for (const name of names) columns.add(String(name).toLowerCase());
    if (names.length === 1) alone.add(String(names[0]).toLowerCase());
  };
  const walk = (node: unknown): void => {
    if (node === null || typeof node !== 'object') return;
    note(node);
    for (const value of Object.values(node)) walk(value);
  };
  walk(tree);
  if ([...alone].some(name => rows.has(name))) columns.add('*');
  return columns;
}

/** @param statement a parsed SELECT */
export function givesCounts(statement: unknown): boolean {
  const node = member(statement, 'node');
  const list = member(node, 'select_list');
  return member(node, 'type') === 'SELECT_NODE' && Array.isArray(list) && list.every(isOfCounts);
}

function isOfCounts(node: unknown): boolean {
  if (node === null || typeof node !== 'object') return true;
  const kind = String(member(node, 'class'));
  if (VALUES.has(kind)) return false;
  if (kind === 'FUNCTION' && COUNTS.has(String(member(node, 'function_name')).toLowerCase())) return true;
  if (TRUTHS.test(String(member(node, 'type')))) return true;
  return Object.values(node).every(isOfCounts);
}
