// `dvc stage list`: the stages and .dvc files of targets, each with a line about it.
import type { IndexedStage } from '#lib/dvc/repository/indexed-stage.ts';
import { selectTargets } from '#lib/dvc/repository/targets.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';

export interface StageListRequest extends OpenOptions {
  /** None with `all`. */
  readonly targets: readonly string[];
  readonly all?: boolean | undefined;
  readonly recursive?: boolean | undefined;
}

export interface ListedStage {
  readonly name: string;
  /** Its own description, or what it makes. */
  readonly description: string;
}

/** Longer descriptions are cut. */
const LONGEST = 80;

/** @throws ConfigurationError for a target that stands for nothing. */
export async function listStages(request: StageListRequest): Promise<readonly ListedStage[]> {
  const repository = await openDvcRepository(request);
  const { targets, all, recursive } = request;
  const index = await repository.readIndex();
  const { directory } = repository;
  const selected = selectTargets(index, all ? [] : targets, { directory, recursive });
  return [...new Set(selected.map(({ stage }) => stage))].map(stage => ({
    name: stage.name,
    description: cut(ownDescription(stage) ?? describe(stage)),
  }));
}

function ownDescription({ stage, tracked }: IndexedStage): string | undefined {
  const text = stage?.description ?? tracked?.description;
  return text
    ?.split('\n')
    .find(line => line !== '')
    ?.trim();
}

function describe({ stage, deps, params, outs }: IndexedStage): string {
  const names = (paths: readonly { readonly path: string }[]) => paths.map(({ path }) => path).join(', ');
  if (outs.length === 0) {
    const inputs = [...deps, ...params];
    return inputs.length === 0 ? 'No outputs or dependencies' : `Depends on ${names(inputs)}`;
  }
  const isReport = (kind: string) => stage !== undefined && kind !== 'out';
  const data = outs.filter(({ kind }) => !isReport(kind));
  const reports = outs.filter(({ kind }) => isReport(kind));
  return [
    ...(data.length > 0 ? [`Outputs ${names(data)}`] : []),
    ...(reports.length > 0 ? [`Reports ${names(reports)}`] : []),
  ].join('; ');
}

function cut(text: string): string {
  const characters = Array.from(text);
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST - 1).join('')}…` : text;
}
