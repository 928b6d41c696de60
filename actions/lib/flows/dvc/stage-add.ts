// `dvc stage add`: declares a stage in this folder's dvc.yaml, after checking it against everything that is there.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { checkGraph } from '#lib/dvc/pipeline/graph.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import { addStageText, hasStage, type NewStage } from '#lib/dvc/pipeline/stage-write.ts';
import { indexedStages } from '#lib/dvc/repository/indexed-stage.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import type { Source } from '#lib/dvc/repository/source.ts';
import { writeRecord } from '#lib/dvc/repository/write-record.ts';
import { openGitignore } from '#lib/dvc/tracked/gitignore.ts';
import { parseTyped } from '#lib/dvc/values/yaml-read.ts';
import { ConfigurationError, ConfigurationErrors, hasCode } from '#lib/errors.ts';
import { refuseTrackedByGit, stageWritten, type Written } from '#lib/flows/dvc/git-index.ts';
import { type LockedOptions, withLock } from '#lib/flows/dvc/locked.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';

export interface StageAddRequest extends OpenOptions, LockedOptions {
  readonly stage: Omit<NewStage, 'wdir'>;
  /** Relative to where the user stands. */
  readonly wdir?: string | undefined;
  /** Replaces a stage of the same name. */
  readonly force?: boolean | undefined;
}

export interface StageAdded extends Written {
  /** A folder of outputs that is not there yet, so that git could not be told to ignore them. */
  readonly missing: string | undefined;
}

/** ASCII punctuation other than `_` and `-` has a meaning in DVC's commands. */
const NAME_PUNCTUATION = /[!-,./:-@[-^`{-~]/;

/** @throws ConfigurationError for what the repository cannot take; nothing has changed then. */
export async function addStage(request: StageAddRequest): Promise<StageAdded> {
  const { name } = request.stage;
  if (name === '' || NAME_PUNCTUATION.test(name)) {
    throw new ConfigurationError(`"${name}" cannot be the name of a stage`, {
      remedy: 'Use letters, digits, _ and - only.',
    });
  }
  refuseRepeated(request.stage);
  const repository = await openDvcRepository(request);
  return withLock(repository.root, request, () => addLocked(request, repository));
}

function refuseRepeated({ deps, params, outs }: StageAddRequest['stage']): void {
  const paths = [...deps, ...params.keys(), ...outs.map(({ path }) => path)];
  const repeated = paths.find((path, index) => paths.indexOf(path) !== index);
  if (repeated === undefined) return;
  throw new ConfigurationError(`${repeated} is named twice`, {
    remedy: 'Name each file or folder once, as a dependency or as an output.',
  });
}

async function addLocked(request: StageAddRequest, repository: DvcRepository): Promise<StageAdded> {
  const { directory, gitRoot } = repository;
  const file = join(directory, 'dvc.yaml');
  const stage: NewStage = { ...request.stage, wdir: workingFolder(request.wdir, repository) };
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (!request.force && before !== undefined) await refuseExisting(before, stage.name, file);
  const text = await addStageText(before, stage, file);
  await checkAgainstAll({ file, text }, repository);
  const base = resolve(directory, stage.wdir ?? '.');
  const outs = stage.outs.filter(({ cache }) => cache).map(({ path }) => resolve(base, path));
  await refuseTrackedByGit(repository, outs, request.now);
  writeRecord(repository.root, file, text);
  const { files, missing } = ignoreInGit(outs, gitRoot);
  return { ...(await stageWritten(repository, new Set([file, ...files]))), missing };
}

/** Like DVC, stops at the first folder that is not there yet; the entries are made when the stage runs. */
function ignoreInGit(outs: readonly string[], gitRoot: string | undefined) {
  const gitignore = openGitignore(gitRoot);
  const files: string[] = [];
  for (const path of outs) {
    try {
      files.push(...[gitignore.add(path)].filter(file => file !== undefined));
    } catch (error) {
      if (!isMissing(error)) throw error;
      return { files, missing: dirname(path) };
    }
  }
  return { files, missing: undefined };
}

function isMissing(error: unknown): boolean {
  return hasCode(error, 'ENOENT') || (error instanceof Error && hasCode(error.cause, 'ENOENT'));
}

function workingFolder(wdir: string | undefined, { directory, root }: DvcRepository): string | undefined {
  if (wdir === undefined) return undefined;
  const folder = resolve(directory, wdir);
  const found = statSync(folder, { throwIfNoEntry: false });
  if (!found?.isDirectory()) {
    throw new ConfigurationError(
      `The working directory ${wdir} ${found ? 'is no folder' : 'does not exist'}`,
      {
        at: { file: folder },
        remedy: 'Name a folder that is there.',
      },
    );
  }
  if (!isWithin(root, folder)) {
    throw new ConfigurationError(`The working directory ${wdir} is outside the repository`, {
      remedy: 'Name a folder inside it.',
    });
  }
  const way = relative(directory, folder).split(sep).join('/');
  return way === '' ? undefined : way;
}

async function refuseExisting(text: string, name: string, file: string): Promise<void> {
  const { value } = await parseTyped(text, file);
  if (!hasStage(value, name)) return;
  throw new ConfigurationError(`dvc.yaml has a stage ${name} already`, {
    at: { file },
    remedy: 'Choose another name, or replace it with --force.',
  });
}

/** Reads the repository as it would be. */
async function checkAgainstAll(
  { file, text }: { readonly file: string; readonly text: string },
  repository: DvcRepository,
): Promise<void> {
  const { source } = repository;
  const changed: Source = {
    ...source,
    readText: async path => (path === file ? text : source.readText(path)),
    findDvcFiles: async options => [...new Set([...(await source.findDvcFiles(options)), file])].sort(),
  };
  const stages = indexedStages(await repository.readIndex(changed), repository.directory);
  const problems = checkGraph(stages);
  if (problems.length > 0) throw new ConfigurationErrors(problems);
}
