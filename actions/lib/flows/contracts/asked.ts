// What a run of contract validate is asked for: which contracts, as they stand where, and what they are compared with.
import type { Contract } from '#lib/contracts/odcs.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { ValidateRequest } from '#lib/flows/contracts/check-table.ts';
import { keepProblems } from '#lib/flows/contracts/problems.ts';
import {
  type ContractPlace,
  listContracts,
  type NamedCommit,
  openContractPlace,
  readContractAt,
  resolveCommit,
} from '#lib/flows/contracts/sources.ts';
import { readGit } from '#lib/git/command.ts';

/** What is to be validated. */
export interface Asked {
  readonly place: ContractPlace;
  readonly at: NamedCommit | undefined;
  readonly base: NamedCommit | undefined;
  /** By path; undefined for what could not be read, with the problems that say why. */
  readonly contracts: readonly AskedContract[];
  readonly useCache: boolean;
}

export interface AskedContract {
  readonly path: string;
  readonly document: CheckedDocument<Contract> | undefined;
  readonly problems: readonly ConfigurationError[];
}

/** @throws ConfigurationError for words that name nothing */
export async function findAsked(request: ValidateRequest): Promise<Asked> {
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
  const [isProposed, contracts] = await Promise.all([isCommitted(place), readContracts(paths, place, at)]);
  return { place, at, base, contracts, useCache: request.useCache !== false && !isProposed };
}

async function readContracts(
  paths: readonly string[],
  place: ContractPlace,
  at: NamedCommit | undefined,
): Promise<readonly AskedContract[]> {
  const contracts: AskedContract[] = [];
  for (const path of paths) {
    const problems: ConfigurationError[] = [];
    const document = await keepProblems(problems, () => readContract(place, path, at));
    contracts.push({ path, document, problems });
  }
  return contracts;
}

async function readContract(place: ContractPlace, path: string, at: NamedCommit | undefined) {
  const document = await readContractAt(place, path, at);
  if (!document) throw notAt(place.show(path), at);
  return document;
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

function notAt(shown: string, at: NamedCommit | undefined): ConfigurationError {
  return new ConfigurationError(`There is no contract ${shown}${at ? ` at ${at.name}` : ''}`, {
    remedy: 'Name a contract, or none for all of them.',
  });
}
