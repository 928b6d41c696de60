// From a stage's keys in dvc.yaml to a Stage: the short and the long forms of outputs and parameters become one.
import { resolveBelow } from '#lib/dvc/pipeline/paths.ts';
import type { ResolvedStage } from '#lib/dvc/pipeline/resolve.ts';
import type { Output, OutputKind, ParamsFile, ParamsKey, Stage } from '#lib/dvc/pipeline/stage.ts';
import { DEFAULT_PARAMS_FILE } from '#lib/dvc/pipeline/vars.ts';
import type { Scalar } from '#lib/dvc/values/value.ts';
import { memberOf, type YamlNode } from '#lib/dvc/values/yaml-node.ts';
import { ConfigurationError, type Location } from '#lib/errors.ts';

/** The folder of a dvc.yaml, and how to find the place of an offset in it. */
export interface StagePlace {
  readonly directory: string;
  readonly at: (offset: number) => Location;
}

/** The node has passed its shape. @throws ConfigurationError for a name that DVC would not find again. */
export function toStage(resolved: ResolvedStage, { directory, at }: StagePlace): Stage {
  const { name, node, group, keyAt, written, used } = resolved;
  if (name === '' || (group === undefined && name.includes('@'))) {
    throw new ConfigurationError(`"${name}" cannot be the name of a stage`, {
      at: at(keyAt),
      remedy: 'Use letters, digits, _ and - only.',
    });
  }
  const values = new Map<Scalar, YamlNode>();
  for (const { key, value } of node.kind === 'map' ? node.members : []) values.set(key, value);
  const get = (key: string): YamlNode | undefined => values.get(key);
  const workingDirectory = resolveBelow(directory, textAt(get('wdir')) ?? '.');
  const declare: Declare = (path, offset) => ({
    path,
    absolute: resolveBelow(workingDirectory, path),
    at: at(offset),
  });
  const meta = get('meta');
  return {
    name,
    cmd: toCommand(get('cmd')),
    workingDirectory,
    deps: itemsOf(get('deps')).map(item => declare(textAt(item) ?? '', item.at)),
    params: toParams(itemsOf(get('params')), declare),
    outs: toAllOutputs(get, declare),
    frozen: flagAt(get('frozen')) ?? false,
    alwaysChanged: flagAt(get('always_changed')) ?? false,
    description: textAt(get('desc')),
    ...(meta && { meta: toPlain(meta) }),
    ...(group !== undefined && { group }),
    ...(node !== written && { isParametrized: true }),
    ...(used.size > 0 && { used }),
    at: at(keyAt),
  };
}

type Declare = (path: string, offset: number) => Omit<ParamsFile, 'keys'>;

function toCommand(node: YamlNode | undefined): string | readonly string[] {
  return node?.kind === 'list' ? node.items.map(item => textAt(item) ?? '') : (textAt(node) ?? '');
}

function toAllOutputs(get: (key: string) => YamlNode | undefined, declare: Declare): readonly Output[] {
  const outs = toOutputs(get('outs'), 'out', declare);
  const metrics = toOutputs(get('metrics'), 'metric', declare);
  const plots = toOutputs(get('plots'), 'plot', declare);
  return metrics.length + plots.length === 0 ? outs : [...outs, ...metrics, ...plots];
}

function toOutputs(node: YamlNode | undefined, kind: OutputKind, declare: Declare): readonly Output[] {
  return itemsOf(node).flatMap((item): readonly Output[] => {
    if (item.kind !== 'map') {
      const declared = declare(textAt(item) ?? '', item.at);
      return [{ ...declared, kind, cache: true, persist: false, push: true }];
    }
    return item.members.map(({ key, keyAt, value }) => ({
      ...declare(String(key), keyAt),
      kind,
      ...toFlags(value, kind),
    }));
  });
}

type Flags = Omit<Output, 'path' | 'absolute' | 'at' | 'kind'>;

const PLOT_KEYS = ['template', 'x', 'y', 'x_label', 'y_label', 'title', 'header'];

/** Several plots of one file share its flags. */
function toFlags(node: YamlNode, kind: OutputKind): Flags {
  const all = node.kind === 'list' ? node.items : [node];
  const flags = (key: string) => all.map(one => flagAt(memberOf(one, key)?.value));
  const first = (key: string) => memberOf(all[0], key)?.value;
  const [remote, desc, type, labels, meta] = ['remote', 'desc', 'type', 'labels', 'meta'].map(first);
  const plot = kind === 'plot' ? plotOf(node) : undefined;
  return {
    cache: flags('cache').every(flag => flag !== false),
    persist: flags('persist').includes(true),
    push: flags('push').every(flag => flag !== false),
    ...(remote && { remote: textAt(remote) }),
    ...(desc && { desc: textAt(desc) }),
    ...(type && { type: textAt(type) }),
    ...(labels && { labels: itemsOf(labels).map(label => textAt(label) ?? '') }),
    ...(meta && { meta: toPlain(meta) }),
    ...(plot !== undefined && { plot }),
  };
}

function plotOf(node: YamlNode): unknown {
  if (node.kind === 'list') return node.items.map(item => plotOf(item) ?? {});
  const members = node.kind === 'map' ? node.members : [];
  const own = members.filter(({ key }) => PLOT_KEYS.includes(String(key)));
  return own.length === 0
    ? undefined
    : Object.fromEntries(own.map(one => [String(one.key), toPlain(one.value)]));
}

/** One entry per file; a file named as a whole takes all of it, whatever single keys are named as well. */
function toParams(items: readonly YamlNode[], declare: Declare): readonly ParamsFile[] {
  const entries = items.flatMap((item): readonly ParamsFile[] => {
    if (item.kind !== 'map') {
      const file = declare(DEFAULT_PARAMS_FILE, item.at);
      return [{ ...file, keys: [{ key: textAt(item) ?? '', at: file.at }] }];
    }
    return item.members.map(({ key, keyAt, value }) => ({
      ...declare(String(key), keyAt),
      keys: itemsOf(value).map(one => ({ key: textAt(one) ?? '', at: declare('', one.at).at })),
    }));
  });
  if (entries.length === 1 && (entries[0]?.keys.length ?? 0) <= 1) return entries;
  const byFile = Map.groupBy(entries, entry => entry.path);
  return [...byFile.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    const all = [first, ...others];
    return { ...first, keys: all.some(entry => entry.keys.length === 0) ? [] : uniqueKeys(all) };
  });
}

function uniqueKeys(entries: readonly ParamsFile[]): readonly ParamsKey[] {
  const keys = entries.flatMap(entry => entry.keys).map(key => [key.key, key] as const);
  return [...new Map(keys).values()];
}

function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === 'list' ? node.items : [];
}

function textAt(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

function flagAt(node: YamlNode | undefined): boolean | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : undefined;
}

/** Objects, arrays and JavaScript's own numbers: for what is only shown or read by a schema. */
export function toPlain(node: YamlNode): unknown {
  if (node.kind === 'list') return node.items.map(toPlain);
  if (node.kind === 'map') {
    return Object.fromEntries(node.members.map(({ key, value }) => [String(key), toPlain(value)]));
  }
  return typeof node.value === 'bigint' ? Number(node.value) : node.value;
}
