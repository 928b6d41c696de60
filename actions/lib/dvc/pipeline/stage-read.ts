// From a stage's keys in dvc.yaml to a Stage: the short and the long forms of outputs and parameters become one.
import { resolve } from 'node:path';
import type { KeyPath } from '#lib/documents/document.ts';
import type { OutputYaml, StageYaml } from '#lib/dvc/pipeline/schema.ts';
import type { Output, OutputKind, ParamsFile, ParamsKey, Stage } from '#lib/dvc/pipeline/stage.ts';
import { unescapeTemplate } from '#lib/dvc/pipeline/templating.ts';
import { ConfigurationError, type Location } from '#lib/errors.ts';

const DEFAULT_PARAMS_FILE = 'params.yaml';
/** ASCII punctuation other than `_` and `-` has a meaning in DVC's commands. */
const NAME_PUNCTUATION = /[!-,./:-@[-^`{-~]/;

/** Where the stage stands: how to find the place of a path below it, and the folder of its dvc.yaml. */
export interface StagePlace {
  readonly directory: string;
  readonly at: Location;
  readonly locate: (keys: KeyPath) => Location;
}

/** @throws ConfigurationError for a name or parameters file that DVC would not take. */
export function toStage(name: string, stage: StageYaml, place: StagePlace): Stage {
  if (name === '' || NAME_PUNCTUATION.test(name)) {
    throw new ConfigurationError(`"${name}" cannot be the name of a stage`, {
      at: place.at,
      remedy: 'Use letters, digits, _ and - only.',
    });
  }
  const workingDirectory = resolve(place.directory, unescapeTemplate(stage.wdir ?? '.'));
  const declare: Declare = (path, keys) => {
    const written = unescapeTemplate(path);
    return { path: written, absolute: resolve(workingDirectory, written), at: place.locate(keys) };
  };
  return {
    name,
    cmd: typeof stage.cmd === 'string' ? unescapeTemplate(stage.cmd) : stage.cmd.map(unescapeTemplate),
    workingDirectory,
    deps: stage.deps.map((path, index) => declare(path, ['deps', index])),
    params: toParams(stage.params, declare),
    outs: [
      ...toOutputs(stage.outs, ['out', 'outs'], declare),
      ...toOutputs(stage.metrics, ['metric', 'metrics'], declare),
      ...toOutputs(stage.plots, ['plot', 'plots'], declare),
    ],
    frozen: stage.frozen,
    alwaysChanged: stage.always_changed,
    description: stage.desc,
    at: place.at,
  };
}

type Declare = (path: string, keys: KeyPath) => Omit<ParamsFile, 'keys'>;

function toOutputs(
  outputs: readonly OutputYaml[],
  [kind, key]: readonly [OutputKind, string],
  declare: Declare,
): readonly Output[] {
  return outputs.flatMap((output, index): readonly Output[] => {
    if (typeof output === 'string')
      return [{ ...declare(output, [key, index]), kind, cache: true, persist: false, push: true }];
    return Object.entries(output).map(([path, flags]) => {
      const all = [flags].flat();
      const cache = all.every(one => one.cache ?? true);
      const persist = all.some(one => one.persist ?? false);
      const push = all.every(one => one.push ?? true);
      const { remote, desc, type, labels, meta } = all[0] ?? {};
      const flagged = { kind, cache, persist, push, remote, desc, type, labels, meta };
      return { ...declare(path, [key, index, path]), ...flagged };
    });
  });
}

/** One entry per file; a file named as a whole takes all of it, whatever single keys are named as well. */
function toParams(params: StageYaml['params'], declare: Declare): readonly ParamsFile[] {
  const entries = params.flatMap((entry, index): readonly ParamsFile[] => {
    if (typeof entry === 'string') {
      const file = declare(DEFAULT_PARAMS_FILE, ['params', index]);
      return [{ ...file, keys: [toKey(entry, file.at)] }];
    }
    return Object.entries(entry).map(([path, keys]) => {
      const file = declare(path, ['params', index, path]);
      const places = (keys ?? []).map((key, at) => toKey(key, declare(path, ['params', index, path, at]).at));
      return { ...file, keys: places };
    });
  });
  for (const entry of entries) refuseFormat(entry);
  const byFile = Map.groupBy(entries, entry => entry.path);
  return [...byFile.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const all = [first, ...others];
    return { ...first, keys: all.some(entry => entry.keys.length === 0) ? [] : uniqueKeys(all) };
  });
}

function toKey(key: string, at: Location): ParamsKey {
  return { key: unescapeTemplate(key), at };
}

function uniqueKeys(entries: readonly ParamsFile[]): readonly ParamsKey[] {
  const keys = entries.flatMap(entry => entry.keys).map(key => [key.key, key] as const);
  return [...new Map(keys).values()];
}

function refuseFormat({ path, at }: ParamsFile): void {
  if (!/\.(?:toml|py)$/.test(path)) return;
  throw new ConfigurationError(`Parameters in ${path} are not supported yet`, {
    at,
    remedy: 'Keep parameters in a YAML or JSON file.',
  });
}
