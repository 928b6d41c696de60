// Where the data of a table is: what the command line names, else a server of the contract, else what lies beside it. A
// contract is somebody else's text: its paths stay in the repository.
import { posix } from 'node:path';
import type { CsvDialect, DataFormat } from '#lib/contracts/data/data.ts';
import { namedFormat } from '#lib/contracts/data/format.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import type { ContractTable } from '#lib/contracts/odcs-schema.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';
import { ConfigurationError, type Location } from '#lib/errors.ts';

export interface Place {
  /** A path from the top of the repository, or an address; both may be patterns. Undefined for what lies beside. */
  readonly pattern: string | undefined;
  /** True where the pattern names the table, so that all it finds is the table's. */
  readonly isOfTable: boolean;
  /** The server's name. */
  readonly server?: string | undefined;
  readonly format?: DataFormat | undefined;
  readonly dialect: Partial<CsvDialect>;
  /** Of an object store, as DVC's configuration names them. */
  readonly options: Readonly<Record<string, string>>;
  /** What names it. */
  readonly at?: Location | undefined;
}

export interface PlaceQuestion {
  readonly document: CheckedDocument<Contract>;
  /** The folder of the contract from the top of the repository, with forward slashes; '' for the top. */
  readonly folder: string;
  readonly table: ContractTable;
  /** The server that was asked for. */
  readonly server?: string | undefined;
}

type Server = Readonly<Record<string, unknown>>;

/** The kinds of servers whose data are files that can be read here, in the order of preference. */
const READABLE = ['local', 's3'];

/** @throws ConfigurationError for a server that is not there or cannot be read, and for paths that leave the repository */
export function findPlace(question: PlaceQuestion): Place {
  const { document, server: asked } = question;
  const servers = (document.value.servers ?? []) as readonly Server[];
  const index =
    asked === undefined ? preferredServer(servers, question.table) : askedServer(question, servers, asked);
  const server = servers[index];
  if (!server) return { pattern: undefined, isOfTable: false, dialect: {}, options: {} };
  const key = server['type'] === 'local' ? 'path' : 'location';
  const at = document.locate(['servers', index, key]);
  const written = String(server[key] ?? '');
  const named = fillIn(written, question.table);
  return {
    pattern: server['type'] === 'local' ? insideRepository(named, { ...question, at }) : addressOf(named, at),
    isOfTable: named !== written,
    server: String(server['server']),
    format: readFormat(server, { document, index }),
    dialect: readDialect(server),
    options: textOf(server, 'endpointUrl', value => ({ endpointurl: value })) ?? {},
    at,
  };
}

/** The types of a contract's servers where none of them can be read; empty where one can, or it has none. */
export function elsewhereServers({ value }: CheckedDocument<Contract>): readonly string[] {
  const types = ((value.servers ?? []) as readonly Server[]).map(({ type }) => String(type));
  return types.some(type => READABLE.includes(type)) ? [] : [...new Set(types)];
}

/** The one that is called like the table, where tables have servers of their own; else the first. */
function preferredServer(servers: readonly Server[], { name }: ContractTable): number {
  const own = servers.findIndex(({ server, type }) => server === name && READABLE.includes(String(type)));
  if (own >= 0) return own;
  const places = READABLE.map(type => servers.findIndex(server => server['type'] === type));
  return places.find(index => index >= 0) ?? -1;
}

function askedServer({ document }: PlaceQuestion, servers: readonly Server[], asked: string): number {
  const index = servers.findIndex(({ server }) => server === asked);
  const names = servers.map(({ server }) => String(server));
  if (index < 0) {
    const near = nearestWord(asked, names);
    throw new ConfigurationError(`The contract has no server ${asked}`, {
      at: document.locate(['servers']),
      remedy: near ? `Did you mean ${near}?` : `It has ${names.join(', ') || 'none'}.`,
    });
  }
  const type = String(servers[index]?.['type']);
  if (READABLE.includes(type)) return index;
  throw new ConfigurationError(`Data on a server of type ${type} cannot be read yet`, {
    at: document.locate(['servers', index, 'type']),
    remedy: `Servers of type ${READABLE.join(' and ')} can; or name files with --data.`,
  });
}

/** `{model}` and the like stand for the table. */
function fillIn(text: string, { name, physicalName }: ContractTable): string {
  return text.replaceAll(/\{(?:model|object|table|schema)\}/gu, () => physicalName ?? name);
}

/** A path of a contract's folder as one from the top. @throws ConfigurationError when it leads out */
export function insideRepository(
  path: string,
  { folder, at }: Pick<PlaceQuestion, 'folder'> & { readonly at: Location },
): string {
  const whole = posix.normalize(posix.join(folder, path.replaceAll('\\', '/'))).replace(/\/$/u, '');
  if (!posix.isAbsolute(path) && whole !== '..' && !whole.startsWith('../') && !path.includes('\0'))
    return whole === '.' ? '' : whole;
  throw new ConfigurationError(`The path ${JSON.stringify(path)} leads out of the repository`, {
    at,
    remedy: 'Write a path below the repository, or name the data with --data.',
  });
}

function addressOf(location: string, at: Location): string {
  if (/^s3:\/\/[^/]/u.test(location)) return location;
  throw new ConfigurationError(`${JSON.stringify(location)} is no address of an object store`, {
    at,
    remedy: 'Write it as s3://bucket/path.',
  });
}

function readFormat(
  server: Server,
  { document, index }: { readonly document: CheckedDocument<Contract>; readonly index: number },
): DataFormat | undefined {
  const { format: word } = server;
  if (typeof word !== 'string') return undefined;
  const format = namedFormat(word);
  if (format) return format;
  throw new ConfigurationError(`Files of the format ${word} cannot be read`, {
    at: document.locate(['servers', index, 'format']),
    remedy: 'These can: csv, parquet, json (one object a line), arrow.',
  });
}

/** The standard gives a local server neither key in older versions: there they may be custom properties. */
function readDialect(server: Server): Partial<CsvDialect> {
  return {
    ...textOf(server, 'delimiter', value =>
      value === 'new_line' || value === 'array' ? {} : { delimiter: value },
    ),
    ...textOf(server, 'encoding', value => ({ encoding: value })),
  };
}

function textOf<Result>(server: Server, key: string, use: (text: string) => Result): Result | undefined {
  const custom = (server['customProperties'] ?? []) as readonly {
    readonly property?: string;
    readonly value?: unknown;
  }[];
  const value = server[key] ?? custom.find(({ property }) => property === key)?.value;
  return typeof value === 'string' ? use(value) : undefined;
}
