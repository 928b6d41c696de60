// contract validate: every table of the contracts against its data, wherever that is.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Data } from '#lib/contracts/data/data.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import { openPartials } from '#lib/contracts/run/partials.ts';
import { type Selection, selectChecks } from '#lib/contracts/select.ts';
import { validateTable } from '#lib/contracts/validate.ts';
import type { TableValidation, Validation } from '#lib/contracts/validation.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';
import { type DataQuestion, locateData } from '#lib/flows/contracts/data/locate.ts';
import { elsewhereServers } from '#lib/flows/contracts/data/place.ts';
import { NoData } from '#lib/flows/contracts/data/table-files.ts';
import { openTrees, type Trees } from '#lib/flows/contracts/data/trees.ts';
import { ignoreFolder } from '#lib/flows/contracts/local-folder.ts';
import {
  type ContractPlace,
  listContracts,
  type NamedCommit,
  openContractPlace,
  readContractAt,
  resolveCommit,
} from '#lib/flows/contracts/sources.ts';
import { refuseWhenStopped } from '#lib/flows/stopped.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

export type { Validation };

export interface ValidateRequest extends Pick<DataQuestion, 'data' | 'server' | 'dialect'> {
  /** Where the user stands. */
  readonly directory: string;
  /** As typed; every contract below the directory without any. */
  readonly contracts: readonly string[];
  /** A commit to read contract and data of, instead of the work tree. */
  readonly revision?: string | undefined;
  /** What to compare with: the merge base with it. */
  readonly base?: string | undefined;
  /** How many versions of the data in git to look back at. */
  readonly history?: number | undefined;
  /** The only table to look at. */
  readonly table?: string | undefined;
  readonly selection?: Selection;
  /** False looks at every file again. */
  readonly useCache?: boolean;
  /** False shows no value of the data. */
  readonly showSamples?: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly tell?: (event: ValidateEvent) => void;
}

export type ValidateEvent =
  | { readonly kind: 'table'; readonly table: string; readonly contract: string; readonly files: number }
  | { readonly kind: 'file'; readonly isKnown: boolean }
  | { readonly kind: 'download'; readonly path: string; readonly bytes: number };

export interface ValidateOutcome {
  readonly validation: Validation;
  /** What could not be read: the same as in the validation, to be thrown when all else is told. */
  readonly problems: readonly ConfigurationError[];
}

/** What all tables of a run share. */
export interface Run {
  readonly request: ValidateRequest;
  readonly place: ContractPlace;
  readonly trees: Trees;
  readonly engine: SqlEngine;
  readonly partials: ReturnType<typeof openPartials> | undefined;
  /** Absolute. */
  readonly temporary: string;
}

/**
 * Validates.
 * @throws ConfigurationError for words that name nothing; what cannot be read of one contract does not stop the others.
 */
export async function validateContracts(request: ValidateRequest): Promise<ValidateOutcome> {
  const place = await openContractPlace(request.directory);
  const at = request.revision === undefined ? undefined : await resolveCommit(place, request.revision);
  const paths = await listContracts(place, { files: request.contracts, at });
  if (paths.length === 0) {
    throw new ConfigurationError('There is no contract here: no file ends in .odcs.yaml', {
      remedy: 'Write one from data: mainline contract init <file>',
    });
  }
  if (request.data !== undefined && paths.length > 1) {
    throw new ConfigurationError(`Which of ${paths.length} contracts is the data to keep?`, {
      remedy: 'Name the contract before --data.',
    });
  }
  const local = join(place.root, '.mainline', 'contracts');
  const temporary = mkdtempSync(join(tmpdir(), 'mainline-'));
  const engine = await openDuckDb({ threads: Math.min(64, availableParallelism()) });
  const { env, now, signal, tell } = request;
  const trees = openTrees({
    ...{ place, env, now, signal, temporary, objects: join(local, 'objects') },
    onDownload: file => tell?.({ kind: 'download', ...file }),
  });
  const useCache = request.useCache !== false;
  if (useCache) ignoreFolder(local);
  const partials = useCache ? openPartials(join(local, 'partials')) : undefined;
  const run: Run = { request, place, trees, engine, partials, temporary };
  try {
    return await validateAll(paths, run, at);
  } finally {
    trees.close();
    engine.close();
    rmSync(temporary, { recursive: true, force: true });
  }
}

interface Findings {
  readonly tables: TableValidation[];
  readonly problems: ConfigurationError[];
  readonly elsewhere: Validation['elsewhere'][number][];
}

async function validateAll(
  paths: readonly string[],
  run: Run,
  at: NamedCommit | undefined,
): Promise<ValidateOutcome> {
  const found: Findings = { tables: [], problems: [], elsewhere: [] };
  for (const path of paths) {
    await keepProblems(found.problems, async () => {
      const document = await readContractAt(run.place, path, at);
      if (!document) throw notAt(run.place.show(path), at);
      await validateContract({ path, document, at }, run, found);
    });
  }
  const { tables, problems, elsewhere } = found;
  const passed = problems.length === 0 && tables.every(table => table.passed);
  const described = problems.map(describeProblem);
  const validation = { passed, ...(at && { revision: at }), tables, elsewhere, problems: described };
  return { validation, problems };
}

