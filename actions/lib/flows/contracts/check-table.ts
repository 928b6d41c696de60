// What a run of contract validate was asked for, what its tables share, and the check of one of them.
import type { Data } from '#lib/contracts/data/data.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import type { Partials } from '#lib/contracts/run/partials.ts';
import { type Selection, selectChecks } from '#lib/contracts/select.ts';
import { type RunContext, validateTable } from '#lib/contracts/validate.ts';
import type { TableValidation } from '#lib/contracts/validation.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';
import type { DataQuestion } from '#lib/flows/contracts/data/locate.ts';
import { withShownPaths } from '#lib/flows/contracts/data/shown-paths.ts';
import type { Trees } from '#lib/flows/contracts/data/trees.ts';
import type { ContractPlace, NamedCommit } from '#lib/flows/contracts/sources.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

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

/** What all tables of a run share. */
export interface Run {
  readonly request: ValidateRequest;
  readonly place: ContractPlace;
  readonly trees: Trees;
  readonly engine: SqlEngine;
  readonly partials: Partials | undefined;
  /** Absolute. */
  readonly temporary: string;
  /** What is compared with. */
  readonly base: NamedCommit | undefined;
}

/** One table of one contract, at one commit or in the work tree. */
export interface TableAt {
  /** Of the contract, from the root. */
  readonly path: string;
  readonly document: CheckedDocument<Contract>;
  readonly index: number;
  readonly at: NamedCommit | undefined;
}

/** Checks the data that was found. */
export async function checkTable(
  { path, document, index }: TableAt,
  data: Data,
  { request, place, engine, partials }: Run,
  others: Pick<RunContext, 'findReference' | 'findVersion'>,
): Promise<Omit<TableValidation, 'table'>> {
  const table = document.value.schema?.[index];
  if (!table) throw new Error(`no table ${index}`);
  const { selection = {}, showSamples = true, tell } = request;
  try {
    return await validateTable(
      { contract: place.show(path), document, table, index, data },
      {
        ...{ ...others, engine, partials, showSamples, now: request.now() },
        isSelected: selectChecks(document, index, selection),
        onFile: isKnown => tell?.({ kind: 'file', isKnown }),
      },
    );
  } catch (error) {
    throw withShownPaths(error, data.files);
  }
}
