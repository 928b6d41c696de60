// What a stage asks of Mainline beyond DVC, under `meta: {mainline: ...}`, which DVC keeps and does not look into.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IndexedStage } from '#lib/dvc/repository/indexed-stage.ts';
import { isValueMap, type Value } from '#lib/dvc/values/value.ts';

export interface StageRules {
  /** How often a failed stage is tried again. */
  readonly retries: number;
  /** Before the first repetition; doubled for each further one. */
  readonly backoffMs: number;
  /** Of one attempt; undefined for no limit. */
  readonly timeoutMs: number | undefined;
  /** Who is told when it fails. */
  readonly owner: string | undefined;
  /** Two stages with the same name never run together. */
  readonly mutexes: readonly string[];
  /** Output, as the stage names it, and the contract that it is checked against; from the root, with forward slashes. */
  readonly contracts: ReadonlyMap<string, string>;
}

/** Of a stage that asks for nothing. */
export const NO_RULES: StageRules = {
  retries: 0,
  backoffMs: 30_000,
  timeoutMs: undefined,
  owner: undefined,
  mutexes: [],
  contracts: new Map(),
};

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
