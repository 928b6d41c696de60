// The writing half of the Repository: objects first, refs last and only by compare-and-swap, so that a crash at any
// moment leaves either the old state or the new.
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ConfigurationError } from '#lib/errors.ts';
import { type RunOptions, readGit, runGit } from '#lib/git/command.ts';
import type { NewCommit, Repository, Signature } from '#lib/git/repository.ts';

type Writers = Pick<
  Repository,
  'commitFiles' | 'commitTree' | 'mergeTrees' | 'updateRef' | 'deleteRef' | 'tag' | 'writeTag' | 'writeTree'
>;

/** How long somebody else's lock of a ref is waited for: writing one takes milliseconds. */
const LOCK_ATTEMPTS = 15;
const LOCK_WAIT_MS = 50;

/** Trees that are merged need commits to stand in; nothing ever refers to them. */
const STAND_IN: NewCommit = {
  message: 'merge',
  author: { name: 'mainline', email: 'mainline@localhost', at: '2000-01-01T00:00:00Z' },
};

/** What writes into the repository of a git directory. */
export function repositoryWriters(directory: string): Writers {
  const args = (rest: readonly string[]) => [`--git-dir=${directory}`, ...rest];
  const run = (rest: readonly string[], options: RunOptions = {}) => runGit(directory, args(rest), options);
  const read = (rest: readonly string[], options: RunOptions = {}) => readGit(directory, args(rest), options);

  const commitTree: Repository['commitTree'] = (tree, parents, commit) =>
    read(['commit-tree', tree, ...parents.flatMap(parent => ['-p', parent])], {
      // One line end, as git commit and every forge write it: the same commit has the same id everywhere.
      input: `${commit.message.trimEnd()}\n`,
      env: identity(commit),
    });

  const writeTag: Repository['writeTag'] = (name, commit, { message, author: { name: who, email, at } }) => {
    const date = new Date(at);
    const seconds = Math.floor(date.getTime() / 1000);
    const head = [
      `object ${commit}`,
      'type commit',
      `tag ${name}`,
      `tagger ${who} <${email}> ${seconds} +0000`,
    ];
    return read(['mktag'], { input: `${head.join('\n')}\n\n${message.trimEnd()}\n` });
  };

  return {
    commitTree,
    commitFiles: (parent, files, commit) =>
      withIndex(directory, async index => {
        const env = { GIT_INDEX_FILE: index };
        await read(parent === undefined ? ['read-tree', '--empty'] : ['read-tree', parent], { env });
        const lines: string[] = [];
        for (const [path, bytes] of files) {
          const blob = bytes === null ? null : await read(['hash-object', '-w', '--stdin'], { input: bytes });
          lines.push(blob === null ? `0 ${'0'.repeat(40)}\t${path}` : `100644 ${blob}\t${path}`);
        }
        await read(['update-index', '-z', '--index-info'], {
          env,
          input: lines.map(line => `${line}\0`).join(''),
        });
        const tree = await read(['write-tree'], { env });
        return commitTree(tree, parent === undefined ? [] : [parent], commit);
      }),
    mergeTrees: async ({ base, ours, theirs }) => {
      const root = await commitTree(await treeOf(base), [], STAND_IN);
      const [a, b] = [
        await commitTree(await treeOf(ours), [root], STAND_IN),
        await commitTree(await treeOf(theirs), [root], { ...STAND_IN, message: 'merged' }),
      ];
      const { code, stdout, stderr } = await run(['merge-tree', '--write-tree', '--name-only', '-z', a, b]);
      const [tree = '', ...paths] = stdout.toString().split('\0');
      if (code === 0) return { tree };
      if (code === 1) return { conflicts: paths.slice(0, Math.max(0, paths.indexOf(''))) };
      throw new ConfigurationError(`git could not merge: ${stderr.trim()}`, {
        at: { file: directory },
        remedy: 'git 2.38 or newer is needed to merge without a work tree.',
      });
    },
    updateRef: async (ref, next, previous) => {
      const old = previous ?? '0'.repeat(next.length);
      for (let attempt = 0; ; attempt++) {
        const { code, stderr } = await run(['update-ref', '--no-deref', ref, next, old]);
        if (code === 0) return true;
        const { code: exists, stdout } = await run(['rev-parse', '--verify', '--quiet', ref]);
        const found = exists === 0 ? stdout.toString().trim() : undefined;
        if (found !== previous) return false;
        // It stands where we believe: somebody holds its lock at this moment, or left one behind, or it cannot be.
        if (stderr.includes('.lock') && attempt < LOCK_ATTEMPTS) await wait(LOCK_WAIT_MS);
        else throw cannotMove(ref, stderr.trim());
      }
    },
    deleteRef: async (ref, previous) => (await run(['update-ref', '-d', ref, previous])).code === 0,
    writeTag,
    tag: async (name, commit, note) => {
      const object = await writeTag(name, commit, note);
      const { code, stderr } = await run([
        'update-ref',
        '--no-deref',
        `refs/tags/${name}`,
        object,
        '0'.repeat(40),
      ]);
      if (code === 0) return true;
      if ((await run(['rev-parse', '--verify', '--quiet', `refs/tags/${name}`])).code === 0) return false;
      throw cannotMove(`refs/tags/${name}`, stderr.trim());
    },
    writeTree: async (commit, folder) => {
      await withIndex(directory, async index => {
        const env = { GIT_INDEX_FILE: index };
        await mkdir(folder, { recursive: true });
        await read(['read-tree', commit], { env });
        await read([`--work-tree=${folder}`, 'checkout-index', '--all', `--prefix=${folder}/`], { env });
      });
    },
  };

  async function treeOf(revision: string): Promise<string> {
    return read(['rev-parse', '--verify', '--end-of-options', `${revision}^{tree}`]);
  }
}

function identity({ author, committer = author }: NewCommit): Readonly<Record<string, string>> {
  return { ...person('AUTHOR', author), ...person('COMMITTER', committer) };
}

function person(role: 'AUTHOR' | 'COMMITTER', { name, email, at }: Signature): Record<string, string> {
  return { [`GIT_${role}_NAME`]: name, [`GIT_${role}_EMAIL`]: email, [`GIT_${role}_DATE`]: at };
}

function cannotMove(ref: string, words: string): ConfigurationError {
  const lock = /'([^']+\.lock)'/u.exec(words)?.[1];
  const blocking = /'([^']+)' exists; cannot create/u.exec(words)?.[1];
  const remedy = blocking
    ? `Rename the branch ${blocking}: its name leaves no place for ${ref}. Nothing was changed.`
    : lock
      ? `If no other git is running, delete ${lock}. Nothing was changed.`
      : 'Check the rights and the space of the repository; nothing was changed.';
  return new ConfigurationError(`git could not move ${ref}: ${words}`, { remedy });
}

/** A temporary index inside the git directory: the user's own is never opened. */
async function withIndex<T>(directory: string, work: (file: string) => Promise<T>): Promise<T> {
  const folder = join(directory, 'mainline');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `index-${randomBytes(6).toString('hex')}`);
  try {
    return await work(file);
  } finally {
    await rm(file, { force: true });
    await rm(`${file}.lock`, { force: true });
  }
}
