// Which stages a change touches: those with a changed input, output, definition or lock, and all that builds on them.
// A parameters file that changed touches only the stages whose own parameters did.
import { dirname, join } from 'node:path';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import type { DeclaredPath, ParamsFile, Stage } from '#lib/dvc/pipeline/stage.ts';
import type { IndexedStage } from '#lib/dvc/repository/indexed-stage.ts';
import { indexedStages } from '#lib/dvc/repository/indexed-stage.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import type { WorkGraph } from '#lib/dvc/run/work.ts';

export interface AffectedStage {
  readonly work: IndexedStage;
  /** Such as "data/raw.csv changed" or "builds on prepare"; never empty. */
  readonly because: readonly string[];
}

export interface Change {
  /** Absolute. */
  readonly paths: readonly string[];
  /** What there was before; undefined when it could not be read, so that everything in a changed file counts. */
  readonly before: RepositoryIndex | undefined;
  /** Whether the stage's own parameters of a file differ. */
  readonly isParamsChanged: (file: ParamsFile) => Promise<boolean>;
}

/** In the order of work. */
export async function findAffectedStages(
  graph: WorkGraph,
  change: Change,
): Promise<readonly AffectedStage[]> {
  const before = new Map(change.before && indexedStages(change.before).map(work => [keyOf(work), work]));
  const because = new Map<IndexedStage, string[]>();
  const isKnown = change.before !== undefined;
  for (const work of graph.works) {
    const reasons = await reasonsOf(work, { ...change, known: isKnown ? before.get(keyOf(work)) : work });
    if (reasons.length > 0) because.set(work, reasons);
  }
  const queue = [...because.keys()];
  for (const work of queue) {
    for (const other of graph.neededBy.get(work) ?? []) {
      const reasons = because.get(other);
      const reason = `builds on ${work.name}`;
      if (reasons) reasons.push(reason);
      else {
        because.set(other, [reason]);
        queue.push(other);
      }
    }
  }
  return graph.works.flatMap(work => {
    const reasons = because.get(work);
    return reasons ? [{ work, because: [...new Set(reasons)] }] : [];
  });
}

function keyOf({ file, stage }: IndexedStage): string {
  return `${file}\0${stage?.name ?? ''}`;
}

interface Known extends Change {
  /** The same stage before; undefined for a new one. */
  readonly known: IndexedStage | undefined;
}

async function reasonsOf(work: IndexedStage, change: Known): Promise<string[]> {
  const { stage, file } = work;
  const { paths, known, before } = change;
  const reasons: string[] = [];
  const isTouched = ({ absolute }: DeclaredPath): boolean =>
    paths.some(path => isWithin(absolute, path) || isWithin(path, absolute));
  for (const path of stage?.frozen ? work.outs : [...work.deps, ...work.outs]) {
    if (isTouched(path)) reasons.push(`${path.path} changed`);
  }
  for (const params of stage?.frozen ? [] : (stage?.params ?? [])) {
    if (isTouched(params) && (await change.isParamsChanged(params))) {
      reasons.push(`parameters in ${params.path} changed`);
    }
  }
  const files = stage ? [file, join(dirname(file), 'dvc.lock')] : [file];
  // Templates are filled in from elsewhere: where some are, a definition may change without its file.
  if (!stage?.isParametrized && !files.some(path => paths.includes(path))) return reasons;
  if (before === undefined && files.some(path => paths.includes(path)))
    reasons.push('its definition changed');
  else if (known === undefined) reasons.push('is new');
  else {
    if (stage && known.stage && define(stage) !== define(known.stage)) reasons.push('its definition changed');
    if (recordOf(work) !== recordOf(known)) reasons.push('what is recorded of it changed');
  }
  return reasons;
}

/** All that decides on what a stage does, templates filled in; not where it stands. */
function define(stage: Stage): string {
  const { cmd, workingDirectory, deps, params, outs, frozen, alwaysChanged } = stage;
  return JSON.stringify([
    ...[cmd, workingDirectory, deps.map(({ path }) => path).toSorted(), frozen, alwaysChanged],
    params.map(({ path, keys }) => [path, keys.map(({ key }) => key).toSorted()]),
    outs.map(({ path, cache, kind, persist }) => [path, kind, cache, persist]),
  ]);
}

function recordOf({ outputs, entry }: IndexedStage): string {
  const outs = outputs.map(({ output, locked }) => [output.path, locked?.md5]);
  const params = [...(entry?.params ?? [])].map(([file, values]) => [file, [...values].map(toText)]);
  return JSON.stringify([outs, entry?.cmd, entry?.deps.map(({ path, md5 }) => [path, md5]), params]);
}

function toText([key, value]: readonly [string, unknown]): readonly [string, string] {
  return [
    key,
    JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item)) ?? '',
  ];
}
