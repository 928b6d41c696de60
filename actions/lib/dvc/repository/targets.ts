// What the words after a verb stand for, in DVC's order of preference: a file of DVC's, a stage of the dvc.yaml right
// here, a tracked output or something inside one.
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, matchesGlob, relative, resolve, sep } from 'node:path';
import { nearestWord } from '#lib/documents/nearest.ts';
import { needsOf, postorder } from '#lib/dvc/pipeline/graph.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import { type IndexedStage, indexedStages, isPipelineOf } from '#lib/dvc/repository/indexed-stage.ts';
import type { IndexedOutput, RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import { isDvcFile } from '#lib/dvc/repository/source.ts';
import { ConfigurationError } from '#lib/errors.ts';

export interface TargetOptions {
  /** Where the user stands: targets are relative to it. */
  readonly directory: string;
  /** `--with-deps`: everything that stages and .dvc files are made from as well. */
  readonly withDeps?: boolean | undefined;
  /** `--recursive`: a folder stands for everything below it. */
  readonly recursive?: boolean | undefined;
  /** `--glob`: stage names may hold wildcards. */
  readonly glob?: boolean | undefined;
  /** False where `build` may not stand for all of `build@*`. */
  readonly acceptGroup?: boolean | undefined;
}

/** A stage or .dvc file that was asked for. */
export interface Selected {
  readonly stage: IndexedStage;
  /** Absolute: only this output, or this path inside one; all outputs unless given. */
  readonly within?: string | undefined;
}

/**
 * Without targets everything is meant.
 * @throws ConfigurationError for a target that stands for nothing.
 */
export function selectTargets(
  index: RepositoryIndex,
  targets: readonly string[],
  options: TargetOptions,
): readonly Selected[] {
  const stages = indexedStages(index, options.directory);
  if (targets.length === 0) return stages.map(stage => ({ stage }));
  const found = targets.flatMap(target => selectTarget(target, stages, options));
  const unique = new Map(found.map(one => [`${one.stage.name}\0${one.within ?? ''}`, one]));
  const whole = new Set([...unique.values()].filter(one => one.within === undefined).map(one => one.stage));
  return [...unique.values()].filter(one => one.within === undefined || !whole.has(one.stage));
}

/** The outputs that a selection means, each with the path inside it that was asked for. */
export function selectedOutputs(
  selected: readonly Selected[],
): readonly (IndexedOutput & { readonly within?: string | undefined })[] {
  return selected.flatMap(({ stage, within }) => {
    if (within === undefined) return stage.outputs;
    return stage.outputs
      .filter(({ output }) => isWithin(output.absolute, within))
      .map(one => (one.output.absolute === within ? one : { ...one, within }));
  });
}

function selectTarget(
  target: string,
  stages: readonly IndexedStage[],
  options: TargetOptions,
): readonly Selected[] {
  const { file, name } = splitTarget(target);
  const path = resolve(options.directory, target);
  const isFolder = options.recursive === true && isDirectory(path);
  if (isFolder)
    return withDependencies(
      stages.filter(({ file: own }) => isWithin(path, own)),
      stages,
      options,
    );
  const named = stages.filter(stage => isNamed(stage, { file, name }, options));
  if (named.length > 0) return withDependencies(named, stages, options);
  const makers = stages.filter(({ outs }) => outs.some(({ absolute }) => isWithin(absolute, path)));
  // DVC takes an output by itself, without what it is made from, even when asked for that as well.
  if (makers.length > 0 && file === undefined) return makers.map(stage => ({ stage, within: path }));
  throw unknownTarget(target, { stages, options });
}

interface Name {
  /** A file of DVC's, as written. */
  readonly file: string | undefined;
  readonly name: string | undefined;
}

/** `dvc.yaml:train`, `train`, `build@a:b` (a generated name may hold anything), `data.dvc`. */
export function splitTarget(target: string): Name {
  const at = target.indexOf('@');
  const group = at < 0 ? target : target.slice(0, at);
  const key = at < 0 ? '' : target.slice(at);
  const match = /^(.*?)(?::([^\\/:]*))?$/su.exec(group);
  const [, path = '', name] = match ?? [];
  if (name !== undefined && name !== '') return { file: path === '' ? 'dvc.yaml' : path, name: name + key };
  if (basename(path) === 'dvc.lock' && key === '') {
    throw new ConfigurationError(`${target} is a lock file, which is not a target`, {
      remedy: `Name ${target.replace(/\.lock$/u, '.yaml')} instead.`,
    });
  }
  return isDvcFile(basename(target)) ? { file: target, name: undefined } : { file: undefined, name: target };
}

function isNamed(stage: IndexedStage, { file, name }: Name, options: TargetOptions): boolean {
  if (file !== undefined && stage.file !== resolve(options.directory, file)) return false;
  if (name === undefined) return true;
  const own = stage.stage?.name;
  if (own === undefined || (file === undefined && !isPipelineOf(stage.file, options.directory))) return false;
  if (own === name) return true;
  if (options.acceptGroup !== false && own.startsWith(`${name}@`)) return true;
  return options.glob === true && matchesGlob(own, name);
}

function withDependencies(
  found: readonly IndexedStage[],
  stages: readonly IndexedStage[],
  { withDeps }: TargetOptions,
): readonly Selected[] {
  const all = withDeps ? postorder(found, needsOf(stages)) : found;
  return all.map(stage => ({ stage }));
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function unknownTarget(
  target: string,
  { stages, options }: { readonly stages: readonly IndexedStage[]; readonly options: TargetOptions },
): ConfigurationError {
  const path = resolve(options.directory, target);
  if (basename(path) === 'dvc.yaml' && !existsSync(path)) return missingPipeline(target, stages, options);
  const names = stages.flatMap(stage => [
    stage.name,
    ...stage.outs.map(({ absolute }) => relativeName(absolute, options.directory)),
  ]);
  const nearest = nearestWord(target, names);
  const untracked = existsSync(path) && !isDvcFile(basename(path));
  const hint =
    nearest === undefined ? 'See what there is with: mainline dvc stage list' : `Did you mean ${nearest}?`;
  return new ConfigurationError(
    untracked
      ? `${target} is neither an output that DVC tracks nor the name of a stage`
      : `${target} does not exist, neither as an output or file of DVC's nor as the name of a stage`,
    {
      at: { file: path },
      remedy: untracked ? `Track it with: mainline dvc add ${target}` : hint,
    },
  );
}

function missingPipeline(
  target: string,
  stages: readonly IndexedStage[],
  { directory }: TargetOptions,
): ConfigurationError {
  const path = resolve(directory, target);
  const others = stages.filter(({ stage }) => stage).map(({ file }) => relative(directory, file));
  const named = [...new Set(others)].slice(0, MOST_NAMED).join(', ');
  return new ConfigurationError(
    dirname(path) === directory ? 'There is no dvc.yaml in this folder' : `There is no ${target}`,
    {
      at: { file: path },
      remedy:
        named === '' ? 'Add a first stage with: mainline dvc stage add' : `Name another as target: ${named}`,
    },
  );
}

const MOST_NAMED = 3;

function relativeName(path: string, directory: string): string {
  return path.startsWith(join(directory, sep)) ? path.slice(directory.length + 1) : path;
}
