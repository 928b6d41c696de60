// What DVC writes of a stage that it changes: its own order within lists, and nothing for what is the default. Read from
// the stage as it stands, so that plot properties, `meta` and texts go back untouched.
import { dirname, relative, resolve, sep } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import type { Stage } from '#lib/dvc/pipeline/stage.ts';
import type { RoundMap, RoundNode } from '#lib/dvc/values/round-trip.ts';
import { memberNode, type NextMap, type NextValue, roundValue } from '#lib/dvc/values/round-trip-edit.ts';
import type { Scalar, Value } from '#lib/dvc/values/value.ts';

/** What a change sets; the rest stays. */
export interface StageEdit {
  readonly frozen?: boolean | undefined;
}

/** The keys of a stage after an edit. @param node as dvc.yaml has it, `stage` what was read of it */
export function dumpStage(node: RoundMap, stage: Stage, edit: StageEdit): NextMap {
  const kept = (key: string): NextValue | undefined => {
    const found = memberNode(node, key);
    return found === undefined || isNothing(found) ? undefined : { kept: found };
  };
  const outs = (key: string): NextValue | undefined => {
    const list = memberNode(node, key);
    if (list?.kind !== 'list') return kept(key);
    const entries = list.items.map(({ node: item }) => dumpOutput(item));
    return entries.length === 0 ? undefined : entries.toSorted(byPath).map(([, value]) => value);
  };
  const deps = stage.deps.map(({ path }) => path).toSorted(compareText);
  const params = dumpParams(stage);
  const entries: readonly (readonly [string, NextValue | undefined])[] = [
    ['desc', kept('desc')],
    ['cmd', kept('cmd')],
    ['wdir', workingFolder(stage)],
    ['deps', deps.length === 0 ? undefined : deps],
    ['params', params.length === 0 ? undefined : params],
    ['outs', outs('outs')],
    ['metrics', outs('metrics')],
    ['plots', outs('plots')],
    ['frozen', (edit.frozen ?? stage.frozen) || undefined],
    ['always_changed', stage.alwaysChanged || undefined],
    ['meta', kept('meta')],
  ];
  return new Map(entries.filter((entry): entry is readonly [string, NextValue] => entry[1] !== undefined));
}

/** From the folder of the dvc.yaml, which is itself not written. */
function workingFolder({ workingDirectory, at }: Stage): string | undefined {
  const path = relative(dirname(resolve(at.file)), workingDirectory)
    .split(sep)
    .join('/');
  return path === '' ? undefined : path;
}

function isNothing(node: RoundNode): boolean {
  if (node.kind === 'map') return node.members.length === 0;
  if (node.kind === 'list') return node.items.length === 0;
  return node.value === null || node.value === '';
}

function byPath([a]: readonly [string, NextValue], [b]: readonly [string, NextValue]): number {
  return compareText(a, b);
}

/** Flags for people, then what is not the default, then a plot's own, then where it goes. */
const FIRST = ['desc', 'type', 'labels', 'meta', 'cache', 'persist'];
const LAST = ['remote', 'push'];
const DEFAULTS: Readonly<Record<string, Scalar>> = { cache: true, persist: false, push: true };

/** A path alone, or with the flags that say something. Values without their layout: entries change places. */
function dumpOutput(item: RoundNode): readonly [string, NextValue] {
  const first = item.kind === 'map' ? item.members[0] : undefined;
  const path = String(item.kind === 'scalar' ? item.value : first?.key);
  if (first === undefined) return [path, path];
  if (first.value.kind !== 'map') return [path, roundValue(item)];
  const flags = first.value.members.flatMap(({ key, value }): readonly (readonly [string, Value])[] => {
    const name = String(key);
    const isDefault = value.kind === 'scalar' && DEFAULTS[name] === value.value;
    return isDefault || isNothing(value) ? [] : [[name, roundValue(value)]];
  });
  const ordered = flags.toSorted(([a], [b]) => rankFlag(a) - rankFlag(b));
  return [path, ordered.length === 0 ? path : new Map([[path, new Map(ordered)]])];
}

function rankFlag(name: string): number {
  if (FIRST.includes(name)) return FIRST.indexOf(name);
  return LAST.includes(name) ? FIRST.length + 1 + LAST.indexOf(name) : FIRST.length;
}

/** Of params.yaml the names alone, and before those of other files. */
function dumpParams({ params }: Stage): readonly NextValue[] {
  const named: string[] = [];
  const others: NextValue[] = [];
  for (const { path, keys } of params.toSorted((a, b) => compareText(a.path, b.path))) {
    const names = keys.map(({ key }) => key).toSorted(compareText);
    if (path === 'params.yaml' && names.length > 0) named.push(...names);
    else others.push(new Map([[path, names.length === 0 ? null : names]]));
  }
  return [...named, ...others];
}
