// Where the data lives. One strict form for each of the standard's server types, made from a table of their keys.
import { z } from 'zod';
import { customProperties, stableIdSchema } from '#lib/contracts/odcs-definitions.ts';
import {
  closedSince31,
  type Edition,
  keysIf,
  openSince,
  perEdition,
  versionOf,
} from '#lib/contracts/odcs-edition.ts';
import { role } from '#lib/contracts/odcs-people.ts';

interface ServerKeys {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
  /** Keys that version 3.2 brought. */
  readonly late?: readonly string[];
  /** The first edition that has this type. */
  readonly since?: Edition;
}

const DATABASE: ServerKeys = { required: ['host', 'port', 'database'] };
const DATABASE_WITHOUT_PORT: ServerKeys = { required: ['host', 'database'], optional: ['port'] };
const POET: ServerKeys = { required: ['database'], optional: ['host', 'port'], since: 2 };
const POSTGRES: ServerKeys = { required: ['host', 'port', 'database', 'schema'] };

const SERVERS: Readonly<Record<string, ServerKeys>> = {
  api: { required: ['location'] },
  athena: { required: ['stagingDir', 'schema'], optional: ['catalog', 'regionName'], late: ['workgroup'] },
  azure: { required: ['location', 'format'], optional: ['delimiter'], late: ['encoding'] },
  bigquery: { required: ['project', 'dataset'] },
  btrieve: { ...DATABASE_WITHOUT_PORT, since: 2 },
  clickhouse: DATABASE,
  cloudsql: POSTGRES,
  custom: {
    required: [],
    optional: [
      ...[
        'account',
        'catalog',
        'database',
        'dataset',
        'delimiter',
        'endpointUrl',
        'format',
        'host',
        'location',
      ],
      ...['path', 'port', 'project', 'region', 'regionName', 'schema', 'serviceName', 'stagingDir', 'stream'],
      'warehouse',
    ],
    late: ['encoding'],
  },
  databricks: { required: ['catalog', 'schema'], optional: ['host'] },
  db2: { required: ['host', 'port', 'database'], optional: ['schema'] },
  denodo: { required: ['host', 'port'], optional: ['database'] },
  dremio: { required: ['host', 'port'], optional: ['schema'] },
  duckdb: { required: ['database'], optional: ['schema'] },
  exasol: { required: ['host'], optional: ['port', 'schema'], since: 2 },
  fastobjects: POET,
  glue: { required: ['account', 'database'], optional: ['location', 'format'], late: ['encoding'] },
  hana: { required: ['host'], optional: ['port', 'database', 'schema'], since: 2 },
  hive: { ...DATABASE_WITHOUT_PORT, since: 1 },
  iceberg: { required: ['catalog', 'catalogUrl'], optional: ['namespace', 'warehouse'], since: 2 },
  impala: { ...DATABASE_WITHOUT_PORT, since: 1 },
  informix: DATABASE_WITHOUT_PORT,
  ingres: { ...DATABASE_WITHOUT_PORT, since: 2 },
  kafka: { required: ['host'], optional: ['format'], late: ['encoding'] },
  kinesis: { required: [], optional: ['region', 'format'], late: ['encoding'] },
  local: { required: ['path', 'format'], late: ['encoding'] },
  mysql: DATABASE,
  oracle: { required: ['host', 'port', 'serviceName'] },
  poet: POET,
  postgres: POSTGRES,
  postgresql: POSTGRES,
  presto: { required: ['host'], optional: ['catalog', 'schema'] },
  pubsub: { required: ['project'] },
  redshift: { required: ['database', 'schema'], optional: ['host', 'region', 'account'] },
  s3: { required: ['location'], optional: ['endpointUrl', 'format', 'delimiter'], late: ['encoding'] },
  sftp: { required: ['location'], optional: ['format', 'delimiter'], late: ['encoding'] },
  snowflake: { required: ['account', 'database', 'schema'], optional: ['host', 'port', 'warehouse'] },
  sqlserver: { required: ['host', 'database', 'schema'], optional: ['port'] },
  synapse: DATABASE,
  teradata: { required: ['host'], optional: ['port', 'database'], since: 2 },
  trino: { required: ['host', 'port', 'catalog', 'schema'] },
  vectorwise: { ...DATABASE_WITHOUT_PORT, since: 2 },
  versant: POET,
  vertica: POSTGRES,
  zen: { ...DATABASE_WITHOUT_PORT, since: 1 },
};

const FORMATS_OF_30: readonly string[] = ['parquet', 'delta', 'json', 'csv'];
const DELIMITERS_OF_30: readonly string[] = ['new_line', 'array'];
const FILE_STORES_OF_30: readonly string[] = ['azure', 's3', 'sftp'];

function serverForm(type: string, keys: ServerKeys, edition: Edition) {
  const { required, optional = [], late = [] } = keysOf(type, keys, edition);
  const formOf = (key: string): z.ZodType => valueSchema(type, key, edition);
  return closedSince31(edition, {
    ...keysIf(edition > 0, { id: stableIdSchema.optional() }),
    server: z.string().describe('The name of this server in the contract'),
    type: z.literal(type),
    description: z.string().optional(),
    environment: z.string().optional().describe('For example prod or dev'),
    roles: z.array(role(edition)).optional(),
    customProperties: customProperties(edition).optional(),
    ...Object.fromEntries(required.map(key => [key, formOf(key)])),
    ...Object.fromEntries(optional.map(key => [key, formOf(key).optional()])),
    ...Object.fromEntries(late.map(key => [key, openSince(2, edition, z.string())])),
  });
}

/** The two places where editions ask for something else than keys that were added. */
function keysOf(type: string, keys: ServerKeys, edition: Edition): ServerKeys {
  if (type === 'athena' && edition > 1) {
    return { ...keys, required: ['schema'], optional: ['stagingDir', ...(keys.optional ?? [])] };
  }
  if (type === 'custom' && edition === 0) {
    return { ...keys, optional: keys.optional?.filter(key => key !== 'stream') ?? [] };
  }
  return keys;
}

function valueSchema(type: string, key: string, edition: Edition): z.ZodType {
  if (key === 'port') return edition > 1 ? z.union([z.int(), z.string()]) : z.int();
  if (type === 'sftp' && key === 'location') return z.string().regex(/^sftp:\/\//, 'it begins with sftp://');
  if (edition === 0 && FILE_STORES_OF_30.includes(type) && key === 'format') return z.enum(FORMATS_OF_30);
  if (edition === 0 && FILE_STORES_OF_30.includes(type) && key === 'delimiter')
    return z.enum(DELIMITERS_OF_30);
  if (edition === 0 && type === 'duckdb' && key === 'schema') return z.int();
  return z.string();
}

type ServerForm = ReturnType<typeof serverForm>;

/** One server; `type` decides which other keys it has. */
export const server = perEdition(edition => {
  const types = Object.entries(SERVERS).filter(([, { since = 0 }]) => since <= edition);
  const forms = types.map(([type, keys]) => serverForm(type, keys, edition)) as [ServerForm, ...ServerForm[]];
  return z.discriminatedUnion('type', forms, {
    error: ({ input }) => {
      const { type } = (input ?? {}) as { readonly type?: unknown };
      const first =
        typeof type === 'string' && Object.hasOwn(SERVERS, type) ? SERVERS[type]?.since : undefined;
      const names = types.map(([name]) => name).join(', ');
      return first === undefined || first <= edition
        ? `Write one of: ${names}.`
        : `${type} came with ${versionOf(first)} of the standard, this contract is ${versionOf(edition)}.`;
    },
  });
});
