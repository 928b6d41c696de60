// The branch mainline/state: what the machines did. It is only ever appended to, one commit a change, and moved by
// compare-and-swap: of two writers at once the second reads again what the first wrote and decides anew.
import { setTimeout as wait } from 'node:timers/promises';
import { compareText } from '#lib/documents/canonical.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { Repository } from '#lib/git/repository.ts';

export const STATE_REF = 'refs/heads/mainline/state';

/** Where the branch stood when it was last written: it stays when somebody moves the branch back. */
const WITNESS_REF = 'refs/mainline/seen/state';

/** Whoever writes the state is a machine: commits of it name the command, and audit records name the person. */
export const MACHINE = { name: 'mainline', email: 'mainline@localhost' } as const;

const ATTEMPTS = 50;

/** The state at one moment. */
export interface State {
  /** undefined before anything happened. */
  readonly commit: string | undefined;
  /** Paths below a folder that ends in '/', sorted. */
  list(folder: string): readonly string[];
  read(path: string): Promise<string | undefined>;
  /** All files below a folder, in order. */
  readAll(folder: string): Promise<readonly { readonly path: string; readonly text: string }[]>;
}

export interface Change<Result> {
  /** Whole files by path; never the text of an existing record. Empty = nothing to write. */
  readonly files: ReadonlyMap<string, string>;
  readonly message: string;
  readonly result: Result;
}

/** Undefined where there is no such branch; one that another process makes between two questions is there. */
async function findCommit(repository: Repository, revision: string): Promise<string | undefined> {
  const found = await repository.resolve(revision);
  if (found !== undefined || (await repository.refs(revision)).length === 0) return found;
  const again = await repository.resolve(revision);
  if (again !== undefined) return again;
  throw new ConfigurationError(`${revision} names a commit that is not there`, {
    at: { file: repository.directory },
    remedy:
      'The repository is damaged: run git fsck there, or push the branch again from a clone that has it.',
  });
}

/** Reads the state as it is now. */
export async function readState(repository: Repository, revision: string = STATE_REF): Promise<State> {
  const commit = await findCommit(repository, revision);
  const files = commit === undefined ? [] : await repository.listFiles(commit, '');
  const ids = new Map(files.map(({ path, id }) => [path, id]));
  const below = (folder: string): readonly string[] =>
    [...ids.keys()].filter(path => path.startsWith(folder)).sort(compareText);
  const readMany = async (paths: readonly string[]): Promise<readonly string[]> => {
    const wanted = paths.map(path => ids.get(path) ?? '');
    const blobs = await repository.readBlobs(wanted);
    return wanted.map(id => Buffer.from(blobs.get(id) ?? []).toString());
  };
  return {
    commit,
    list: below,
    read: async path => (ids.has(path) ? (await readMany([path]))[0] : undefined),
    readAll: async folder => {
      const paths = below(folder);
      const texts = await readMany(paths);
      return paths.map((path, i) => ({ path, text: texts[i] ?? '' }));
    },
  };
}

/**
 * Appends one commit. `decide` sees the newest state and may be asked again when somebody else was faster.
 * @param now milliseconds since 1970: the commit's time.
 */
export async function changeState<Result>(
  repository: Repository,
  now: () => number,
  decide: (state: State) => Promise<Change<Result>>,
): Promise<Result> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // First the witness: whatever it has seen is in the state that is read after it, unless that was moved back.
    const witness = await readWitness(repository);
    const state = await readState(repository);
    const back = await findMovedBack(repository, state.commit, witness);
    if (back !== undefined) throw movedBack(back);
    const { files, message, result } = await decide(state);
    if (files.size === 0) return result;
    const author = { ...MACHINE, at: toInstant(now()) };
    const commit = await repository.commitFiles(state.commit, files, { message, author });
    if (await repository.updateRef(STATE_REF, commit, state.commit)) {
      // Of two writers the later one may come first here; its commit follows ours.
      await repository.updateRef(WITNESS_REF, commit, witness);
      return result;
    }
    await wait(5 * attempt);
  }
  throw new ConfigurationError('The state branch moves faster than this can write to it', {
    remedy: 'Run it again; nothing was written.',
  });
}

/** Where the state branch stood when it was last written here; to be read before the state it is held against. */
export function readWitness(repository: Repository): Promise<string | undefined> {
  return repository.resolve(WITNESS_REF);
}

/** The commit that the state branch has had and has no longer, or undefined. */
export async function findMovedBack(
  repository: Repository,
  commit: string | undefined,
  seen: string | undefined,
): Promise<string | undefined> {
  if (seen === undefined || seen === commit) return undefined;
  const base = commit === undefined ? undefined : await repository.mergeBase(commit, seen);
  return base === seen ? undefined : seen;
}

function movedBack(commit: string): ConfigurationError {
  return new ConfigurationError(
    `The branch mainline/state was moved back: ${commit.slice(0, 7)} is gone from it`,
    {
      remedy: `Restore it there: git update-ref ${STATE_REF} ${commit}. Or, if it is meant: git update-ref -d ${WITNESS_REF}`,
    },
  );
}

/** ISO 8601 in UTC to the second, as git keeps it. */
export function toInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/u, 'Z');
}
