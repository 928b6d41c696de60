// What a proposal changes, in words, told from the two locks: data, code, parameters, commands.
import { relative, resolve } from 'node:path';
import type { Lock } from '#lib/dvc/lock.ts';
import type { LockedStage } from '#lib/dvc/lock-entry.ts';
import { pythonJson } from '#lib/dvc/python-json.ts';
import { isValueList, isValueMap, type Value } from '#lib/dvc/value.ts';

/** Longer values are cut: a report is for reading. */
const LONGEST_VALUE = 80;

/**
 * One sentence per difference; outputs of other stages are left out, since they only follow.
 * @param directory the pipeline's folder, absolute; paths are shown relative to `root`.
 */
export function describeChanges(
  before: Lock,
  after: Lock,
  { root, directory }: { readonly root: string; readonly directory: string },
): readonly string[] {
  const show = (path: string): string => relative(root, resolve(directory, path)).replaceAll('\\', '/');
  const made = new Set([...after.stages.values()].flatMap(({ entry }) => entry.outs.map(out => out.path)));
  const sentences = [...after.stages].flatMap(([name, { entry }]) => {
    const old = before.stages.get(name)?.entry;
    if (!old) return [`stage ${name} is new`];
    return [
      ...describeCommand(name, old, entry),
      ...describeDeps(old, entry, { show, made }),
      ...describeParams(old, entry, show),
    ];
  });
  const removed = [...before.stages.keys()]
    .filter(name => !after.stages.has(name))
    .map(name => `stage ${name} is gone`);
  return [...new Set([...sentences, ...removed])];
}

function describeCommand(name: string, old: LockedStage, now: LockedStage): readonly string[] {
  return JSON.stringify(old.cmd) === JSON.stringify(now.cmd) ? [] : [`the command of stage ${name} changed`];
}

function describeDeps(
  old: LockedStage,
  now: LockedStage,
  { show, made }: { readonly show: (path: string) => string; readonly made: ReadonlySet<string> },
): readonly string[] {
  return now.deps.flatMap(dep => {
    if (made.has(dep.path)) return [];
    const previous = old.deps.find(candidate => candidate.path === dep.path);
    if (previous?.md5 === dep.md5) return [];
    if (!previous) return [`${show(dep.path)} is read now`];
    return [`${show(dep.path)} changed (${previous.size} to ${dep.size} bytes)`];
  });
}

function describeParams(
  old: LockedStage,
  now: LockedStage,
  show: (path: string) => string,
): readonly string[] {
  return [...now.params].flatMap(([file, values]) => {
    const before = new Map([...(old.params.get(file) ?? [])].flatMap(([key, value]) => flatten(key, value)));
    const after = new Map([...values].flatMap(([key, value]) => flatten(key, value)));
    return [...new Set([...before.keys(), ...after.keys()])]
      .filter(key => before.get(key) !== after.get(key))
      .map(key => `${show(file)} ${key}: ${cut(before.get(key))} to ${cut(after.get(key))}`);
  });
}

/** Every leaf with its dotted key; a list of maps by position, a list of plain values as one. */
function flatten(key: string, value: Value): readonly (readonly [string, string])[] {
  if (isValueMap(value)) return [...value].flatMap(([inner, member]) => flatten(`${key}.${inner}`, member));
  if (isValueList(value) && value.some(isValueMap)) {
    return value.flatMap((member, index) => flatten(`${key}[${index}]`, member));
  }
  return [[key, pythonJson(value)]];
}

function cut(text: string | undefined): string {
  if (text === undefined) return 'absent';
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 3)}...` : text;
}
