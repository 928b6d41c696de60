// A file of JSON lines as a relation: its columns are all the keys that any row has.
import type { DataColumn, DataFile, Relation } from '#lib/contracts/data/data.ts';
import { notAnObject } from '#lib/contracts/data/unreadable.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { escapeGlob, quoteText } from '#lib/sql/dialect.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

const OPTIONS = "format = 'newline_delimited', maximum_object_size = 16777216";

/** @throws ConfigurationError where rows are no objects, or keys cannot be columns */
export async function openJson(file: DataFile, engine: SqlEngine): Promise<Relation> {
  const packed = file.compression === 'none' ? 'uncompressed' : file.compression;
  const path = `${quoteText(escapeGlob(file.file))}, ${OPTIONS}, compression = '${packed}'`;
  const objects = `read_json_objects(${path})`;
  const rows = await engine.query(
    `SELECT DISTINCT unnest(json_keys(json)) AS name FROM ${objects} ORDER BY name`,
  );
  const names = rows.map(({ name }) => String(name));
  await refuseNames(names, { file, objects, engine });
  // No row has a name: the engine reads no table without columns, nor sees that a row is no object.
  if (names.length === 0) {
    await refuseOtherKinds({ file, objects, engine });
    return { columns: [], sql: objects };
  }
  const columns = names.map(name => `${quoteText(name)}: 'JSON'`).join(', ');
  // The engine takes rows with one key for values otherwise.
  return {
    columns: names.map((name): DataColumn => ({ name, form: 'json', kind: 'text', type: 'JSON' })),
    sql: `read_json(${path}, records = true, columns = {${columns}})`,
  };
}

interface Opened {
  readonly file: DataFile;
  /** The rows as SQL, to read from. */
  readonly objects: string;
  readonly engine: SqlEngine;
}

/** Names that SQL cannot tell apart or write. */
async function refuseNames(names: readonly string[], opened: Opened): Promise<void> {
  const seen = new Map<string, string>();
  for (const name of names) {
    const twin = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), name);
    const problem =
      name === ''
        ? 'A value has the empty text for its key'
        : name.includes('\0')
          ? `The key ${JSON.stringify(name)} holds a NUL character`
          : twin &&
            `The keys ${JSON.stringify(twin)} and ${JSON.stringify(name)} differ only in upper and lower case`;
    if (problem === undefined) continue;
    const has = `list_contains(json_keys(json), $1)`;
    const { row } = await firstRow(has, opened, [name]);
    throw new ConfigurationError(problem, { at: await placeOf(row, opened), remedy: 'Rename it.' });
  }
}

async function refuseOtherKinds(opened: Opened): Promise<void> {
  const { row, kind } = await firstRow("json_type(json) NOT IN ('OBJECT', 'NULL')", opened);
  if (row === undefined) return;
  const { message, remedy } = notAnObject(String(kind));
  throw new ConfigurationError(message, { at: await placeOf(row, opened), remedy });
}

async function firstRow(condition: string, { objects, engine }: Opened, values: readonly string[] = []) {
  const numbered = `SELECT json, row_number() OVER () - 1 AS row FROM ${objects}`;
  const [found] = await engine.query(
    `SELECT row, json_type(json) AS kind FROM (${numbered}) WHERE ${condition} ORDER BY row LIMIT 1`,
    values,
  );
  return { row: found && Number(found['row']), kind: found?.['kind'] };
}

async function placeOf(row: number | undefined, { file: { file, compression }, engine }: Opened) {
  const { lineOf } = row === undefined ? {} : await engine.lookAtJson(file, compression);
  const line = row === undefined ? undefined : lineOf?.(row);
  return { file, ...(line !== undefined && { line }) };
}
