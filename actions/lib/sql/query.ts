// Whether a query that others wrote may run: one statement that only reads, from tables that are named, with no function
// that reaches beyond them. DuckDB itself parses it, so there is no second grammar. This is the first wall; the sandbox
// that runs it has no access to anything else either.
import type { DuckDBConnection } from '@duckdb/node-api';
import type { QueryRead } from '#lib/sql/engine.ts';
import { columnsIn, givesCounts } from '#lib/sql/query-columns.ts';
import { member } from '#lib/sql/query-tree.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/u));

/** What a query may read from. */
const SOURCES = words('EMPTY BASE_TABLE SUBQUERY JOIN TABLE_FUNCTION EXPRESSION_LIST CTE COLUMN_DATA PIVOT');
/** Functions that are tables of their own and read nothing. */
const TABLE_FUNCTIONS = words('unnest range generate_series');
/** Functions that tell of the machine, run texts as queries, or make much out of nothing in a step that cannot be stopped. */
const REFUSED =
  /^(read_.*|.*_scan|scan_.*|glob|sniff_.*|parquet_.*|duckdb_.*|pragma_.*|query|query_table|json_execute.*|json_serialize_sql|json_deserialize_sql|json_serialize_plan|sql_auto_complete|current_setting|getenv|getvariable|nextval|currval|setseed|write_log|parse_duckdb_log.*|which_secret|repeat|lpad|rpad|format|printf|range|generate_series|list_resize|array_resize)$/u;
/** What gives something else another time. */
const UNSTEADY = words(`
  random uuid gen_random_uuid uuidv4 uuidv7 now today current_date current_time current_timestamp get_current_time
  get_current_timestamp localtime localtimestamp current_localtime current_localtimestamp transaction_timestamp age
  txid_current version`);

/** Parses and checks a query. */
export async function readQuery(connection: DuckDBConnection, text: string): Promise<QueryRead> {
  if (text.includes('\0')) return { problem: 'the query is not SQL: it holds a NUL' };
  const options = 'skip_null := true, skip_empty := true, skip_default := true';
  const reader = await connection.runAndReadAll(
    `SELECT json_serialize_sql($1::VARCHAR, ${options})::VARCHAR`,
    [text],
  );
  const parsed: unknown = JSON.parse(String(reader.getRows()[0]?.[0]));
  if (member(parsed, 'error') === true) {
    const problem = String(member(parsed, 'error_message')).split('\n')[0] ?? '';
    if (problem.startsWith('Only SELECT'))
      return { problem: 'only a query that reads may run (SELECT or WITH)' };
    return { problem: `the query is not SQL: ${problem}` };
  }
  const statements = member(parsed, 'statements');
  const count = Array.isArray(statements) ? statements.length : 0;
  if (count !== 1) return { problem: `one query may run, and these are ${count === 0 ? 'none' : count}` };
  const found: Found = { tables: new Map(), names: new Set(), isSteady: true };
  const problem = look(statements, found);
  if (problem !== undefined) return { problem };
  const tables = [...found.tables].filter(([name]) => !found.names.has(name)).map(([, written]) => written);
  const isOfCounts = Array.isArray(statements) && givesCounts(statements[0]);
  return { tables, isSteady: found.isSteady, columns: columnsIn(statements), isOfCounts };
}

interface Found {
  /** As written, by their names in lower case. */
  readonly tables: Map<string, string>;
  /** Names that the query gives to parts of itself. */
  readonly names: Set<string>;
  isSteady: boolean;
}

/** Goes through the whole tree, whatever it is made of. */
function look(node: unknown, found: Found): string | undefined {
  if (node === null || typeof node !== 'object') return undefined;
  const problem = problemOf(node, found);
  if (problem !== undefined) return problem;
  const isTableFunction = member(node, 'type') === 'TABLE_FUNCTION';
  for (const [key, value] of Object.entries(node)) {
    // The function that is the table has been looked at as one.
    const within = isTableFunction && key === 'function' ? member(value, 'children') : value;
    const deeper = look(within, found);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

function problemOf(node: object, found: Found): string | undefined {
  noteNames(node, found);
  const type = String(member(node, 'type'));
  const kind = member(node, 'class');
  if (kind === 'FUNCTION') return explainFunction(String(member(node, 'function_name')), found);
  if (kind === 'PARAMETER') return 'the query has a parameter, and nothing would be put in its place';
  if (kind === 'COLUMN_REF') {
    const names = member(node, 'column_names');
    if (Array.isArray(names) && UNSTEADY.has(String(names.at(-1)).toLowerCase())) found.isSteady = false;
  }
  if (kind !== undefined) return undefined;
  if (type === 'BASE_TABLE') return noteTable(node, found);
  if (type === 'TABLE_FUNCTION') {
    const name = String(member(member(node, 'function'), 'function_name')).toLowerCase();
    return TABLE_FUNCTIONS.has(name) ? undefined : `the query may not read from ${name}()`;
  }
  if (type === 'SHOW_REF') return 'the query may not describe tables (DESCRIBE, SHOW, SUMMARIZE)';
  const source = member(node, 'from_table');
  const kindOfSource = String(member(source, 'type'));
  if (source === undefined || kindOfSource === 'SHOW_REF' || SOURCES.has(kindOfSource)) return undefined;
  return `the query may not read from ${kindOfSource.toLowerCase()}`;
}

/** Common table expressions. */
function noteNames(node: object, { names }: Found): void {
  const map = member(member(node, 'cte_map'), 'map');
  if (Array.isArray(map)) for (const entry of map) names.add(String(member(entry, 'key')).toLowerCase());
}

function noteTable(node: object, { tables }: Found): string | undefined {
  const name = String(member(node, 'table_name'));
  const place = member(node, 'schema_name') ?? member(node, 'catalog_name');
  if (place !== undefined) return `${String(place)}.${name} is no table of the contract`;
  tables.set(name.toLowerCase(), name);
  return undefined;
}

function explainFunction(written: string, found: Found): string | undefined {
  const name = written.toLowerCase();
  if (UNSTEADY.has(name)) found.isSteady = false;
  return REFUSED.test(name) ? `the query may not use ${name}()` : undefined;
}
