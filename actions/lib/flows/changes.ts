// What a proposal changes, in words, told from the two locks: data, code, parameters, commands.
import { relative, resolve } from 'node:path';
import type { LockedStage } from '#lib/dvc/lock/entry.ts';
import type { Lock } from '#lib/dvc/lock/lock.ts';
import { pythonJson } from '#lib/dvc/values/python-json.ts';
import { isValueList, isValueMap, type Value } from '#lib/dvc/values/value.ts';
import type { Model } from '#lib/registry/model.ts';
import { modelPath } from '#lib/registry/read.ts';

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

/** The same of what model.yaml declares, whatever the pipeline's stages depend on. */
export function describeDeclared(before: Model, after: Model): readonly string[] {
  const path = modelPath(after.metadata.name);
  const [was, is] = [before, after].map(({ metadata, spec }) => toValue({ metadata, spec }));
  if (!isValueMap(was) || !isValueMap(is)) return [];
  return ['metadata', 'spec']
    .flatMap(key => differences(key, was.get(key), is.get(key)))
    .map(one => `${path} ${one.key}: ${cut(one.was)} to ${cut(one.is)}`);
}

function toValue(value: unknown): Value {
  if (Array.isArray(value)) return value.map(toValue);
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (value === null || typeof value !== 'object') return null;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return new Map(members.map(([key, member]) => [key, toValue(member)]));
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
    const before = old.params.get(file) ?? new Map<string, Value>();
    const keys = [...new Set([...before.keys(), ...values.keys()])];
    return keys
      .flatMap(key => differences(key, before.get(key), values.get(key)))
      .map(({ key, was, is }) => `${show(file)} ${key}: ${cut(was)} to ${cut(is)}`);
  });
}

interface Difference {
  /** Dotted; members of a list of maps by their position. */
  readonly key: string;
  readonly was: Value | undefined;
  readonly is: Value | undefined;
}

/** By leaves; a list of plain values is one leaf. */
function differences(key: string, was: Value | undefined, is: Value | undefined): readonly Difference[] {
  if (isSame(was, is)) return [];
  if (isMaps(was) && isMaps(is)) return differencesOfMembers(key, was, is);
  if (!isMapOrAbsent(was) || !isMapOrAbsent(is)) return [{ key, was, is }];
  const names = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])];
  return names.flatMap(name => differences(`${key}.${name}`, was?.get(name), is?.get(name)));
}

/** A list of maps, such as gates: a member that moved has not changed, and one with the same keys was edited. */
function differencesOfMembers(
  key: string,
  was: readonly Value[],
  is: readonly Value[],
): readonly Difference[] {
  const gone = was
    .map((member, at) => ({ member, at }))
    .filter(one => !is.some(other => isSame(one.member, other)));
  const added = is
    .map((member, at) => ({ member, at }))
    .filter(one => !was.some(other => isSame(one.member, other)));
  const edited = added.map(one => gone.find(other => isEdited(other.member, one.member)));
  const all = [
    ...added.map(({ member, at }, index) => ({ at, was: edited[index]?.member, is: member })),
    ...gone
      .filter(one => !edited.includes(one))
      .map(({ member, at }) => ({ at, was: member, is: undefined })),
  ];
  return all.flatMap(({ at, was: old, is: now }) =>
    old && now ? differences(`${key}[${at}]`, old, now) : [{ key: `${key}[${at}]`, was: old, is: now }],
  );
}

/** The same keys, and about the same thing. */
function isEdited(was: Value, is: Value): boolean {
  if (!isValueMap(was) || !isValueMap(is)) return false;
  const isAbout = (key: string): boolean => isSame(was.get(key), is.get(key));
  return [...was.keys()].sort().join() === [...is.keys()].sort().join() && ['metric', 'name'].every(isAbout);
}

function isMaps(value: Value | undefined): value is readonly Value[] {
  return value !== undefined && isValueList(value) && value.some(isValueMap);
}

function isMapOrAbsent(value: Value | undefined): value is ReadonlyMap<string, Value> | undefined {
  return value === undefined || isValueMap(value);
}

function isSame(was: Value | undefined, is: Value | undefined): boolean {
  if (was === undefined || is === undefined) return was === is;
  return pythonJson(was) === pythonJson(is);
}

function cut(value: Value | undefined): string {
  if (value === undefined) return 'absent';
  const text = pythonJson(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 3)}...` : text;
}
