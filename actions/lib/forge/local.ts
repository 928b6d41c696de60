// The forge of one machine: pull requests are refs, the rest documents in the repository's own git directory. What
// people say here is a rehearsal (anybody can type any name), so nothing believes it where a real forge exists.
import { join } from 'node:path';
import { formatJson } from '#lib/documents/canonical.ts';
import { writeWhole } from '#lib/documents/write.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { keyOf, readAll, readNames, readOptional, takeNumber } from '#lib/forge/folder.ts';
import type { Pull, RehearsalForge } from '#lib/forge/forge.ts';
import { findBase, hasBrought, MAIN } from '#lib/forge/history.ts';
import { coAuthorsOf, writeMerge } from '#lib/forge/merge.ts';
import {
  checkDocumentSchema,
  commentDocumentSchema,
  type PullDocument,
  peopleSchema,
  pullDocumentSchema,
  reviewDocumentSchema,
} from '#lib/forge/pull-document.ts';
import type { Repository } from '#lib/git/repository.ts';

/** What is the same for every pull request of one machine. */
const HERE = { authorType: 'User', base: 'main', isFork: false, isDraft: false, url: undefined } as const;
const headRef = (number: number): string => `refs/mainline/pulls/${number}/head`;

/** Where the teams of a machine are written down, below the git directory. */
export const PEOPLE_FILE = join('mainline', 'people.yaml');

