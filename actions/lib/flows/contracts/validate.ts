// contract validate: every table of the contracts against its data, wherever that is.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contract } from '#lib/contracts/odcs.ts';
import { openPartials } from '#lib/contracts/run/partials.ts';
import type { TableValidation, Validation } from '#lib/contracts/validation.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';
import {
  checkTable,
  type Run,
  type TableAt,
  type ValidateEvent,
  type ValidateRequest,
} from '#lib/flows/contracts/check-table.ts';
import { compareWithBase, type Present } from '#lib/flows/contracts/compare.ts';
import { locateData } from '#lib/flows/contracts/data/locate.ts';
import { elsewhereServers } from '#lib/flows/contracts/data/place.ts';
import { NoData } from '#lib/flows/contracts/data/table-files.ts';
import { openTrees } from '#lib/flows/contracts/data/trees.ts';
import { compareWithHistory } from '#lib/flows/contracts/history.ts';
import { ignoreFolder } from '#lib/flows/contracts/local-folder.ts';
import { referencesOf, versionsOf } from '#lib/flows/contracts/other-data.ts';
import {
  type ContractPlace,
  listContracts,
  type NamedCommit,
  openContractPlace,
  readContractAt,
  resolveCommit,
} from '#lib/flows/contracts/sources.ts';
import { refuseWhenStopped } from '#lib/flows/stopped.ts';
import { readGit } from '#lib/git/command.ts';
import { openDuckDb } from '#lib/sql/duckdb.ts';

export type { ValidateEvent, ValidateRequest, Validation };

export interface ValidateOutcome {
  readonly validation: Validation;
  /** What could not be read: the same as in the validation, to be thrown when all else is told. */
  readonly problems: readonly ConfigurationError[];
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
  const base = request.base === undefined ? undefined : await mergeBase(place, request.base, at);
  const local = join(place.root, '.mainline', 'contracts');
  const temporary = mkdtempSync(join(tmpdir(), 'mainline-'));
  const useCache = request.useCache !== false && !(await isCommitted(place));
  const engine = await openDuckDb({ threads: Math.min(64, availableParallelism()) });
  const { env, now, signal, tell } = request;
  const trees = openTrees({
    ...{ place, env, now, signal, temporary, objects: join(useCache ? local : temporary, 'objects') },
    onDownload: file => tell?.({ kind: 'download', ...file }),
  });
  if (useCache) ignoreFolder(local);
  const partials = useCache ? openPartials(join(local, 'partials')) : undefined;
  const run: Run = { request, place, trees, engine, partials, temporary, base };
  try {
    return await validateAll(paths, run, at);
  } finally {
    trees.close();
    engine.close();
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Who proposes a change could propose what is remembered with it: then nothing of it is believed. */
async function isCommitted({ git }: ContractPlace): Promise<boolean> {
  if (!git) return false;
  return (await readGit(git.root, ['ls-files', '--', '.mainline/contracts'])) !== '';
}

/** The common ancestor of what is looked at and of a revision; the revision itself where there is none. */
async function mergeBase(
  place: ContractPlace,
  name: string,
  at: NamedCommit | undefined,
): Promise<NamedCommit> {
  const named = await resolveCommit(place, name);
  const head = at?.commit ?? (await place.git?.resolve('HEAD'));
  const commit = head === undefined ? undefined : await place.git?.mergeBase(named.commit, head);
  return { name, commit: commit ?? named.commit };
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
  refuseEmptySelection(tables, run);
  const passed = problems.length === 0 && tables.every(table => table.passed);
  const described = problems.map(describeProblem);
  const validation = { passed, ...(at && { revision: at }), tables, elsewhere, problems: described };
  return { validation, problems };
}

/** Nothing was checked because nothing is called so: that is a mistake in the words, and no good news. */
function refuseEmptySelection(tables: readonly TableValidation[], { request }: Run): void {
  const asked = Object.values(request.selection ?? {}).flat();
  if (asked.length === 0 || tables.length === 0 || tables.some(({ checks }) => checks.length > 0)) return;
  throw new ConfigurationError(`No check is what you ask for: ${asked.join(', ')}`, {
    remedy: 'See what there is: mainline contract explain <contract>',
  });
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

async function validateOne(one: TableAt, run: Run): Promise<TableValidation> {
  const { request, place, base } = run;
  const located = await locateData(one, run);
  const { data, server } = located;
  const { name = '' } = one.document.value.schema?.[one.index] ?? {};
  request.tell?.({
    ...{ kind: 'table', table: name, contract: place.show(one.path), files: data.files.length },
  });
  const others = { findReference: referencesOf(one, run), findVersion: versionsOf(one, run) };
  const result = await checkTable(one, data, run, others);
  const present: Present = { one, located, result };
  return {
    table: name,
    ...(server !== undefined && { server }),
    ...result,
    ...(base && { comparison: await compareWithBase(present, base, run) }),
    ...(request.history && { history: await compareWithHistory(present, request.history, run) }),
  };
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
