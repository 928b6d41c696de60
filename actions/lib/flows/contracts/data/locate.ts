// From a table of a contract to its data: what the command line names goes before what the contract names.
import { relative, resolve, sep } from 'node:path';
import type { CsvDialect, Data } from '#lib/contracts/data/data.ts';
import { parsePattern } from '#lib/contracts/data/pattern.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import { findTable } from '#lib/contracts/read.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { openDiskTree } from '#lib/flows/contracts/data/disk-tree.ts';
import { findData } from '#lib/flows/contracts/data/find-data.ts';
import { findPlace, insideRepository, type Place } from '#lib/flows/contracts/data/place.ts';
import { type FileTree, firstTree } from '#lib/flows/contracts/data/tree.ts';
import type { Trees } from '#lib/flows/contracts/data/trees.ts';
import type { ContractPlace, NamedCommit } from '#lib/flows/contracts/sources.ts';

export interface DataQuestion {
  /** A path, pattern, folder or address, as typed. */
  readonly data?: string | undefined;
  /** A server of the contract. */
  readonly server?: string | undefined;
  /** Of CSV files, where nothing else says. */
  readonly dialect?: Partial<CsvDialect> | undefined;
}

interface TablePlace {
  /** Of the contract, from the root. */
  readonly path: string;
  readonly document: CheckedDocument<Contract>;
  readonly index: number;
  readonly at: NamedCommit | undefined;
}

interface Surroundings {
  readonly request: DataQuestion;
  readonly place: ContractPlace;
  readonly trees: Trees;
  readonly temporary: string;
}

export interface LocatedData {
  readonly data: Data;
  readonly server: string | undefined;
  /** True where older versions of it may be in git. */
  readonly isInRepository: boolean;
}

/** @throws ConfigurationError when there is none, or it may not be read */
export async function locateData(one: TablePlace, surroundings: Surroundings): Promise<LocatedData> {
  const { path, document, index, at } = one;
  const { request, place, trees, temporary } = surroundings;
  const tables = document.value.schema ?? [];
  const table = tables[index];
  if (!table) throw new Error(`no table ${index}`);
  const folder = path.split('/').slice(0, -1).join('/');
  const named =
    request.data === undefined
      ? findPlace({ document, folder, table, server: request.server })
      : namedPlace(request.data, surroundings);
  refuseOtherTable(named, one, request);
  const found = await openPlace(named, { path, at }, { place, trees });
  const data = await findData({
    ...{ place: { ...named, pattern: found.pattern, dialect: { ...named.dialect, ...request.dialect } } },
    ...{ table, folder, temporary, tree: found.tree, isOneOfSeveral: tables.length > 1 },
    at: document.locate(['schema', index]),
    show: found.show,
  });
  return { data, server: named.server, isInRepository: found.isInRepository };
}

/** A file or pattern that a contract names from its folder or from the top of the repository. */
export async function locatePath(
  written: string,
  { path, document, index, at }: TablePlace,
  { place, trees, temporary }: Omit<Surroundings, 'request'>,
): Promise<Data> {
  const table = document.value.schema?.[index];
  if (!table) throw new Error(`no table ${index}`);
  const here = document.locate(['schema', index]);
  const folder = path.split('/').slice(0, -1).join('/');
  const tree = await trees.repository(path, at);
  const shared = { isOfTable: true, dialect: {}, options: {} };
  const find = (pattern: string) =>
    findData({
      ...{ place: { ...shared, pattern }, table, folder, temporary, tree, at: here },
      ...{ isOneOfSeveral: false, show: place.show },
    });
  const beside = insideRepository(written, { folder, at: here });
  const isThere = (await tree.find(parsePattern(beside).start)).length > 0;
  return find(isThere ? beside : insideRepository(written, { folder: '', at: here }));
}

function namedPlace(data: string, { place: { root, directory } }: Surroundings): Place {
  const shared = { isOfTable: false, dialect: {}, options: {} };
  if (/^[a-z][a-z0-9+.-]+:\/\//iu.test(data)) return { ...shared, pattern: data };
  const path = resolve(directory, data);
  if (!isWithin(root, path)) return { ...shared, pattern: path };
  return { ...shared, pattern: relative(root, path).split(sep).join('/') };
}

/** One file is of one table: the one it is named after, where there are several. */
function refuseOtherTable(
  { pattern = '' }: Place,
  { document, index }: TablePlace,
  { data }: DataQuestion,
): void {
  const { isPlain, start } = parsePattern(pattern);
  if (data === undefined || !isPlain || !/\.[^/]*$/u.test(start)) return;
  if (findTable(document, start).index === index) return;
  throw new ConfigurationError(`${data} is another table of the contract`, {
    at: document.locate(['schema', index]),
    remedy: 'Leave out --table, or name the data of this table.',
  });
}

interface OpenedPlace {
  readonly tree: FileTree;
  readonly pattern: string | undefined;
  readonly show: (path: string) => string;
  readonly isInRepository: boolean;
}

async function openPlace(
  named: Place,
  { path, at }: Pick<TablePlace, 'path' | 'at'>,
  { place, trees }: Pick<Surroundings, 'place' | 'trees'>,
): Promise<OpenedPlace> {
  const { pattern } = named;
  if (pattern?.includes('://')) {
    const { tree, pattern: below } = await trees.bucket(named);
    return { tree, pattern: below, show: name => `${tree.name}/${name}`, isInRepository: false };
  }
  const isFree = pattern?.startsWith('/') ?? false;
  if (pattern !== undefined && isFree) {
    const tree = openDiskTree('/', { name: 'this machine' });
    return { tree, pattern: pattern.slice(1), show: name => `/${name}`, isInRepository: false };
  }
  const tree = await trees.repository(path, at);
  if (at || named.at) return { tree, pattern, show: place.show, isInRepository: true };
  // A link that leads out of the repository may be followed where a person names it.
  const linked = pattern === undefined ? [] : [openDiskTree('/', { name: 'this machine' })];
  return {
    tree: firstTree(tree.name, [tree, ...linked.map(one => below(place.root.slice(1), one))]),
    ...{ pattern, show: place.show, isInRepository: true },
  };
}

/** A tree whose paths are those below a folder of another one. */
function below(folder: string, tree: FileTree): FileTree {
  return {
    name: tree.name,
    find: async path => {
      const found = await tree.find(path === '' ? folder : `${folder}/${path}`);
      return found.map(file => ({ ...file, path: file.path.slice(folder.length + 1) }));
    },
  };
}
