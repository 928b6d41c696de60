// mainline dvc init: a folder becomes a DVC repository, with the very files that DVC makes.
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import { createGitIgnore, findGitRoot } from '#lib/dvc/repository/git-ignore.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { readGit } from '#lib/git/command.ts';

export interface InitOptions {
  readonly directory: string;
  /** Without git. */
  readonly noScm?: boolean | undefined;
  /** Throws away a `.dvc` that is there, its cache included. */
  readonly force?: boolean | undefined;
  /** In a folder below the top of git's work tree. */
  readonly subdir?: boolean | undefined;
}

export interface InitResult {
  /** Absolute. */
  readonly root: string;
  /** Entered into git's index, relative to the root; none without git. */
  readonly staged: readonly string[];
}

const DVCIGNORE = `# Add patterns of files dvc should ignore, which could improve
# the performance. Learn more at
# https://dvc.org/doc/user-guide/dvcignore
`;
const NO_SCM = '[core]\n    no_scm = True\n';
const EXIT_USAGE_OF_FLAGS = 255;

/** @throws ConfigurationError when there is no git, something is in the way, or the flags contradict each other. */
export async function initRepository(options: InitOptions): Promise<InitResult> {
  const { noScm = false, force = false, subdir = false } = options;
  const root = resolve(options.directory);
  if (noScm && subdir) {
    const error = new ConfigurationError('--no-scm and --subdir do not go together', {
      remedy: 'Leave one out.',
    });
    throw Object.assign(error, { exitCode: EXIT_USAGE_OF_FLAGS });
  }
  const gitRoot = noScm ? undefined : requireGit(root, subdir);
  const folder = join(root, '.dvc');
  if (createGitIgnore(gitRoot)(folder, true)) {
    throw new ConfigurationError('git ignores .dvc, so that nobody else would see it', {
      at: { file: folder },
      remedy: 'Let .gitignore leave it in: !.dvc',
    });
  }
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    if (!force) {
      throw new ConfigurationError('.dvc is there already', {
        at: { file: folder },
        remedy: 'Use it as it is, or begin anew with --force, which removes the cache in it.',
      });
    }
    rmSync(folder, { recursive: true });
  }
  const files = writeFiles(root, noScm);
  if (gitRoot !== undefined) await readGit(root, ['add', '--', ...files]);
  return { root, staged: gitRoot === undefined ? [] : files.map(file => relative(root, file)) };
}

function requireGit(root: string, subdir: boolean): string {
  const gitRoot = subdir ? findGitRoot(root) : existsSync(join(root, '.git')) ? root : undefined;
  if (gitRoot !== undefined) return gitRoot;
  throw new ConfigurationError(`${root} is not the top of a git repository`, {
    at: { file: root },
    remedy: 'Run git init first; use --subdir in a folder below the top, or --no-scm to go without git.',
  });
}

function writeFiles(root: string, noScm: boolean): readonly string[] {
  const [config, ignored, dvcignore] = [
    join(root, '.dvc', 'config'),
    join(root, '.dvc', '.gitignore'),
    join(root, '.dvcignore'),
  ];
  try {
    mkdirSync(join(root, '.dvc', 'tmp'), { recursive: true });
    writeFileSync(config, noScm ? NO_SCM : '');
    if (!noScm) writeFileSync(ignored, '/config.local\n/tmp\n/cache\n');
    if (!existsSync(dvcignore)) writeFileSync(dvcignore, DVCIGNORE);
  } catch (cause) {
    throw unwritable(root, cause);
  }
  return noScm ? [config, dvcignore] : [ignored, config, dvcignore];
}
