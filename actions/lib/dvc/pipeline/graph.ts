// Which stage waits for which: a stage depends on the stages that make its inputs. The order of work is DVC's own (depth
// first, in the order of the file), because new stages enter dvc.lock in it.
import { dirname } from 'node:path';
import type { DeclaredPath, Output, Stage } from '#lib/dvc/pipeline/stage.ts';
import { ConfigurationError, formatLocation } from '#lib/errors.ts';

interface Maker {
  readonly stage: Stage;
  readonly output: Output;
}

/** The outputs of all stages, by path and by every folder above. */
interface Makers {
  readonly exact: ReadonlyMap<string, Maker>;
  readonly below: ReadonlyMap<string, readonly Maker[]>;
}

function indexMakers(stages: readonly Stage[]): Makers {
  const makers = stages.flatMap(stage => stage.outs.map(output => ({ stage, output })));
  const above = makers.flatMap(maker =>
    foldersAbove(maker.output.absolute).map(folder => ({ folder, maker })),
  );
  const below = Map.groupBy(above, ({ folder }) => folder);
  return {
    exact: new Map(makers.toReversed().map(maker => [maker.output.absolute, maker])),
    below: new Map([...below].map(([folder, found]) => [folder, found.map(({ maker }) => maker)])),
  };
}

function foldersAbove(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [] : [parent, ...foldersAbove(parent)];
}

/** The stages that make this path, a folder it is in, or something inside it. */
function makersOf({ absolute }: DeclaredPath, { exact, below }: Makers): readonly Stage[] {
  const around = [absolute, ...foldersAbove(absolute)].flatMap(path => exact.get(path) ?? []);
  return [...around, ...(below.get(absolute) ?? [])].map(maker => maker.stage);
}

/** The inputs of some stages that no stage of the pipeline makes: files that have to be there already. */
export function sourcesOf(some: readonly Stage[], all: readonly Stage[]): readonly DeclaredPath[] {
  const makers = indexMakers(all);
  return some.flatMap(stage =>
    [...stage.deps, ...stage.params].filter(path => makersOf(path, makers).length === 0),
  );
}

/**
 * Stages so that each comes after those it depends on.
 * @throws RangeError for a cycle, which checkGraph reports first.
 */
export function executionOrder(stages: readonly Stage[]): readonly Stage[] {
  const makers = indexMakers(stages);
  const done = new Set<Stage>();
  const visit = (stage: Stage): void => {
    if (done.has(stage)) return;
    for (const path of [...stage.deps, ...stage.params]) {
      for (const maker of makersOf(path, makers)) visit(maker);
    }
    done.add(stage);
  };
  for (const stage of stages) visit(stage);
  return [...done];
}

/** The stages that these files come from, and all before them; in the order of the pipeline. */
export function stagesBehind(stages: readonly Stage[], files: readonly string[]): readonly Stage[] {
  const makers = indexMakers(stages);
  const needed = new Set<Stage>();
  const visit = (stage: Stage): void => {
    if (needed.has(stage)) return;
    needed.add(stage);
    for (const path of [...stage.deps, ...stage.params]) {
      for (const maker of makersOf(path, makers)) visit(maker);
    }
  };
  for (const file of files) {
    for (const path of [file, ...foldersAbove(file)]) {
      const maker = makers.exact.get(path);
      if (maker) visit(maker.stage);
    }
  }
  return stages.filter(stage => needed.has(stage));
}

/** Outputs made twice or one inside another, and the first cycle. */
export function checkGraph(stages: readonly Stage[]): readonly ConfigurationError[] {
  const makers = indexMakers(stages);
  const overlaps = stages.flatMap(stage =>
    stage.outs.flatMap(output => checkOverlap({ stage, output }, makers)),
  );
  return overlaps.length > 0 ? overlaps : checkCycle(stages, makers);
}

function checkOverlap({ stage, output }: Maker, { exact }: Makers): readonly ConfigurationError[] {
  const first = exact.get(output.absolute);
  const around = foldersAbove(output.absolute).flatMap(folder => exact.get(folder) ?? [])[0];
  const other = first && first.output !== output ? first : around;
  if (!other) return [];
  const what = other === around ? `lies inside ${other.output.path}, an output` : 'is also an output';
  const where = other.stage === stage ? 'of the same stage' : `of the stage ${other.stage.name}`;
  return [
    new ConfigurationError(`${output.path} ${what} ${where} (${formatLocation(other.output.at)})`, {
      at: output.at,
      remedy: 'Let each file or folder be made in one place only.',
    }),
  ];
}

function checkCycle(stages: readonly Stage[], makers: Makers): readonly ConfigurationError[] {
  const done = new Set<Stage>();
  const follow = (stage: Stage, trail: readonly Stage[]): ConfigurationError | undefined => {
    if (done.has(stage)) return undefined;
    for (const path of [...stage.deps, ...stage.params]) {
      for (const maker of makersOf(path, makers)) {
        const from = [...trail, stage].indexOf(maker);
        if (from >= 0) return cycleError([...trail, stage].slice(from), path);
        const found = follow(maker, [...trail, stage]);
        if (found) return found;
      }
    }
    done.add(stage);
    return undefined;
  };
  for (const stage of stages) {
    const found = follow(stage, []);
    if (found) return [found];
  }
  return [];
}

function cycleError(members: readonly Stage[], path: DeclaredPath): ConfigurationError {
  const names = members.map(stage => stage.name);
  const ring = [...names, names[0]].join(' needs ');
  return new ConfigurationError(`The stages wait for each other: ${ring}`, {
    at: path.at,
    remedy: `Take ${path.path} out of this stage's inputs, or let another stage make it.`,
  });
}
