// contract validate: every table of the contracts against its data, wherever that is.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Contract } from '#lib/contracts/odcs.ts';
import { openPartials } from '#lib/contracts/run/partials.ts';
import type { TableValidation, Validation } from '#lib/contracts/validation.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { type Asked, findAsked } from '#lib/flows/contracts/asked.ts';
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
import { withTemporary } from '#lib/flows/contracts/data/temporary.ts';
import { openTrees } from '#lib/flows/contracts/data/trees.ts';
import { compareWithHistory } from '#lib/flows/contracts/history.ts';
import { ignoreFolder } from '#lib/flows/contracts/local-folder.ts';
import { referencesOf, versionsOf } from '#lib/flows/contracts/other-data.ts';
import { describeProblem, keepProblems } from '#lib/flows/contracts/problems.ts';
import { refuseWhenStopped } from '#lib/flows/stop-signal.ts';
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
  // Git answers while the engine is loaded, and contracts are read while it opens.
  const finding = findAsked(request);
  const opening = openDuckDb({ threads: Math.min(64, availableParallelism()) });
  for (const one of [finding, opening]) one.catch(() => undefined);
  try {
    const asked = await finding;
    return await withTemporary(async temporary =>
      validateAll(asked, openRun(asked, { request, temporary, engine: await opening })),
    );
  } finally {
    await opening.then(
      engine => engine.close(),
      () => undefined,
    );
  }
}

function openRun(
  { place, base, useCache }: Asked,
  { request, engine, temporary }: Pick<Run, 'request' | 'engine' | 'temporary'>,
): Run {
  const local = join(place.root, '.mainline', 'contracts');
  const { env, now, signal, tell } = request;
  const trees = openTrees({
    ...{ place, env, now, signal, temporary, objects: join(useCache ? local : temporary, 'objects') },
    onDownload: file => tell?.({ kind: 'download', ...file }),
  });
  if (useCache) ignoreFolder(local);
  const partials = useCache ? openPartials(join(local, 'partials')) : undefined;
  return { request, place, trees, engine, partials, temporary, base };
}

interface Findings {
  readonly tables: TableValidation[];
  readonly problems: ConfigurationError[];
  readonly elsewhere: Validation['elsewhere'][number][];
}

async function validateAll({ contracts, at }: Asked, run: Run): Promise<ValidateOutcome> {
  const found: Findings = { tables: [], problems: [], elsewhere: [] };
  try {
    for (const { path, document, problems } of contracts) {
      found.problems.push(...problems);
      if (document)
        await keepProblems(found.problems, () => validateContract({ path, document, at }, run, found));
    }
  } finally {
    run.trees.close();
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
