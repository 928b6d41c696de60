// The stages that a change touches, by comparing the work tree's pipelines with those of an older commit. Works with and
// without a .dvc folder: nothing but git and the YAML files is read.
import { basename, dirname, join } from 'node:path';
import { readParams } from '#lib/dvc/pipeline/params.ts';
import { parseParams } from '#lib/dvc/pipeline/params-file.ts';
import type { ParamsFile } from '#lib/dvc/pipeline/stage.ts';
import { createGitIgnore } from '#lib/dvc/repository/git-ignore.ts';
import { createGitSource } from '#lib/dvc/repository/git-source.ts';
import { readIndex } from '#lib/dvc/repository/read-index.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import type { Source } from '#lib/dvc/repository/source.ts';
import { createWorkTreeSource, type Ignores } from '#lib/dvc/repository/work-tree-source.ts';
import { type AffectedStage, findAffectedStages } from '#lib/dvc/run/affected.ts';
import type { StageRules } from '#lib/dvc/run/stage-rules.ts';
import { readStageRules } from '#lib/dvc/run/stage-rules-read.ts';
import { buildWorkGraph } from '#lib/dvc/run/work.ts';
import { createIgnore } from '#lib/dvc/scan/ignore.ts';
import { pythonEqual } from '#lib/dvc/values/python-equal.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { Git } from '#lib/git/git.ts';

export interface AffectedStagesOptions {
  /** Absolute: of DVC, or of the workspace. */
  readonly root: string;
  readonly git: Git;
  /** A commit's full name. */
  readonly base: string;
  /** From the top of git's work tree. */
  readonly changed: readonly string[];
}

export interface RuledStage extends AffectedStage {
  readonly rules: StageRules | undefined;
}

/** In the order of work. @throws ConfigurationErrors for pipelines of the work tree that cannot be read. */
export async function readAffectedStages(options: AffectedStagesOptions): Promise<readonly RuledStage[]> {
  const { git, changed, root } = options;
  if (changed.length === 0) return [];
  const now = openNow(root, git.root);
  const index = await readIndex(now, { parsing: PARSING });
  if (index.pipelines.length + index.tracked.length === 0) return [];
  const old = await openBefore(options);
  const graph = buildWorkGraph(index);
  const affected = await findAffectedStages(graph, {
    paths: changed.map(path => join(git.root, path)),
    before: await readBefore(old),
    isParamsChanged: file => isParamsChanged(file, [now, old]),
  });
  const rules = await readStageRules(affected.map(({ work }) => work));
  return affected.map(one => ({ ...one, rules: rules.get(one.work) }));
}

/** How maps in commands become arguments changes what runs, not what is affected. */
const PARSING = { bool: 'store_true', list: 'nargs' } as const;

function toIgnores(root: string, read?: (path: string) => string | undefined): Ignores {
  const ignore = createIgnore(root, read);
  return (path, isFolder) => ignore.in(dirname(path))(basename(path), isFolder);
}

function openNow(root: string, gitRoot: string): Source {
  return createWorkTreeSource({
    root,
    isDvcIgnored: toIgnores(root),
    isGitIgnored: createGitIgnore(gitRoot),
  });
}

function openBefore({ root, git, base }: AffectedStagesOptions): Promise<Source> {
  const createIgnores = (read: (path: string) => string | undefined) => toIgnores(root, read);
  return createGitSource({ root, revision: base, git, gitRoot: git.root, createIgnore: createIgnores });
}

/** What was wrong before the change says nothing about it. */
async function readBefore(source: Source): Promise<RepositoryIndex | undefined> {
  try {
    return await readIndex(source, { parsing: PARSING });
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

async function isParamsChanged(file: ParamsFile, sources: readonly Source[]): Promise<boolean> {
  try {
    const [now, before] = await Promise.all(
      sources.map(source =>
        readParams([file], async () => parseParams((await source.readText(file.absolute)) ?? '', file.path)),
      ),
    );
    const values = [now, before].map(one => one?.get(file.path) ?? new Map());
    return !pythonEqual(values[0] ?? null, values[1] ?? null);
  } catch (error) {
    if (error instanceof ConfigurationError) return true;
    throw error;
  }
}
