// The data of one table of a contract: its files, here on this machine.
import { posix } from 'node:path';
import type { Data } from '#lib/contracts/data/data.ts';
import { parsePattern } from '#lib/contracts/data/pattern.ts';
import type { ContractTable } from '#lib/contracts/odcs-schema.ts';
import { ConfigurationError, type Location } from '#lib/errors.ts';
import { bringData } from '#lib/flows/contracts/data/bring-data.ts';
import type { Place } from '#lib/flows/contracts/data/place.ts';
import { chooseDataFiles, isFileOf, NoData, type TableFile } from '#lib/flows/contracts/data/table-files.ts';
import type { FileTree, FoundFile } from '#lib/flows/contracts/data/tree.ts';

export interface FindDataOptions {
  readonly place: Place;
  readonly table: ContractTable;
  /** The contract has others. */
  readonly isOneOfSeveral: boolean;
  /** The folder of the contract from the top, with forward slashes. */
  readonly folder: string;
  /** Where the place's pattern is looked for. */
  readonly tree: FileTree;
  /** Absolute; for decoded copies. */
  readonly temporary: string;
  /** Where to look, for what is not there. */
  readonly at: Location;
  /** A path of the tree as people know it. */
  readonly show: (path: string) => string;
}

/** @throws ConfigurationError when there is no data, or it cannot be told which */
export async function findData(options: FindDataOptions): Promise<Data> {
  const { place, tree, temporary, show } = options;
  const at = place.at ?? options.at;
  const { path, files } = place.pattern === undefined ? await findBeside(options) : await findNamed(options);
  if (files.length === 0)
    throw new NoData(path === '' ? `the top of ${tree.name}` : `${show(path)} (${tree.name})`, at);
  return bringData(files, { path: show(path), dialect: place.dialect, temporary, at, show });
}

interface FoundData {
  /** As it is shown. */
  readonly path: string;
  readonly files: readonly TableFile[];
}

/** Several tables at one place are told apart by their names. */
async function findNamed(options: FindDataOptions): Promise<FoundData> {
  const { place, tree, table, isOneOfSeveral } = options;
  const pattern = parsePattern(place.pattern ?? '');
  const below = await tree.find(pattern.start);
  const matching = pattern.isPlain ? below : below.filter(({ path }) => isMatch(pattern.matches, path));
  const isOneFile = pattern.isPlain && matching.length === 1 && matching[0]?.path === pattern.start;
  const known = { format: place.format, isNamed: isOneFile || !pattern.isPlain, at: place.at };
  const shared = isOneOfSeveral && !place.isOfTable && !isOneFile;
  const own = shared
    ? matching.filter(({ path }) => isFileOf(table, path.slice(pattern.start.length)))
    : matching;
  return { path: place.pattern ?? '', files: chooseDataFiles(own, known) };
}

/** A pattern may name folders: then all that is in them is meant. */
function isMatch(matches: (path: string) => boolean, path: string): boolean {
  for (let way = path; way !== '.' && way !== '/'; way = posix.dirname(way)) if (matches(way)) return true;
  return false;
}

/** What carries the table's name, else the only data there is. */
async function findBeside(options: FindDataOptions): Promise<FoundData> {
  const { tree, folder, table, isOneOfSeveral, at } = options;
  const all = await tree.find(folder);
  const wayOf = ({ path }: FoundFile) => (folder === '' ? path : path.slice(folder.length + 1));
  const named = all.filter(file => {
    const [first = '', ...rest] = wayOf(file).split('/');
    // A file beside the contract, or one in a folder that has the table's name.
    return rest.length === 0 ? isFileOf(table, first) : isFileOf(table, `${first}/`);
  });
  const own = chooseDataFiles(named, { isNamed: false, at });
  if (own.length > 0) return { path: placeOf(own, folder), files: own };
  const beside = chooseDataFiles(
    all.filter(file => !wayOf(file).includes('/')),
    { isNamed: false, at },
  );
  if (beside.length === 1 && !isOneOfSeveral) return { path: placeOf(beside, folder), files: beside };
  if (beside.length === 0) return { path: folder, files: [] };
  throw new ConfigurationError(
    `The contract does not say which of ${beside.length} files the table ${table.name} is`,
    { at, remedy: 'Give the table its physicalName, name a server of type local, or use --data.' },
  );
}

/** The file where it is one, else the folder they share. */
function placeOf(files: readonly TableFile[], folder: string): string {
  const [first, ...rest] = files.map(({ found }) => found.path);
  if (first === undefined || rest.length === 0) return first ?? folder;
  let shared = posix.dirname(first);
  while (shared !== '.' && !rest.every(path => path.startsWith(`${shared}/`))) shared = posix.dirname(shared);
  return shared === '.' ? folder : shared;
}
