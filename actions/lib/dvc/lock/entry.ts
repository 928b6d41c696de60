// One stage of dvc.lock, which is also one entry of the run-cache: what went in, what came out.

import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import { OBJECT_NAME } from '#lib/dvc/objects/object-path.ts';
import { isValueList, isValueMap, type Scalar, type Value, type ValueMap } from '#lib/dvc/values/value.ts';

/** A file or folder, `path` as dvc.yaml writes it: relative to the stage's working directory. */
export interface LockedPath extends Fingerprint {
  readonly path: string;
  /** What else the entry says (`cloud`, `files`, `version_id`, ...), kept as it is. */
  readonly others?: ValueMap | undefined;
}

export interface LockedStage {
  readonly cmd: string | readonly string[];
  readonly deps: readonly LockedPath[];
  /** File, then parameter as declared (`train.lr`), then value. */
  readonly params: ReadonlyMap<string, ReadonlyMap<string, Value>>;
  readonly outs: readonly LockedPath[];
}

/** The keys and their order as DVC writes them; empty parts are left out. */
export function toLockMap({ cmd, deps, params, outs }: LockedStage): ValueMap {
  const entries: readonly (readonly [string, Value])[] = [
    ['cmd', cmd],
    ['deps', deps.map(toPathMap)],
    ['params', params],
    ['outs', outs.map(toPathMap)],
  ];
  return new Map(entries.filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: Value): boolean {
  return isValueList(value) ? value.length === 0 : isValueMap(value) && value.size === 0;
}

/** What DVC 2 hashed goes without `hash`, also when DVC 3 writes it anew. */
function toPathMap({ path, md5, hash, size, nfiles, isexec, others }: LockedPath): ValueMap {
  const entries: readonly (readonly [Scalar, Value | undefined])[] = [
    ['path', path],
    ['hash', hash === undefined ? 'md5' : undefined],
    ['md5', md5],
    ['size', size === undefined ? undefined : BigInt(size)],
    ['nfiles', nfiles === undefined ? undefined : BigInt(nfiles)],
    ['isexec', isexec],
    ...(others ?? []),
  ];
  return new Map(entries.filter((entry): entry is readonly [Scalar, Value] => entry[1] !== undefined));
}

/**
 * Reads an entry back. A path that lives in a cloud is left out, so that its stage counts as changed instead of being
 * compared with a hash of another kind.
 * @returns undefined when the entry does not have the shape of one.
 */
export function fromLockMap(value: Value | undefined): LockedStage | undefined {
  if (!isValueMap(value)) return undefined;
  const cmd = toCommand(value.get('cmd'));
  const deps = toPaths(value.get('deps') ?? []);
  const params = toParams(value.get('params') ?? new Map());
  const outs = toPaths(value.get('outs') ?? []);
  return cmd !== undefined && deps && params && outs ? { cmd, deps, params, outs } : undefined;
}

function toCommand(value: Value | undefined): string | readonly string[] | undefined {
  if (typeof value === 'string') return value;
  return isValueList(value) && value.every(item => typeof item === 'string') ? value : undefined;
}

function toPaths(value: Value): readonly LockedPath[] | undefined {
  if (!isValueList(value) || !value.every(isPathMap)) return undefined;
  const paths: LockedPath[] = [];
  for (const item of value) {
    const path = toPath(item);
    if (path) paths.push(path);
  }
  return paths;
}

function isPathMap(value: Value): value is ValueMap {
  return isValueMap(value) && typeof value.get('path') === 'string';
}

const KNOWN_KEYS = new Set<Scalar>(['path', 'hash', 'md5', 'size', 'nfiles', 'isexec']);

function toPath(item: ValueMap): LockedPath | undefined {
  const path = item.get('path');
  const md5 = item.get('md5');
  const hash = item.get('hash');
  const [size, nfiles] = [item.get('size'), item.get('nfiles')];
  if (typeof path !== 'string' || typeof md5 !== 'string' || !OBJECT_NAME.test(md5)) return undefined;
  if (hash !== undefined && hash !== 'md5') return undefined;
  const isPlain = hash === 'md5' && item.size === 4 && typeof size === 'bigint';
  // Nearly every path is of this kind, and there may be thousands.
  if (isPlain) return { path, md5, size: Number(size) };
  const others = [...item].filter(([key]) => !KNOWN_KEYS.has(key));
  return {
    path,
    md5,
    ...(hash === undefined && { hash: 'md5-dos2unix' as const }),
    ...(typeof size === 'bigint' && { size: Number(size) }),
    ...(typeof nfiles === 'bigint' && { nfiles: Number(nfiles) }),
    ...(item.get('isexec') === true && { isexec: true as const }),
    ...(others.length > 0 && { others: new Map(others) }),
  };
}

function toParams(value: Value): ReadonlyMap<string, ReadonlyMap<string, Value>> | undefined {
  if (!isValueMap(value) || ![...value].every(isParamsEntry)) return undefined;
  return value as ReadonlyMap<string, ReadonlyMap<string, Value>>;
}

function isParamsEntry([file, values]: readonly [Scalar, Value]): boolean {
  return (
    typeof file === 'string' && isValueMap(values) && [...values.keys()].every(key => typeof key === 'string')
  );
}
