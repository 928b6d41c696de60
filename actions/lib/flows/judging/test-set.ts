// How often a test set has judged: each model that is chosen by the same rows learns a little of them, and the best of many is
// best by luck too. Git knows how many there were; proposals that never reached a branch at hand are not counted.
import { parseLock } from '#lib/dvc/lock/lock.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { TestSetUse } from '#lib/evaluation/test-rows.ts';
import { findOutput } from '#lib/flows/champion.ts';
import type { Repository } from '#lib/git/repository.ts';
import type { Model } from '#lib/registry/model.ts';

const MOST_COMMITS = 500;

export interface TestSetOptions {
  readonly model: Model;
  /** Names of commits whose history counts, such as HEAD and origin/main. */
  readonly from: readonly string[];
  /** The path of the lock in the repository. */
  readonly lock: string;
  /** MD5 of the test rows and of the model that is judged now. */
  readonly testRows: string;
  readonly artifact: string;
}

/** Counts the models that the locks of the pipeline's history name beside the same test rows. */
export async function countJudged(
  repository: Pick<Repository, 'history' | 'resolve' | 'readFile' | 'isShallow'>,
  { model, from, lock, testRows, artifact }: TestSetOptions,
): Promise<TestSetUse> {
  const models = new Set([artifact]);
  const seen = new Set<string>();
  let isCut = repository.isShallow;
  for (const name of from) {
    const tip = await repository.resolve(name);
    if (tip === undefined) continue;
    const commits = await repository.history(tip, { paths: [lock], limit: MOST_COMMITS });
    isCut ||= commits.length === MOST_COMMITS;
    for (const { id } of commits) {
      if (seen.has(id)) continue;
      seen.add(id);
      const judged = await readJudged(repository, { commit: id, lock, model });
      if (judged?.testRows === testRows) models.add(judged.artifact);
    }
  }
  return { models: models.size, isCut };
}

async function readJudged(
  repository: Pick<Repository, 'readFile'>,
  { commit, lock, model }: { readonly commit: string; readonly lock: string; readonly model: Model },
): Promise<{ readonly testRows: string; readonly artifact: string } | undefined> {
  const bytes = await repository.readFile(commit, lock);
  if (!bytes) return undefined;
  try {
    const parsed = await parseLock(Buffer.from(bytes).toString(), `${commit}:${lock}`);
    const rows = findOutput(parsed, model.spec.evaluation.rows.path);
    const artifact = findOutput(parsed, model.spec.artifact.path);
    return rows && artifact ? { testRows: rows.md5, artifact: artifact.md5 } : undefined;
  } catch (error) {
    // A lock that was once broken judged nothing.
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}
