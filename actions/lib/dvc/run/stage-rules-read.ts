// The rules of stages, read from what dvc.yaml says under `meta`.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IndexedStage } from '#lib/dvc/repository/indexed-stage.ts';
import type { StageRules } from '#lib/dvc/run/stage-rules.ts';
import { isValueMap, type Value } from '#lib/dvc/values/value.ts';

/**
 * The rules of all stages that have some.
 * @throws ConfigurationErrors for what is written wrongly, at its place in dvc.yaml.
 */
export async function readStageRules(
  works: readonly IndexedStage[],
): Promise<ReadonlyMap<IndexedStage, StageRules>> {
  const rules = new Map<IndexedStage, StageRules>();
  for (const work of works) {
    const { stage, pipeline } = work;
    const own = mainlineOf(stage?.meta);
    if (!stage || !pipeline || own === undefined) continue;
    // Most repositories have none: the schema is loaded for those that do.
    const { checkStageRules } = await import('#lib/dvc/run/stage-rules-schema.ts');
    const readText = () => readFile(join(pipeline.directory, 'dvc.yaml'), 'utf8');
    rules.set(
      work,
      await checkStageRules(own, { stage, root: pipeline.root, file: pipeline.file, readText }),
    );
  }
  return rules;
}

/** True for a stage that asks for contracts, well written or not. */
export function namesContracts({ stage }: IndexedStage): boolean {
  const own = mainlineOf(stage?.meta);
  return typeof own === 'object' && own !== null && 'contracts' in own;
}

/** Plain data, whichever reader it came through. */
function mainlineOf(meta: unknown): unknown {
  const plain = toPlain(meta);
  return typeof plain === 'object' && plain !== null && 'mainline' in plain ? plain.mainline : undefined;
}

function toPlain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(toPlain);
  if (!isValueMap(value as Value)) return value;
  return Object.fromEntries(
    [...(value as ReadonlyMap<unknown, unknown>)].map(([k, v]) => [String(k), toPlain(v)]),
  );
}