/** Opens the forge of a repository; nothing is written until something happens. */
export function openLocalForge(repository: Repository): RehearsalForge {
  const folder = join(repository.directory, 'mainline', 'pulls');
  const fileOf = (number: number, ...rest: string[]): string => join(folder, String(number), ...rest);

  const readPull = async (number: number): Promise<Pull> => {
    const document = await readOptional(fileOf(number, 'pull.json'), pullDocumentSchema);
    if (!document) throw await noSuchPull(number);
    return { ...(await settle(document)), ...HERE, number, head: await headOf(number, document) };
  };

  /** A merge that was interrupted: main tells whether it happened. */
  const settle = async (document: PullDocument): Promise<PullDocument> => {
    const { state, merged } = document;
    if (state !== 'open' || !merged) return document;
    const main = await repository.resolve(MAIN);
    const isOnMain = main && (await repository.mergeBase(main, merged.commit)) === merged.commit;
    return isOnMain ? { ...document, state: 'merged' } : { ...document, merged: null };
  };

  /** An open pull request follows its branch; its head stays reachable when the branch goes away. */
  const headOf = async (number: number, document: PullDocument): Promise<string> => {
    const known = await repository.resolve(headRef(number));
    const branch = await repository.resolve(`refs/heads/${document.branch}`);
    if (document.state !== 'open' || branch === undefined || branch === known) {
      if (known !== undefined) return known;
      throw new ConfigurationError(`The commits of pull request #${number} are gone`, {
        remedy: `Push ${document.branch} again.`,
      });
    }
    await repository.updateRef(headRef(number), branch, known);
    return branch;
  };

  const takenNumbers = async (): Promise<readonly number[]> =>
    (await readNames(folder))
      .filter(name => /^[1-9]\d*$/u.test(name))
      .map(Number)
      .sort((a, b) => b - a);

  /** Without those that a process took and was killed before it wrote anything. */
  const writtenNumbers = async (): Promise<readonly number[]> => {
    const taken = await takenNumbers();
    const names = await Promise.all(taken.map(number => readNames(fileOf(number))));
    return taken.filter((_, i) => names[i]?.includes('pull.json'));
  };

  const noSuchPull = async (number: number): Promise<ConfigurationError> => {
    const known = await writtenNumbers();
    return new ConfigurationError(`There is no pull request #${number}`, {
      remedy: known.length > 0 ? `There are: ${known.join(', ')}.` : 'Open one with mainline pull open.',
    });
  };

  const writePull = async ({ number, ...pull }: Pull): Promise<void> => {
    const { title, body, author, branch, state, merged } = pull;
    const document = { title, body, author, branch, state, merged };
    await writeWhole(fileOf(number, 'pull.json'), formatJson(document));
  };

  const listPulls = async (): Promise<readonly Pull[]> => {
    const pulls: Pull[] = [];
    for (const number of await writtenNumbers()) pulls.push(await readPull(number));
    return pulls;
  };

  const baseOf = (pull: Pull): Promise<string> => findBase(repository, pull);

  return {
    kind: 'local',
    openPull: async ({ branch, title, body, author }) => {
      const ref = `refs/heads/${branch}`;
      const head = (await repository.refs(ref)).find(({ name }) => name === ref)?.commit;
      if (head === undefined || branch.startsWith('mainline/')) {
        throw new ConfigurationError(`The repository ${repository.directory} has no branch ${branch}`, {
          remedy: `Push it first: git push origin ${branch}`,
        });
      }
      const open = (await listPulls()).find(pull => pull.state === 'open' && pull.branch === branch);
      if (open) return open;
      const number = await takeNumber(folder, (await takenNumbers())[0] ?? 0);
      await repository.updateRef(headRef(number), head, await repository.resolve(headRef(number)));
      const pull: Pull = { ...HERE, number, title, body, author, branch, head, state: 'open', merged: null };
      await writePull(pull);
      return pull;
    },
    listPulls,
    pullsOfBranch: async branch => (await listPulls()).filter(pull => pull.branch === branch),
    pullsWithHead: async commit => {
      const found = (await listPulls()).filter(({ head }) => head === commit);
      return found.some(isOpen) ? found.filter(isOpen) : found;
    },
    pullsOfCommit: async commit => {
      const found: Pull[] = [];
      for (const pull of await listPulls()) {
        if (await hasBrought(repository, pull, commit)) found.push(pull);
      }
      return found;
    },
    getPull: readPull,
    closePull: async number => {
      const pull = await readPull(number);
      if (pull.state === 'open') await writePull({ ...pull, state: 'closed' });
    },
    bring: async () => {},
    baseOf,
    changedFiles: async pull => ({
      items: await repository.changes(await baseOf(pull), pull.head),
      isComplete: true,
    }),
    commits: async pull => repository.history(pull.head, { from: await baseOf(pull) }),
    listReviews: async number => ({
      items: await readAll(fileOf(number, 'reviews'), reviewDocumentSchema),
      isComplete: true,
    }),
    addReview: async (number, review) => {
      const reviews = fileOf(number, 'reviews');
      const n = await takeNumber(reviews, (await readNames(reviews)).length, '.json');
      await writeWhole(join(reviews, `${n}.json`), formatJson(review));
    },
    upsertComment: async (number, marker, body) => {
      await writeWhole(fileOf(number, 'comments', `${keyOf(marker)}.json`), formatJson({ marker, body }));
    },
    listComments: number => readAll(fileOf(number, 'comments'), commentDocumentSchema),
    upsertCheck: async ({ isPending: _, ...check }) => {
      const file = join(
        repository.directory,
        'mainline',
        'checks',
        check.commit,
        `${keyOf(check.name)}.json`,
      );
      await writeWhole(file, formatJson(check));
    },
    listChecks: commit =>
      readAll(join(repository.directory, 'mainline', 'checks', commit), checkDocumentSchema),
    people: async ({ users }) => {
      const people = await readOptional(join(repository.directory, PEOPLE_FILE), peopleSchema);
      const teams = Object.entries(people?.teams ?? {}).map(
        ([team, members]) => [team, { members }] as const,
      );
      const may = people?.writers?.map(login => login.toLowerCase());
      // Where nobody wrote down who may write, everybody who can reach the repository may.
      const writers = users.filter(login => may?.includes(login.toLowerCase()) ?? true);
      return { teams: Object.fromEntries(teams), writers };
    },
    accountOf,
    authorsOf: async commits => {
      const people = commits.flatMap(({ author, message }) => [author, ...coAuthorsOf(message)]);
      return [...new Set(people.map(accountOf))].filter(Boolean).sort();
    },
    lastPusher: async ({ head }) => {
      const [last] = await repository.history(head, { limit: 1 });
      return last ? accountOf(last.committer) : null;
    },
    merge: async (number, { by, method, expectedHead, at, bypassed }) => {
      const pull = await readPull(number);
      if (pull.state !== 'open') {
        throw new ConfigurationError(`Pull request #${number} is ${pull.state} already`, {
          remedy: 'Look at it: mainline pull show <number>',
        });
      }
      if (pull.head !== expectedHead) {
        throw new ConfigurationError(`${pull.branch} moved to ${pull.head.slice(0, 7)} meanwhile`, {
          remedy: 'Look at what was pushed, then merge again.',
        });
      }
      const main = await repository.resolve(MAIN);
      if (main === undefined) throw noMain(repository);
      await refuseCheckedOut(repository);
      const commits = await repository.history(pull.head, { from: await baseOf(pull) });
      const person = { name: by, email: `${by}@localhost`, at };
      const commit = await writeMerge(repository, { pull, main, commits, method, by: person });
      const merged = { commit, base: main, by, method, at, bypassed };
      // Written first, as what is about to happen: killed in between, main decides what did.
      await writePull({ ...pull, merged });
      if (!(await repository.updateRef(MAIN, commit, main))) {
        throw new ConfigurationError('Main moved while this was merged', { remedy: 'Merge again.' });
      }
      await writePull({ ...pull, state: 'merged', merged });
      return merged;
    },
  };
}

/** Here an address is the account. */
function accountOf({ email }: { readonly email: string }): string {
  return (email.split('@')[0] ?? '').replace(/^\d+\+/u, '').toLowerCase();
}

function isOpen({ state }: Pull): boolean {
  return state === 'open';
}

/** Moving a branch under somebody's work tree would make all of it look changed. */
export async function refuseCheckedOut(repository: Repository): Promise<void> {
  const folder = await repository.checkedOutAt('main');
  if (folder === undefined || repository.workTree === undefined) return;
  throw new ConfigurationError(`main is checked out in ${folder}, and would move under it`, {
    remedy:
      'Work against a bare repository, as with any forge: git clone --bare . ../origin.git && git remote add origin ../origin.git && git fetch. Or leave main: git switch --detach.',
  });
}

function noMain(repository: Repository): ConfigurationError {
  return new ConfigurationError(`The repository ${repository.directory} has no branch main`, {
    remedy: 'Push main first: git push origin main',
  });
}
