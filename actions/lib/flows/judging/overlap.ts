// Whether the champion was trained on rows that it is now compared on: it would know the answers, and the comparison would
// favour it. Told by the rows' keys, so that a split by key never warns for nothing.
import { join } from 'node:path';
import { isIntact } from '#lib/dvc/objects/intact.ts';
import { objectPath } from '#lib/dvc/objects/object-path.ts';
import type { Overlap } from '#lib/evaluation/test-rows.ts';
import type { BaseModel } from '#lib/flows/base.ts';
import { findOutput } from '#lib/flows/champion.ts';
import type { Workspace } from '#lib/flows/workspace.ts';
import type { Model } from '#lib/registry/model.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import { roundSignificant } from '#lib/stats/round.ts';

/** Undefined where the champion's training rows are not known, are not at hand, or have no keys. */
export async function findOverlap(
  { cache }: Pick<Workspace, 'cache'>,
  {
    root,
    model,
    champion,
    engine,
  }: { root: string; model: Model; champion: BaseModel | undefined; engine: SqlEngine },
): Promise<Overlap | undefined> {
  if (!champion?.lock) return undefined;
  const { evaluation, pipeline } = model.spec;
  const { key, path } = evaluation.rows;
  const { trainingRows, rows } = champion.model.spec.evaluation;
  const md5 = findOutput(champion.lock, trainingRows)?.md5;
  if (md5 === undefined || rows.key !== key || !isIntact(cache, md5)) return undefined;
  const file = objectPath(cache, md5);
  if (!(await engine.readHeader(file)).includes(key)) return undefined;
  const known = new Set(await readKeys(engine, file, key));
  const tested = await readKeys(engine, join(root, pipeline, path), key);
  const shared = tested.filter(one => known.has(one)).length;
  return { rows: shared, share: roundSignificant(shared / Math.max(1, tested.length), 4) };
}

/** The keys of a file of rows, in file order. */
async function readKeys(engine: SqlEngine, file: string, key: string): Promise<readonly string[]> {
  const { columns } = await engine.readTable(file, [{ name: key, kind: 'string' }]);
  return Array.from(columns[0]?.values ?? [], String);
}
