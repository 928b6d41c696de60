// Which files hold metrics and which hold parameters, at one revision; and what counts as a metric in them.
import { resolve } from 'node:path';
import type { ParamsFile } from '#lib/dvc/pipeline/stage.ts';
import { DEFAULT_PARAMS_FILE } from '#lib/dvc/pipeline/vars.ts';
import { indexedOutputs } from '#lib/dvc/repository/indexed-stage.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import { isValueList, isValueMap, type Scalar, type Value, type ValueMap } from '#lib/dvc/values/value.ts';

/** Absolute paths: metrics that stages make, then those that a dvc.yaml names at its top. */
export function metricFiles(index: RepositoryIndex): readonly string[] {
  const made = indexedOutputs(index).filter(({ output }) => output.kind === 'metric');
  const named = index.pipelines.flatMap(({ pipeline }) =>
    pipeline.declared.metrics.map(path => resolve(pipeline.directory, path)),
  );
  return [...new Set([...made.map(({ output }) => output.absolute), ...named])];
}

/** Numbers and texts, in maps; everything else, and maps left without any, is no metric. */
export function selectMetrics(value: Value): Value {
  return metricsIn(value) || new Map();
}

function metricsIn(value: Value): Value {
  if (isValueList(value)) return null;
  if (!isValueMap(value)) return value;
  const found = new Map<Scalar, Value>();
  for (const [key, item] of value) {
    const metric = metricsIn(item);
    if (metric !== null && !(isValueMap(metric) && metric.size === 0)) found.set(key, metric);
  }
  return found;
}

/** Absolute path, then the parameters looked at; none stands for the whole file. */
export type ParamFiles = ReadonlyMap<string, readonly string[]>;

/** The parameters of all stages, and unless only those are asked for, the files named at the top and params.yaml. */
export function paramFiles(
  index: RepositoryIndex,
  { depsOnly, hasDefault }: { readonly depsOnly: boolean; readonly hasDefault: boolean },
): ParamFiles {
  const deps = index.pipelines.flatMap(({ pipeline }) => pipeline.stages.flatMap(({ params }) => params));
  const top = index.pipelines.flatMap(({ pipeline }) =>
    pipeline.declared.params.map(path => resolve(pipeline.directory, path)),
  );
  const whole = depsOnly
    ? []
    : [...top, ...(hasDefault ? [resolve(index.source.root, DEFAULT_PARAMS_FILE)] : [])];
  return mergeParams(deps, whole);
}

function mergeParams(deps: readonly ParamsFile[], whole: readonly string[]): ParamFiles {
  const wholes = new Set([
    ...whole,
    ...deps.filter(({ keys }) => keys.length === 0).map(dep => dep.absolute),
  ]);
  const merged = new Map<string, readonly string[]>();
  for (const { absolute, keys } of deps) {
    const before = merged.get(absolute) ?? [];
    merged.set(absolute, wholes.has(absolute) ? [] : [...before, ...keys.map(({ key }) => key)]);
  }
  for (const path of whole) merged.set(path, []);
  return merged;
}

/** Only the parameters with these dotted names, where they stand. */
export function selectParams(value: Value, names: readonly string[]): Value {
  if (names.length === 0 || !isValueMap(value)) return value;
  return names.reduce<ValueMap>(
    (found, name) => addPath(found, { from: value, path: name.split('.') }),
    new Map(),
  );
}

function addPath(
  into: ValueMap,
  { from, path: [key = '', ...rest] }: { readonly from: ValueMap; readonly path: readonly string[] },
): ValueMap {
  const value = from.get(key);
  if (value === undefined) return into;
  if (rest.length === 0) return new Map([...into, [key, value]]);
  if (!isValueMap(value)) return into;
  const before = into.get(key);
  const inner = addPath(isValueMap(before) ? before : new Map(), { from: value, path: rest });
  return inner.size === 0 ? into : new Map([...into, [key, inner]]);
}

/** Parameters that templates used, of files that are not looked at anyway: absolute path, then dotted name and value. */
export function usedParams(
  index: RepositoryIndex,
  known: ReadonlySet<string>,
): ReadonlyMap<string, ReadonlyMap<string, Value>> {
  const found = new Map<string, Map<string, Value>>();
  for (const { pipeline } of index.pipelines) {
    for (const { used } of pipeline.stages) {
      for (const [file, values] of used ?? []) {
        if (!known.has(file)) found.set(file, new Map([...(found.get(file) ?? []), ...values]));
      }
    }
  }
  return found;
}
