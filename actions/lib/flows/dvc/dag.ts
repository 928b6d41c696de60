// `dvc dag`: the graph of stages or outputs, whole or around a target.
import { relative, sep } from 'node:path';
import { aroundTargets, collapseGroups, type Dag, outputDag, stageDag } from '#lib/dvc/dag/dag.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import { indexedStages } from '#lib/dvc/repository/indexed-stage.ts';
import { selectTargets } from '#lib/dvc/repository/targets.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';

export interface DagRequest extends OpenOptions {
  readonly target?: string | undefined;
  /** Everything that hangs together with the target, not only what it is made from. */
  readonly full?: boolean | undefined;
  /** Outputs instead of stages. */
  readonly outs?: boolean | undefined;
  /** The stages of a foreach or matrix as one. */
  readonly collapse?: boolean | undefined;
}

/** @throws ConfigurationError for a target that stands for nothing. */
export async function readDag(request: DagRequest): Promise<Dag> {
  const { target, full = false, outs = false, collapse = false } = request;
  if (outs && collapse) {
    throw new ConfigurationError('--outs and --collapse-foreach-matrix exclude each other', {
      remedy: 'Leave one of them out.',
    });
  }
  const repository = await openDvcRepository(request);
  const { directory } = repository;
  const index = await repository.readIndex();
  const stages = indexedStages(index, directory);
  const nameOf = (path: string) => relative(directory, path).split(sep).join('/');
  const selected = target === undefined ? [] : selectTargets(index, [target], { directory });
  const targets = outs
    ? selected.flatMap(({ stage, within }) =>
        stage.outs
          .filter(({ absolute }) => within === undefined || isWithin(absolute, within))
          .map(({ absolute }) => nameOf(absolute)),
      )
    : selected.map(({ stage }) => stage.name);
  const dag = aroundTargets(outs ? outputDag(stages, nameOf) : stageDag(stages), targets, full);
  return collapse ? collapseGroups(dag) : dag;
}
