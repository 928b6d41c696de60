// mainline dvc remove: stops tracking a file or folder, or takes a stage out of dvc.yaml; the data stays unless asked.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { formatLock, parseLock } from '#lib/dvc/lock/lock.ts';
import { removeLockedStage } from '#lib/dvc/lock/remove-stage.ts';
import { refuseEscape } from '#lib/dvc/pipeline/paths.ts';
import { removeStageText } from '#lib/dvc/pipeline/remove-stage.ts';
import type { IndexedStage } from '#lib/dvc/repository/indexed-stage.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { isDvcFile } from '#lib/dvc/repository/source.ts';
import { selectTargets } from '#lib/dvc/repository/targets.ts';
import { writeRecord } from '#lib/dvc/repository/write-record.ts';
import { recoverLeftOver } from '#lib/dvc/run/journal.ts';
import { openGitignore } from '#lib/dvc/tracked/gitignore.ts';
import { unprotectPath } from '#lib/dvc/work-tree/unprotect.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { listWritten, type Written } from '#lib/flows/dvc/git-index.ts';
import { type LockedOptions, withLock } from '#lib/flows/dvc/locked.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';

export interface RemoveOptions extends OpenOptions, LockedOptions {
  readonly targets: readonly string[];
  /** The data too. */
  readonly outs?: boolean | undefined;
}

export interface Removed {
  /** The addresses of what is no longer tracked. */
  readonly names: readonly string[];
  /** Never staged: DVC does not either. */
  readonly written: Written;
}

/**
 * Removes them one by one.
 * @throws ConfigurationError for a target that is neither a stage nor a .dvc file.
 */
export async function removeTargets(options: RemoveOptions): Promise<Removed> {
  const repository = await openDvcRepository(options);
  return withLock(repository.root, options, async () => {
    await recoverLeftOver(repository.root);
    const names: string[] = [];
    const touched = new Set<string>();
    for (const target of options.targets) {
      for (const stage of await findStages(target, repository)) {
        await removeStage(stage, { repository, options, touched });
        names.push(stage.name);
      }
    }
    return { names, written: await listWritten(repository, touched) };
  });
}

/** Outputs are not named here: that would leave open what is to go. */
async function findStages(target: string, repository: DvcRepository): Promise<readonly IndexedStage[]> {
  const { directory } = repository;
  const path = resolve(directory, target);
  if (!isDvcFile(target) && existsSync(`${path}.dvc`)) {
    throw new ConfigurationError(`${target} is the data; what tracks it is ${target}.dvc`, {
      at: { file: `${path}.dvc` },
      remedy: `Run: mainline dvc remove ${target}.dvc`,
    });
  }
  const selected = selectTargets(await repository.readIndex(), [target], { directory, acceptGroup: false });
  const inside = selected.find(({ within }) => within !== undefined);
  if (inside) {
    throw new ConfigurationError(`${target} is an output of ${inside.stage.name}, not a stage or .dvc file`, {
      at: { file: path },
      remedy: `Run: mainline dvc remove ${inside.stage.name}`,
    });
  }
  return selected.map(({ stage }) => stage);
}

interface Removal {
  readonly repository: DvcRepository;
  readonly options: RemoveOptions;
  /** Files that git should know of. */
  readonly touched: Set<string>;
}

async function removeStage(stage: IndexedStage, { repository, options, touched }: Removal): Promise<void> {
  const { root, gitRoot, config } = repository;
  const mode = config.cacheShared ? 0o664 : 0o666 & ~process.umask();
  const text = stage.stage
    ? removeStageText(readFileSync(stage.file, 'utf8'), stage.file, stage.stage.name)
    : undefined;
  const gitignore = openGitignore(gitRoot);
  for (const output of stage.outs) {
    await refuseEscape(output, root);
    if (options.outs) rmSync(output.absolute, { recursive: true, force: true });
    else if (output.cache && existsSync(output.absolute)) unprotectPath(output.absolute, mode);
    if (!output.cache) continue;
    gitignore.remove(output.absolute);
    // Git tells whether it changed, or went with its last entry.
    touched.add(join(dirname(output.absolute), '.gitignore'));
  }
  touched.add(stage.file);
  if (stage.stage) {
    await removeLocked(root, stage.file, stage.stage.name);
    touched.add(join(dirname(stage.file), 'dvc.lock'));
  }
  if (text === undefined) rmSync(stage.file);
  else writeRecord(root, stage.file, text);
}

async function removeLocked(root: string, pipelineFile: string, name: string): Promise<void> {
  const file = join(dirname(pipelineFile), 'dvc.lock');
  if (!existsSync(file)) return;
  const lock = removeLockedStage(await parseLock(readFileSync(file, 'utf8'), file), name);
  if (lock.stages.size === 0) rmSync(file);
  else writeRecord(root, file, formatLock(lock));
}
