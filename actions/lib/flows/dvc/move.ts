// mainline dvc move: renames tracked data together with its .dvc file and its .gitignore entry.
import { existsSync, lstatSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import { indexedStages } from '#lib/dvc/repository/indexed-stage.ts';
import { refuseOverlap } from '#lib/dvc/repository/overlap.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { writeRecord } from '#lib/dvc/repository/write-record.ts';
import { openGitignore } from '#lib/dvc/tracked/gitignore.ts';
import { moveTracked } from '#lib/dvc/tracked/move-tracked.ts';
import type { TrackedFile } from '#lib/dvc/tracked/tracked.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { refuseTrackedByGit, stageWritten, type Written } from '#lib/flows/dvc/git-index.ts';
import { type LockedOptions, withLock } from '#lib/flows/dvc/locked.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';

export interface MoveOptions extends OpenOptions, LockedOptions {
  readonly from: string;
  /** A folder that exists takes it in under its own name. */
  readonly to: string;
}

export interface MoveResult {
  /** .dvc files, relative to where the user stands. */
  readonly from: string;
  readonly to: string;
  readonly written: Written;
}

/** @throws ConfigurationError for what no .dvc file tracks, or when something is in the way. */
export async function moveData(options: MoveOptions): Promise<MoveResult> {
  const repository = await openDvcRepository(options);
  return withLock(repository.root, options, async () => {
    try {
      return await move(options, repository);
    } finally {
      repository.workTree.save();
    }
  });
}

async function move(options: MoveOptions, repository: DvcRepository): Promise<MoveResult> {
  const { root, directory, gitRoot } = repository;
  const from = resolve(directory, options.from);
  const asked = resolve(directory, options.to);
  const isFolder = statSync(asked, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const to = isFolder ? join(asked, basename(from)) : asked;
  const index = await repository.readIndex();
  const tracked = findTracked(from, { stages: indexedStages(index, directory), options });
  const file = basename(tracked.file) === `${basename(from)}.dvc` ? `${to}.dvc` : tracked.file;
  refusePlace(to, file, { tracked, repository });
  const others = indexedStages(index, directory).filter(stage => stage.file !== tracked.file);
  refuseOverlap([{ path: to, file }], others, directory);
  await refuseTrackedByGit(repository, [to], options.now);
  const found = await repository.workTree.keep(from);
  if (lstatSync(from, { throwIfNoEntry: false })) renameSync(from, to);
  const gitignore = openGitignore(gitRoot);
  const touched = new Set<string>([tracked.file, file]);
  const unlisted = gitignore.remove(from);
  const listed = gitignore.add(to);
  for (const changed of [unlisted, listed]) if (changed !== undefined) touched.add(changed);
  writeRecord(
    root,
    file,
    await moveTracked(tracked, { file, root, output: to, fingerprint: found?.fingerprint }),
  );
  if (file !== tracked.file) rmSync(tracked.file);
  const written = await stageWritten(repository, touched);
  return { from: relative(directory, tracked.file), to: relative(directory, file), written };
}

interface Search {
  readonly stages: ReturnType<typeof indexedStages>;
  readonly options: MoveOptions;
}

function findTracked(from: string, { stages, options }: Search): TrackedFile {
  const owner = stages.find(({ outs }) => outs.some(({ absolute }) => absolute === from));
  if (owner?.tracked) return owner.tracked;
  throw new ConfigurationError(
    owner
      ? `${options.from} is made by ${owner.name}, so it cannot be moved by itself`
      : `No .dvc file tracks ${options.from}`,
    {
      at: { file: from },
      remedy: owner ? 'Change the output of that stage.' : 'Name the data as it was added.',
    },
  );
}

interface Place {
  readonly tracked: TrackedFile;
  readonly repository: DvcRepository;
}

function refusePlace(to: string, file: string, { tracked, repository }: Place): void {
  const name = relative(repository.directory, to);
  const refuse = (message: string) => {
    throw new ConfigurationError(message, { at: { file: to }, remedy: 'Name another place.' });
  };
  if (!isWithin(repository.root, to)) refuse(`${name} is outside the repository`);
  if (file !== tracked.file && existsSync(file))
    refuse(`${relative(repository.directory, file)} exists already`);
  if (existsSync(to)) refuse(`${name} exists already`);
  if (!existsSync(dirname(to))) {
    if (file !== tracked.file) refuse(`The folder of ${name} does not exist`);
    mkdirSync(dirname(to), { recursive: true });
  }
}
