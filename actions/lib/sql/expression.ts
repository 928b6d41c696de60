// What an expression over one row may be made of: columns, constants, arithmetic, conditions and some functions that give
// the same on every machine. DuckDB itself parses it, so there is no second grammar; whatever is not known here is refused.
import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteText } from '#lib/sql/dialect.ts';

/** Refused with the reason, as the end of "The expression ...". */
export interface Refused {
  readonly problem: string;
}

/** The names of columns it reads, as written, without a qualifier. */
export interface Expression {
  readonly columns: readonly string[];
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/u));

const FUNCTIONS = words(`
  + - * / // % ** ^ || ~~ !~~ ~~* !~~*
  abs ceil ceiling exp floor greatest isfinite isnan least ln log log10 log2 mod pow power round sign sqrt trunc
  concat contains ends_with left length lower ltrim prefix regexp_matches replace right rtrim starts_with substr
  substring suffix trim upper
  date_diff date_part date_trunc datediff day dayname dayofweek hour isodow minute month monthname quarter second year`);

const TYPES = words(`
  TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT DECIMAL FLOAT DOUBLE VARCHAR BOOLEAN
  DATE TIME TIMESTAMP`);

const OPERATORS = words(`
  COMPARE_IN COMPARE_NOT_IN OPERATOR_COALESCE OPERATOR_IS_NOT_NULL OPERATOR_IS_NULL OPERATOR_NOT OPERATOR_NULLIF
  OPERATOR_TRY`);

/** Classes of nodes without a rule of their own. */
const PLAIN = words('BETWEEN CASE COLUMN_REF COMPARISON CONJUNCTION CONSTANT');

const REFUSED: Readonly<Record<string, string>> = {
  SUBQUERY: 'holds a query of its own, and may only look at its row',
  WINDOW: 'looks at other rows, and may only look at its own',
  STAR: 'names all columns at once; name those it means',
  PARAMETER: 'has a parameter, and nothing would be put in its place',
  LAMBDA: 'holds a function of its own',
};

/** Parses and checks it; the names of columns are looked up only when it runs. */
export async function checkExpression(
  connection: DuckDBConnection,
  text: string,
): Promise<Expression | Refused> {
  if (text.includes('\0')) return { problem: 'is not SQL: it holds a NUL' };
  const statement = quoteText(`SELECT (${text}\n)`);
  const options = 'skip_null := true, skip_empty := true, skip_default := true';
  const reader = await connection.runAndReadAll(
    `SELECT json_serialize_sql(${statement}::VARCHAR, ${options})::VARCHAR`,
  );
  const parsed: unknown = JSON.parse(String(reader.getRows()[0]?.[0]));
  if (member(parsed, 'error') === true) {
    return { problem: `is not SQL: ${String(member(parsed, 'error_message'))}` };
  }
  const term = onlyTerm(parsed);
  if (term === undefined) return { problem: 'is more than one expression' };
  const problem = findRefused(term);
  return problem === undefined ? { columns: columnsOf(term) } : { problem };
}

/** The one thing selected, where nothing else was written. */
function onlyTerm(parsed: unknown): unknown {
  const statements = listOf(member(parsed, 'statements'));
  const node = member(statements[0], 'node');
  const terms = listOf(member(node, 'select_list'));
  const known = ['type', 'select_list', 'from_table', 'aggregate_handling'];
  const isAlone =
    statements.length === 1 &&
    terms.length === 1 &&
    member(node, 'type') === 'SELECT_NODE' &&
    member(member(node, 'from_table'), 'type') === 'EMPTY' &&
    Object.keys(Object(node)).every(key => known.includes(key));
  return isAlone ? terms[0] : undefined;
}

function findRefused(node: unknown): string | undefined {
  return (
    problemOf(node) ??
    membersOf(node)
      .map(findRefused)
      .find(problem => problem !== undefined)
  );
}

function problemOf(node: unknown): string | undefined {
  const kind = member(node, 'class');
  if (kind === undefined) return undefined;
  if (kind === 'FUNCTION') {
    const name = String(member(node, 'function_name')).toLowerCase();
    return FUNCTIONS.has(name) ? undefined : `uses ${name}, which is none of the functions known here`;
  }
  if (kind === 'OPERATOR') {
    const type = String(member(node, 'type'));
    return OPERATORS.has(type) ? undefined : `uses ${type.toLowerCase()}, which is not known here`;
  }
  if (kind === 'CAST') {
    const type = String(member(member(node, 'cast_type'), 'id'));
    return TYPES.has(type) ? undefined : `casts to ${type}, which is not known here`;
  }
  return PLAIN.has(String(kind)) ? undefined : (REFUSED[String(kind)] ?? `holds ${String(kind)}`);
}

function columnsOf(node: unknown): readonly string[] {
  const own =
    member(node, 'class') === 'COLUMN_REF' ? [String(listOf(member(node, 'column_names')).at(-1))] : [];
  return [...new Set([...own, ...membersOf(node).flatMap(columnsOf)])];
}

function member(node: unknown, key: string): unknown {
  return node !== null && typeof node === 'object' ? Reflect.get(node, key) : undefined;
}

function membersOf(node: unknown): readonly unknown[] {
  return node !== null && typeof node === 'object' ? Object.values(node) : [];
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