async function keepProblems(problems: ConfigurationError[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...(error instanceof ConfigurationErrors ? error.problems : [error]));
  }
}

/** A contract that nobody named may be about a database: that is told, and no failure. What should be here is one. */
async function validateContract(
  contract: Omit<TableAt, 'index'>,
  run: Run,
  { tables, problems, elsewhere }: Findings,
): Promise<void> {
  const { document, path } = contract;
  const { request, place } = run;
  const missing: NoData[] = [];
  const all = chosenTables(document, request.table);
  for (const index of all) {
    refuseWhenStopped(request.signal);
    try {
      tables.push(await validateOne({ ...contract, index }, run));
    } catch (error) {
      if (error instanceof NoData) missing.push(error);
      else await keepProblems(problems, () => Promise.reject(error));
    }
  }
  const servers = elsewhereServers(document);
  const isNamed = request.contracts.length > 0 || request.data !== undefined || request.server !== undefined;
  if (missing.length === all.length && servers.length > 0 && !isNamed)
    elsewhere.push({ contract: place.show(path), servers });
  else problems.push(...(missing.length === all.length ? missing.slice(0, 1) : missing));
}

function notAt(shown: string, at: NamedCommit | undefined): ConfigurationError {
  return new ConfigurationError(`There is no contract ${shown}${at ? ` at ${at.name}` : ''}`, {
    remedy: 'Name a contract, or none for all of them.',
  });
}

/** Their places in the contract. @throws ConfigurationError for a name that none has */
function chosenTables(document: CheckedDocument<Contract>, asked: string | undefined): readonly number[] {
  const tables = document.value.schema ?? [];
  if (asked === undefined) return tables.map((_, i) => i);
  const index = tables.findIndex(({ name, physicalName }) => name === asked || physicalName === asked);
  if (index >= 0) return [index];
  const names = tables.map(({ name }) => name);
  const near = nearestWord(asked, names);
  throw new ConfigurationError(`The contract has no table ${asked}`, {
    at: document.locate(['schema']),
    remedy: near ? `Did you mean ${near}?` : `It has ${names.join(', ') || 'none'}.`,
  });
}

/** One table of one contract, at one commit or in the work tree. */
export interface TableAt {
  /** Of the contract, from the root. */
  readonly path: string;
  readonly document: CheckedDocument<Contract>;
  readonly index: number;
  readonly at: NamedCommit | undefined;
}

async function validateOne(one: TableAt, run: Run): Promise<TableValidation> {
  const { request, place } = run;
  const { data, server } = await locateData(one, run);
  const { name = '' } = one.document.value.schema?.[one.index] ?? {};
  request.tell?.({
    ...{ kind: 'table', table: name, contract: place.show(one.path), files: data.files.length },
  });
  const result = await checkTable(one, data, run);
  return { table: name, ...(server !== undefined && { server }), ...result };
}

/** Checks the data that was found. */
export async function checkTable(
  { path, document, index }: TableAt,
  data: Data,
  { request, place, engine, partials }: Run,
): Promise<Omit<TableValidation, 'table'>> {
  const table = document.value.schema?.[index];
  if (!table) throw new Error(`no table ${index}`);
  const { selection = {}, showSamples = true, tell } = request;
  try {
    return await validateTable(
      { contract: place.show(path), document, table, index, data },
      {
        ...{ engine, partials, showSamples },
        isSelected: selectChecks(document, index, selection),
        onFile: isKnown => tell?.({ kind: 'file', isKnown }),
      },
    );
  } catch (error) {
    throw error instanceof ConfigurationError ? withShownPaths(error, data) : error;
  }
}

/** Copies and objects of a cache are told of by the names that people know. */
function withShownPaths(error: ConfigurationError, { files }: Data): ConfigurationError {
  if (error instanceof ConfigurationErrors)
    return new ConfigurationErrors(error.problems.map(one => withShownPaths(one, { files } as Data)));
  const named = (text: string) => files.reduce((all, { file, path }) => all.replaceAll(file, path), text);
  const { message, at, remedy, cause } = error;
  return new ConfigurationError(named(message), {
    at: at && { ...at, file: named(at.file) },
    remedy: remedy && named(remedy),
    cause,
  });
}

function describeProblem({ message, remedy, at }: ConfigurationError): Validation['problems'][number] {
  return {
    message,
    ...(remedy !== undefined && { remedy }),
    ...(at && {
      at: {
        file: at.file,
        ...(at.line !== undefined && { line: at.line }),
        ...(at.column !== undefined && { column: at.column }),
      },
    }),
  };
}

/** The folder of a contract from the root; '' for the root itself. */
export function folderOf(path: string): string {
  const folder = dirname(path);
  return folder === '.' ? '' : folder;
}
