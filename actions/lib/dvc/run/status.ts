// Why a stage has to run again, as facts: pure, so that status, reproduce and reports say the same.

import type { LockedPath, LockedStage } from '#lib/dvc/lock/entry.ts';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import type { ParamValues } from '#lib/dvc/pipeline/params.ts';
import { pythonEqual } from '#lib/dvc/values/python-equal.ts';
import { sameValue, type Value } from '#lib/dvc/values/value.ts';

/**
 * As DVC has it, so that both run the same stages: 2 and 2.0 are one value, and what dvc.yaml no longer names is no
 * change. `removed` is a parameter that went from a file that is taken whole.
 */
export type Change = 'added' | 'modified' | 'removed' | 'missing';

export type StaleReason =
  | { readonly kind: 'forced' | 'always-changed' | 'never-run' | 'command' }
  | { readonly kind: 'dependency' | 'parameter' | 'output'; readonly name: string; readonly change: Change };

/** A stage as it stands in the work tree; what does not exist is undefined. */
export interface CurrentStage {
  readonly cmd: string | readonly string[];
  /** Absent for a frozen stage, which does not look at its inputs. */
  readonly deps?: ReadonlyMap<string, Fingerprint | undefined> | undefined;
  readonly params?: ParamValues | undefined;
  /** Of the parameters' files those that are taken whole. */
  readonly wholeFiles?: ReadonlySet<string> | undefined;
  /** Absent while they have not been looked at. */
  readonly outs?: ReadonlyMap<string, Fingerprint | undefined> | undefined;
}

/** Every difference between the work tree and dvc.lock; none means there is nothing to do. */
export function staleReasons(current: CurrentStage, locked: LockedStage | undefined): readonly StaleReason[] {
  if (!locked) return [{ kind: 'never-run' }];
  return [
    ...(sameValue(current.cmd, locked.cmd) ? [] : [{ kind: 'command' as const }]),
    ...comparePaths('dependency', current.deps, locked.deps),
    ...(current.params ? compareParams(current.params, locked.params, current.wholeFiles) : []),
    ...comparePaths('output', current.outs, locked.outs),
  ];
}

function comparePaths(
  kind: 'dependency' | 'output',
  current: CurrentStage['deps'],
  locked: readonly LockedPath[],
): readonly StaleReason[] {
  if (!current) return [];
  const before = new Map(locked.map(entry => [entry.path, entry.md5]));
  const now = new Map([...current].map(([path, fingerprint]) => [path, fingerprint?.md5 ?? null]));
  return compare({ kind, before, now, isEqual: sameValue });
}

function compareParams(
  current: ParamValues,
  locked: ParamValues,
  wholeFiles: ReadonlySet<string> = new Set(),
): readonly StaleReason[] {
  const flatten = (params: ParamValues) =>
    new Map(
      [...params].flatMap(([file, values]) =>
        [...values].map(([key, value]) => [nameParam(file, key), [value]]),
      ),
    );
  const [before, now] = [flatten(locked), flatten(current)];
  const whole = new Map([...locked].filter(([file]) => wholeFiles.has(file)));
  const removed = [...flatten(whole).keys()].filter(name => !now.has(name));
  return [
    ...compare({ kind: 'parameter', before, now, isEqual: pythonEqual }),
    ...removed.map(name => ({ kind: 'parameter' as const, name, change: 'removed' as const })),
  ];
}

/** `train.lr` of params.yaml, `other.yaml:train.lr` of another file. */
function nameParam(file: string, key: string): string {
  return file === 'params.yaml' ? key : `${file}:${key}`;
}

interface Comparison {
  readonly kind: 'dependency' | 'parameter' | 'output';
  readonly before: ReadonlyMap<string, Value>;
  /** Null for what does not exist. */
  readonly now: ReadonlyMap<string, Value>;
  readonly isEqual: (a: Value, b: Value) => boolean;
}

function compare({ kind, before, now, isEqual }: Comparison): readonly StaleReason[] {
  return [...now].flatMap(([name, value]): readonly StaleReason[] => {
    if (value === null) return [{ kind, name, change: 'missing' }];
    const old = before.get(name);
    if (old === undefined) return [{ kind, name, change: 'added' }];
    return isEqual(old, value) ? [] : [{ kind, name, change: 'modified' }];
  });
}

/** A reason in a few words: "parameter train.lr modified". */
export function formatReason(reason: StaleReason): string {
  switch (reason.kind) {
    case 'forced':
      return 'asked to run anyway';
    case 'always-changed':
      return 'runs every time';
    case 'never-run':
      return 'not in dvc.lock yet';
    case 'command':
      return 'command changed';
    default:
      return `${reason.kind} ${reason.name} ${reason.change}`;
  }
}
