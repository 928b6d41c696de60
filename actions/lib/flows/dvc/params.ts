// `dvc params diff`: parameters of stages, of files named at the top of a dvc.yaml, and what templates used.
import { join, resolve } from 'node:path';
import { expandFolders, type FileResult, readFiles } from '#lib/dvc/metrics/file-result.ts';
import { type ParamFiles, paramFiles, selectParams, usedParams } from '#lib/dvc/metrics/metric-files.ts';
import { DEFAULT_PARAMS_FILE } from '#lib/dvc/pipeline/vars.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { type DiffRequest, type DiffResult, diffRevisions } from '#lib/flows/dvc/metrics.ts';
import { openDvcRepository } from '#lib/flows/dvc/open.ts';
import { sourceOf } from '#lib/flows/dvc/revisions.ts';

export interface DiffParamsRequest extends DiffRequest {
  /** Only what stages depend on. */
  readonly depsOnly?: boolean | undefined;
}

/** @throws ConfigurationError for a revision that git does not know, or whose pipelines cannot be read. */
export async function diffParams(request: DiffParamsRequest): Promise<DiffResult> {
  const repository = await openDvcRepository(request);
  return diffRevisions(repository, request, revision => readParams(repository, revision, request));
}

async function readParams(
  repository: DvcRepository,
  revision: string,
  { targets, depsOnly = false }: DiffParamsRequest,
): Promise<ReadonlyMap<string, FileResult>> {
  const source = await sourceOf(repository, revision);
  const at = { index: await repository.readIndex(source), cache: repository.cache };
  const hasDefault = (await source.readText(join(source.root, DEFAULT_PARAMS_FILE))) !== undefined;
  const wanted: ParamFiles =
    targets.length > 0
      ? new Map(targets.map(target => [resolve(repository.directory, target), []]))
      : paramFiles(at.index, { depsOnly, hasDefault });
  const paths = await expandFolders([...wanted.keys()], at);
  const read = await readFiles(paths, at, (data, path) => selectParams(data, wanted.get(path) ?? []));
  if (targets.length > 0) return read;
  const used = usedParams(at.index, new Set(read.keys()));
  return new Map([...read, ...[...used].map(([file, data]) => [file, { data }] as const)]);
}
