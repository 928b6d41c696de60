// A DVC repository that is open: its place, configuration, content and index. What every verb is handed.
import type { DvcConfig } from '#lib/dvc/config/config.ts';
import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import type { IsIgnored } from '#lib/dvc/repository/git-ignore.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import type { Source } from '#lib/dvc/repository/source.ts';
import type { Ignore } from '#lib/dvc/scan/ignore.ts';
import type { WorkTree } from '#lib/dvc/work-tree/work-tree.ts';

export interface DvcRepository {
  /** Absolute; the folder that holds `.dvc`. */
  readonly root: string;
  /** Absolute, without links; where the user stands: targets and what is shown are relative to it. */
  readonly directory: string;
  /** The top of git's work tree; undefined without git, or with `core.no_scm`. */
  readonly gitRoot: string | undefined;
  readonly config: DvcConfig;
  readonly cache: ObjectCache;
  readonly workTree: WorkTree;
  /** By .dvcignore. */
  readonly ignore: Ignore;
  readonly isGitIgnored: IsIgnored;
  /** The work tree's text files. */
  readonly source: Source;
  /** A commit's text files. @throws ConfigurationError when git knows no such revision. */
  readonly sourceAt: (revision: string) => Promise<Source>;
  readonly readIndex: (source?: Source) => Promise<RepositoryIndex>;
}
