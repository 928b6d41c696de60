// Which commits count as in use: tips of branches, tags, all of history. Asked of git in one process each.

import { ConfigurationError } from '#lib/errors.ts';
import { runGit } from '#lib/git/command.ts';

/** Commit ids, newest first where git has an order; a repository without commits has none. */
export interface History {
  readonly branchTips: () => Promise<readonly string[]>;
  readonly tags: () => Promise<readonly string[]>;
  /** Everything that HEAD, branches, remote branches or tags reach. */
  readonly all: () => Promise<readonly { readonly commit: string; readonly seconds: number }[]>;
  /** A commit and its first parents, at most so many. @throws ConfigurationError for an unknown revision. */
  readonly last: (revision: string, count: number) => Promise<readonly string[]>;
  /** Commits of DVC's experiments: each from its tip to the commit it started from, which the ref's name says. */
  readonly experiments: () => Promise<readonly string[]>;
}

export function openHistory(folder: string): History {
  const read = async (args: readonly string[]): Promise<readonly string[]> => {
    const { code, stdout, stderr } = await runGit(folder, args);
    if (code !== 0) {
      throw new ConfigurationError(`git cannot tell which commits there are: ${stderr.trim()}`, {
        at: { file: folder },
        remedy: 'Mend the repository (git fsck); until then nothing is removed.',
      });
    }
    return stdout.toString().split('\n').filter(Boolean);
  };
  const refs = async (prefix: string): Promise<readonly (readonly [name: string, commit: string])[]> => {
    const lines = await read(['for-each-ref', '--format=%(refname) %(objectname) %(*objectname)', prefix]);
    return lines.map(line => {
      const [name = '', id = '', peeled = ''] = line.split(' ');
      return [name, peeled === '' ? id : peeled];
    });
  };
  return {
    branchTips: async () => (await refs('refs/heads/')).map(([, commit]) => commit),
    tags: async () => (await refs('refs/tags/')).map(([, commit]) => commit),
    all: async () => {
      const head = await runGit(folder, ['rev-parse', '--verify', '--quiet', 'HEAD']);
      const start = head.code === 0 ? ['HEAD'] : [];
      const lines = await read(['rev-list', '--timestamp', ...start, '--branches', '--remotes', '--tags']);
      return lines.map(line => {
        const [seconds = '', commit = ''] = line.split(' ');
        return { commit, seconds: Number(seconds) };
      });
    },
    last: async (revision, count) => {
      const spec = ['rev-list', '--first-parent', `--max-count=${count}`, '--end-of-options', revision, '--'];
      const { code, stdout } = await runGit(folder, spec);
      if (code === 0) return stdout.toString().split('\n').filter(Boolean);
      throw new ConfigurationError(`git knows no revision ${revision}`, {
        remedy: 'Name a branch, a tag or a commit; in a shallow clone fetch more history first.',
      });
    },
    experiments: async () => {
      const tips = (await refs('refs/exps/')).flatMap(([name, commit]) => {
        const baseline = /^refs\/exps\/([0-9a-f]{2})\/([0-9a-f]{38})\/./u.exec(name);
        return baseline ? [{ commit, baseline: `${baseline[1]}${baseline[2]}` }] : [];
      });
      const found = await Promise.all(
        tips.map(async ({ commit, baseline }) => {
          const own = await runGit(folder, ['rev-list', commit, `^${baseline}`]);
          return own.code === 0 ? own.stdout.toString().split('\n').filter(Boolean) : [commit];
        }),
      );
      return [...new Set(found.flat())];
    },
  };
}
