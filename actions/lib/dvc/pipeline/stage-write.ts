// A stage as `dvc stage add` writes it into dvc.yaml: DVC's order of keys and entries, everything else of the file kept.
import { compareText } from '#lib/documents/canonical.ts';
import { DEFAULT_PARAMS_FILE } from '#lib/dvc/pipeline/vars.ts';
import type { RoundMap, RoundNode } from '#lib/dvc/values/round-trip.ts';
import {
  changeMap,
  type NextMap,
  type NextValue,
  roundMap,
  toRoundNode,
} from '#lib/dvc/values/round-trip-edit.ts';
import { isValueList, isValueMap, type ValueMap } from '#lib/dvc/values/value.ts';
import { writeMap } from '#lib/dvc/values/yaml-write.ts';
import { ConfigurationError } from '#lib/errors.ts';

/** An output to declare. */
export interface NewOutput {
  readonly path: string;
  readonly kind: 'outs' | 'metrics' | 'plots';
  readonly cache: boolean;
  readonly persist: boolean;
}

export interface NewStage {
  readonly name: string;
  readonly cmd: string;
  /** From the folder of dvc.yaml, with forward slashes; undefined for that folder itself. */
  readonly wdir: string | undefined;
  readonly deps: readonly string[];
  /** By file; no keys stand for the whole file. */
  readonly params: ReadonlyMap<string, readonly string[]>;
  readonly outs: readonly NewOutput[];
  readonly alwaysChanged: boolean;
  readonly desc: string | undefined;
}

/**
 * The entry of a stage; what is empty is left out.
 * @param old the stage that it replaces: its description, meta and what is said of its outputs stay, as in DVC.
 */
export function toStageMap(stage: NewStage, old?: ValueMap): NextMap {
  const outputs = (kind: NewOutput['kind']) =>
    stage.outs
      .filter(out => out.kind === kind)
      .toSorted((a, b) => compareText(a.path, b.path))
      .map(out => toOutput(out, oldFlags(old, out.path)));
  const entries: readonly (readonly [string, NextValue | undefined])[] = [
    ['desc', (old ? old.get('desc') : stage.desc) || undefined],
    ['cmd', stage.cmd],
    ['wdir', stage.wdir],
    ['deps', [...stage.deps].sort(compareText)],
    ['params', toParams(stage.params)],
    ['outs', outputs('outs')],
    ['metrics', outputs('metrics')],
    ['plots', outputs('plots')],
    ['always_changed', stage.alwaysChanged || undefined],
    ['meta', old?.get('meta') || undefined],
  ];
  return new Map(
    entries.filter((entry): entry is readonly [string, NextValue] => {
      return entry[1] !== undefined && !(Array.isArray(entry[1]) && entry[1].length === 0);
    }),
  );
}

function toOutput({ path, cache, persist }: NewOutput, old: ValueMap): NextValue {
  const kept = (keys: readonly string[]) =>
    keys.flatMap(key => {
      const value = old.get(key);
      return value === undefined || value === null ? [] : [[key, value] as const];
    });
  const flags = new Map<string, NextValue>([
    ...kept(['desc', 'type', 'labels', 'meta']),
    ...(cache ? [] : [['cache', false] as const]),
    ...(persist ? [['persist', true] as const] : []),
    ...kept(['remote']),
    ...(old.get('push') === false ? [['push', false] as const] : []),
  ]);
  return flags.size === 0 ? path : new Map([[path, flags]]);
}

/** What the replaced stage says of an output of the same path. */
function oldFlags(old: ValueMap | undefined, path: string): ValueMap {
  const lists = ['outs', 'metrics', 'plots'].map(key => old?.get(key));
  const entries = lists.flatMap(list => (isValueList(list) ? list : []));
  const found = entries.filter(isValueMap).map(entry => entry.get(path));
  return found.find(isValueMap) ?? new Map();
}

/** Keys of params.yaml first, then the other files by name. */
function toParams(params: NewStage['params']): readonly NextValue[] {
  const files = [...params].toSorted(([a], [b]) => compareText(a, b));
  const isDefault = ([file, keys]: readonly [string, readonly string[]]) =>
    file === DEFAULT_PARAMS_FILE && keys.length > 0;
  return [
    ...files.filter(isDefault).flatMap(([, keys]) => [...keys].sort(compareText)),
    ...files
      .filter(entry => !isDefault(entry))
      .map(([file, keys]) => new Map([[file, keys.length > 0 ? [...keys].sort(compareText) : null]])),
  ];
}

/**
 * The text of dvc.yaml with the stage in it: where it stands if it is there, else at the end of the stages.
 * @param text undefined when there is no file yet
 * @throws ConfigurationError for a file laid out so that it cannot be edited.
 */
export async function addStageText(text: string | undefined, stage: NewStage, file: string): Promise<string> {
  if (text === undefined || text.trim() === '') {
    return writeMap(new Map([['stages', plain(stage.name, toStageMap(stage))]]), 0);
  }
  const [{ readRoundTrip }, { writeRoundTrip }] = await Promise.all([
    import('#lib/dvc/values/round-trip-read.ts'),
    import('#lib/dvc/values/round-trip-write.ts'),
  ]);
  const document = readRoundTrip(text);
  if (!document) {
    throw new ConfigurationError(`${file} uses anchors, which cannot be kept while it is edited`, {
      at: { file, line: 1 },
      remedy: 'Write the values out, or add the stage by hand.',
    });
  }
  return writeRoundTrip({ ...document, root: withStage(document.root, stage) });
}

function plain(name: string, entry: NextMap) {
  return roundMap(changeMap(EMPTY, new Map([[name, entry]])));
}

const EMPTY: RoundMap = { kind: 'map', members: [], flow: false, after: { lines: '' } };

function withStage(root: RoundMap, stage: NewStage): RoundMap {
  const { name } = stage;
  const stages = root.members.find(({ key }) => key === 'stages');
  const below = { lines: '' };
  if (stages?.value.kind !== 'map') {
    const value = toRoundNode(new Map([[name, toStageMap(stage)]]));
    const others = root.members.filter(({ key }) => key !== 'stages');
    return { ...root, flow: false, members: [...others, { key: 'stages', value, below }] };
  }
  const map = stages.value;
  const before = map.members.find(({ key }) => key === name);
  const members = before
    ? map.members.map(member =>
        member === before ? { ...member, value: replaced(member.value, stage) } : member,
      )
    : [...map.members, { key: name, value: toRoundNode(toStageMap(stage)), below }];
  const value: RoundMap = { ...map, members, flow: map.flow && map.members.length > 0 };
  return {
    ...root,
    members: root.members.map(member => (member === stages ? { ...member, value } : member)),
  };
}

/** A template of several stages is no stage of this name, so that nothing of it stays. */
function replaced(node: RoundNode, stage: NewStage): RoundNode {
  if (node.kind !== 'map') return toRoundNode(toStageMap(stage));
  const old = roundMap(node);
  const isTemplate = old.has('foreach') || old.has('matrix');
  return changeMap(node, toStageMap(stage, isTemplate ? undefined : old));
}

/** True when a file that is YAML already has a stage of this name. */
export function hasStage(value: unknown, name: string): boolean {
  const stages = value instanceof Map ? value.get('stages') : undefined;
  return isValueMap(stages) && stages.has(name);
}
