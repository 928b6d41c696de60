// Where the data lives. One strict form for each of the standard's server types, made from a table of their keys.
import { z } from 'zod';
import { customPropertiesSchema, roleSchema, stableIdSchema } from '#lib/contracts/odcs-definitions.ts';

interface ServerKeys {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

const DATABASE: ServerKeys = { required: ['host', 'port', 'database'] };
const DATABASE_WITHOUT_PORT: ServerKeys = { required: ['host', 'database'], optional: ['port'] };
const POSTGRES: ServerKeys = { required: ['host', 'port', 'database', 'schema'] };

const SERVERS: Readonly<Record<string, ServerKeys>> = {
  api: { required: ['location'] },
  athena: { required: ['stagingDir', 'schema'], optional: ['catalog', 'regionName'] },
  azure: { required: ['location', 'format'], optional: ['delimiter'] },
  bigquery: { required: ['project', 'dataset'] },
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
  },
  databricks: { required: ['catalog', 'schema'], optional: ['host'] },
  db2: { required: ['host', 'port', 'database'], optional: ['schema'] },
  denodo: { required: ['host', 'port'], optional: ['database'] },
  dremio: { required: ['host', 'port'], optional: ['schema'] },
  duckdb: { required: ['database'], optional: ['schema'] },
  glue: { required: ['account', 'database'], optional: ['location', 'format'] },
  hive: DATABASE_WITHOUT_PORT,
  impala: DATABASE_WITHOUT_PORT,
  informix: DATABASE_WITHOUT_PORT,
  kafka: { required: ['host'], optional: ['format'] },
  kinesis: { required: [], optional: ['region', 'format'] },
  local: { required: ['path', 'format'] },
  mysql: DATABASE,
  oracle: { required: ['host', 'port', 'serviceName'] },
  postgres: POSTGRES,
  postgresql: POSTGRES,
  presto: { required: ['host'], optional: ['catalog', 'schema'] },
  pubsub: { required: ['project'] },
  redshift: { required: ['database', 'schema'], optional: ['host', 'region', 'account'] },
  s3: { required: ['location'], optional: ['endpointUrl', 'format', 'delimiter'] },
  sftp: { required: ['location'], optional: ['format', 'delimiter'] },
  snowflake: { required: ['account', 'database', 'schema'], optional: ['host', 'port', 'warehouse'] },
  sqlserver: { required: ['host', 'database', 'schema'], optional: ['port'] },
  synapse: DATABASE,
  trino: { required: ['host', 'port', 'catalog', 'schema'] },
  vertica: POSTGRES,
  zen: DATABASE_WITHOUT_PORT,
};

function serverForm(type: string, { required, optional = [] }: ServerKeys) {
  return z.strictObject({
    id: stableIdSchema.optional(),
    server: z.string().describe('The name of this server in the contract'),
    type: z.literal(type),
    description: z.string().optional(),
    environment: z.string().optional().describe('For example prod or dev'),
    roles: z.array(roleSchema).optional(),
    customProperties: customPropertiesSchema.optional(),
    ...Object.fromEntries(required.map(key => [key, valueSchema(type, key)])),
    ...Object.fromEntries(optional.map(key => [key, valueSchema(type, key).optional()])),
  });
}

function valueSchema(type: string, key: string): z.ZodType {
  if (key === 'port') return z.int();
  if (type === 'sftp' && key === 'location') return z.string().startsWith('sftp://');
  return z.string();
}

type ServerForm = ReturnType<typeof serverForm>;

/** One server; `type` decides which other keys it has. */
export const serverSchema = z.discriminatedUnion(
  'type',
  Object.entries(SERVERS).map(([type, keys]) => serverForm(type, keys)) as [ServerForm, ...ServerForm[]],
  { error: `Write one of: ${Object.keys(SERVERS).join(', ')}.` },
);
