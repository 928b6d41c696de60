// Opens the DVC repository that a folder lies in: what every verb starts with. Nothing is read here but configuration; the
// state index and git come when they are first asked for.
import { realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { readDvcConfig } from '#lib/dvc/config/read-config.ts';
import { openObjectCache } from '#lib/dvc/objects/open-cache.ts';
import { requireDvcRoot } from '#lib/dvc/repository/find-root.ts';
import { createGitIgnore, findGitRoot } from '#lib/dvc/repository/git-ignore.ts';
import { type KnownPipelines, readIndex } from '#lib/dvc/repository/read-index.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import type { Source } from '#lib/dvc/repository/source.ts';
import { createWorkTreeSource, type Ignores, type OnLook } from '#lib/dvc/repository/work-tree-source.ts';
import { withLeftOver } from '#lib/dvc/run/journal.ts';
import { createIgnore, type Ignore } from '#lib/dvc/scan/ignore.ts';
import { openWorkTree } from '#lib/dvc/work-tree/open-work-tree.ts';
import { ConfigurationError } from '#lib/errors.ts';

export interface OpenOptions {
  /** Where the user stands; the repository is the nearest one upwards. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onLook?: OnLook | undefined;
}

/** @throws ConfigurationError with DVC's exit code 253 outside of any repository. */
export async function openDvcRepository(options: OpenOptions): Promise<DvcRepository> {
  const directory = realpathSync(options.directory);
  const root = requireDvcRoot(directory);
  const config = readDvcConfig(root, options.env);
  const ignore = createIgnore(root);
  const gitRoot = config.noScm ? undefined : findGitRoot(root);
  const isGitIgnored = createGitIgnore(gitRoot);
  const memory = join(root, '.dvc', 'tmp', 'mainline');
  const cache = openObjectCache(config.cacheDir, {
    ...{ shared: config.cacheShared, umask: process.umask(), now: options.now },
    presenceFile: join(memory, 'whole.json'),
  });
  const workTree = openWorkTree({
    ...{ root, cache, ignore },
    linkTypes: config.linkTypes,
    stateFile: join(memory, 'state'),
    checksumJobs: config.checksumJobs,
    processors: availableParallelism(),
    shared: config.cacheShared,
    now: options.now,
    umask: process.umask(),
  });
  const source = createWorkTreeSource({
    ...{ root, isGitIgnored, onLook: options.onLook },
    isDvcIgnored: toIgnores(ignore),
  });
  const known: KnownPipelines = new Map();
  return {
    ...{ root, directory, gitRoot, config, cache, workTree, source, ignore, isGitIgnored },
    sourceAt: revision => openCommit(revision, { root, gitRoot }),
    readIndex: async (from = source) => {
      const index = await readIndex(from, { parsing: config.parsing, known });
      return from === source ? withLeftOver(index) : index;
    },
  };
}

function toIgnores(ignore: Ignore): Ignores {
  return (path, isFolder) => ignore.in(dirname(path))(basename(path), isFolder);
}

/** Git is loaded here alone: most verbs never ask for a commit. */
async function openCommit(
  revision: string,
  { root, gitRoot }: { readonly root: string; readonly gitRoot: string | undefined },
): Promise<Source> {
  const [{ openGit }, { createGitSource }] = await Promise.all([
    import('#lib/git/binary.ts'),
    import('#lib/dvc/repository/git-source.ts'),
  ]);
  const git = gitRoot === undefined ? undefined : await openGit(root);
  if (!git || gitRoot === undefined) {
    throw new ConfigurationError(`There is no git history here to look up ${revision} in`, {
      at: { file: root },
      remedy: 'Run it inside a git repository, without core.no_scm in the configuration of DVC.',
    });
  }
  const createIgnores = (read: (path: string) => string | undefined) => toIgnores(createIgnore(root, read));
  return createGitSource({ root, revision, git, gitRoot, createIgnore: createIgnores });
}
