// Which contracts `contract diff` compares: two files, two commits, or a commit and the work tree. A contract that moved is
// the same one by its id.
import { existsSync, statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { Contract } from '#lib/contracts/odcs.ts';
import { parseContract } from '#lib/contracts/read.ts';
import { compareText } from '#lib/documents/canonical.ts';
import { type CheckedDocument, readText } from '#lib/documents/read.ts';
import { atRevision, ConfigurationError } from '#lib/errors.ts';
import { findBase } from '#lib/flows/base.ts';
import { fileWithin } from '#lib/flows/file-within.ts';
import { openGit } from '#lib/git/binary.ts';
import type { Git } from '#lib/git/git.ts';

/** One contract as it was and as it is. */
export interface ContractPair {
  /** Where it is now, or was last. */
  readonly path: string;
  /** Where it lies or lay in the work tree: absolute, without links. */
  readonly files: readonly string[];
  readonly base: CheckedDocument<Contract> | undefined;
  readonly head: CheckedDocument<Contract> | undefined;
}

export interface DiffSources {
  /** What is compared, in words: `main` and `the work tree`. */
  readonly base: string;
  readonly head: string;
  readonly pairs: readonly ContractPair[];
}

const CONTRACT = /\.odcs\.ya?ml$/i;
export const WORK_TREE = 'the work tree';

/**
 * Reads the words of the command: revisions first, then files.
 * @throws ConfigurationError for a word that is neither, and for contracts that cannot be read.
 */
export async function findDiffSources(directory: string, words: readonly string[]): Promise<DiffSources> {
  const [first, second, third] = words;
  const areFiles = [first, second].every(word => word !== undefined && isFile(directory, word));
  if (first !== undefined && second !== undefined && third === undefined && areFiles)
    return compareFiles(directory, first, second);
  const git = await openGit(resolve(directory));
  if (!git) {
    throw new ConfigurationError('There is no git repository here whose commits could be compared', {
      remedy: 'Name two files: mainline contract diff old.odcs.yaml new.odcs.yaml',
    });
  }
  const { revisions, files } = await sortWords(git, directory, words);
  const [asked, head] = revisions;
  const base = asked === undefined || head === undefined ? await findBase(git, asked) : undefined;
  const from =
    base ?? (asked === undefined ? null : { name: asked, commit: (await git.resolve(asked)) ?? '' });
  if (!from) {
    throw new ConfigurationError('Nothing is committed here yet, so there is nothing to compare with', {
      remedy: 'Commit first, or name two files.',
    });
  }
  const to = head === undefined ? undefined : { name: head, commit: (await git.resolve(head)) ?? '' };
  const pairs = await readPairs(git, { from, to, files: files.map(file => fromTop(git, directory, file)) });
  return { base: from.name, head: to?.name ?? WORK_TREE, pairs };
}

function isFile(directory: string, word: string): boolean {
  const path = resolve(directory, word);
  return existsSync(path) && statSync(path).isFile();
}

async function compareFiles(directory: string, base: string, head: string): Promise<DiffSources> {
  const [old, now] = await Promise.all([base, head].map(file => readAsIs(directory, file)));
  const files = await Promise.all([base, head].map(file => realpath(resolve(directory, file))));
  return { base, head, pairs: [{ path: head, files, base: old, head: now }] };
}

async function readAsIs(directory: string, file: string): Promise<CheckedDocument<Contract>> {
  return parseContract(await readText(resolve(directory, file)), file);
}

/** At most two revisions, before all files. A name that is both is a file. */
async function sortWords(
  git: Git,
  directory: string,
  words: readonly string[],
): Promise<{ readonly revisions: readonly string[]; readonly files: readonly string[] }> {
  const revisions: string[] = [];
  const files: string[] = [];
  for (const word of words) {
    const canBeRevision = files.length === 0 && revisions.length < 2 && !isFile(directory, word);
    if (canBeRevision && (await git.resolve(word)) !== undefined) revisions.push(word);
    else files.push(word);
  }
  return { revisions, files };
}

function fromTop(git: Git, directory: string, file: string): string {
  const path = relative(git.root, resolve(directory, file)).split(sep).join('/');
  if (path.split('/')[0] !== '..') return path;
  throw new ConfigurationError(`${file} lies outside of the repository`, {
    remedy: `Name a file below ${git.root}.`,
  });
}

interface Commit {
  readonly name: string;
  readonly commit: string;
}

interface Asked {
  readonly from: Commit;
  /** The work tree where undefined. */
  readonly to: Commit | undefined;
  /** From the top; empty for every contract that differs. */
  readonly files: readonly string[];
}

type Reader = (path: string) => Promise<CheckedDocument<Contract> | undefined>;

async function readPairs(git: Git, { from, to, files }: Asked): Promise<readonly ContractPair[]> {
  const paths = files.length > 0 ? files : await changedContracts(git, from, to);
  const old = readerAt(git, from);
  const now = to ? readerAt(git, to) : readerOfWorkTree(git);
  const pairs: ContractPair[] = [];
  for (const path of [...new Set(paths)].toSorted(compareText)) {
    const pair = { path, files: [join(git.root, path)], base: await old(path), head: await now(path) };
    if (!pair.base && !pair.head) throw notThere(path, { from, to });
    pairs.push(pair);
  }
  return joinMoved(pairs);
}

function notThere(path: string, { from, to }: Pick<Asked, 'from' | 'to'>): ConfigurationError {
  return new ConfigurationError(
    `${path} is no revision, and no contract in ${from.name} or ${to?.name ?? WORK_TREE}`,
    {
      remedy: 'Name a contract that is in one of them, or a revision that was fetched.',
    },
  );
}

async function changedContracts(git: Git, from: Commit, to: Commit | undefined): Promise<readonly string[]> {
  const isContract = (path: string) => CONTRACT.test(path);
  if (!to) return (await git.changedPaths(from.commit)).filter(isContract);
  const [before, after] = await Promise.all(
    [from, to].map(async ({ commit }) => {
      const files = await git.listFiles(commit, '');
      return new Map(files.filter(({ path }) => isContract(path)).map(({ path, id }) => [path, id]));
    }),
  );
  const all = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
  return [...all].filter(path => before?.get(path) !== after?.get(path));
}

function readerAt(git: Git, { name, commit }: Commit): Reader {
  return async path => {
    const bytes = await git.readFile(commit, path);
    if (!bytes) return undefined;
    try {
      const document = parseContract(Buffer.from(bytes).toString('utf8'), path);
      const at = (place: ReturnType<typeof document.locate>) => ({ ...place, revision: name });
      return {
        ...document,
        locate: key => at(document.locate(key)),
        locateKey: key => at(document.locateKey(key)),
      };
    } catch (error) {
      throw error instanceof ConfigurationError ? atRevision(error, name) : error;
    }
  };
}

/** A link that leads out of the repository is no contract of it. */
function readerOfWorkTree(git: Git): Reader {
  return async path => {
    const file = await fileWithin(git.root, path);
    return file === undefined ? undefined : parseContract(await readText(file), path);
  };
}

/** One that is gone and one that is new with the same id are one that moved. */
function joinMoved(pairs: readonly ContractPair[]): readonly ContractPair[] {
  const gone = new Map(pairs.flatMap(pair => (pair.base && !pair.head ? [[pair.base.value.id, pair]] : [])));
  const moved = new Set<ContractPair>();
  const joined = pairs.map(pair => {
    const before = pair.head && !pair.base ? gone.get(pair.head.value.id) : undefined;
    if (!before || moved.has(before)) return pair;
    moved.add(before);
    return { ...pair, files: [...before.files, ...pair.files], base: before.base };
  });
  return joined.filter(pair => !moved.has(pair));
}
