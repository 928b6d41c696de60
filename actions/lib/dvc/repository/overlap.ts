// A file or folder is tracked in one place: what is added must not lie inside another output, hold one, or hold a file of
// DVC's own.
import { relative } from 'node:path';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import type { IndexedStage } from '#lib/dvc/repository/indexed-stage.ts';
import { ConfigurationError } from '#lib/errors.ts';

/** What is about to be tracked. */
export interface NewOutput {
  /** Absolute. */
  readonly path: string;
  /** Absolute; the .dvc file that will name it. */
  readonly file: string;
}

/** @throws ConfigurationError naming both sides of the first overlap. */
export function refuseOverlap(
  added: readonly NewOutput[],
  stages: readonly IndexedStage[],
  directory: string,
): void {
  for (const one of added) {
    const name = relative(directory, one.path);
    for (const stage of stages.filter(({ file }) => file !== one.file)) {
      for (const { absolute } of stage.outs) refuseOne(one, { name, absolute, stage, directory });
      if (isWithin(one.path, stage.file)) {
        throw refused(one, `${name} holds ${relative(directory, stage.file)}, a file of DVC's own`);
      }
    }
    const twin = added.find(other => other !== one && isWithin(one.path, other.path));
    if (twin)
      throw refused(one, `${name} overlaps with ${relative(directory, twin.path)}, which is added as well`);
  }
}

interface Other {
  readonly name: string;
  readonly absolute: string;
  readonly stage: IndexedStage;
  readonly directory: string;
}

function refuseOne(one: NewOutput, { name, absolute, stage, directory }: Other): void {
  const other = relative(directory, absolute);
  if (absolute === one.path) throw refused(one, `${name} is an output of ${stage.name} already`);
  if (isWithin(absolute, one.path)) {
    throw refused(
      one,
      `${name} lies inside ${other}, which ${stage.name} tracks`,
      `Take it in with: mainline dvc commit ${stage.name}`,
    );
  }
  if (isWithin(one.path, absolute)) {
    const remedy = `Run: mainline dvc remove ${stage.name}, then: mainline dvc add ${name}`;
    throw refused(one, `${name} holds ${other}, which ${stage.name} tracks`, remedy);
  }
}

function refused(
  { path }: NewOutput,
  message: string,
  remedy = 'Let each file or folder be tracked in one place.',
): ConfigurationError {
  return new ConfigurationError(message, { at: { file: path }, remedy });
}
