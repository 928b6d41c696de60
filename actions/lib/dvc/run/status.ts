// Why a stage has to run again, as facts: pure, so that status, reproduce and reports say the same.

import type { LockedPath, LockedStage } from '#lib/dvc/lock/entry.ts';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import type { ParamValues } from '#lib/dvc/pipeline/params.ts';
import { sameValue, type Value } from '#lib/dvc/values/value.ts';

/** `modified` includes a change of type, such as 2 to 2.0; `removed` means dvc.lock knows it and dvc.yaml no longer does. */
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
  /** Absent while they have not been looked at. */
  readonly outs?: ReadonlyMap<string, Fingerprint | undefined> | undefined;
}

/** Every difference between the work tree and dvc.lock; none means there is nothing to do. */
export function staleReasons(current: CurrentStage, locked: LockedStage | undefined): readonly StaleReason[] {
  if (!locked) return [{ kind: 'never-run' }];
  return [
    ...(sameValue(current.cmd, locked.cmd) ? [] : [{ kind: 'command' as const }]),
    ...comparePaths('dependency', current.deps, locked.deps),
    ...(current.params ? compareParams(current.params, locked.params) : []),
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
  return compare({ kind, before, now });
}

function compareParams(current: ParamValues, locked: ParamValues): readonly StaleReason[] {
  const flatten = (params: ParamValues) =>
    new Map(
      [...params].flatMap(([file, values]) =>
        [...values].map(([key, value]) => [nameParam(file, key), [value]]),
      ),
    );
  return compare({ kind: 'parameter', before: flatten(locked), now: flatten(current) });
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
}

function compare({ kind, before, now }: Comparison): readonly StaleReason[] {
  const changed = [...now].flatMap(([name, value]): readonly StaleReason[] => {
    if (value === null) return [{ kind, name, change: 'missing' }];
    if (!before.has(name)) return [{ kind, name, change: 'added' }];
    return sameValue(before.get(name), value) ? [] : [{ kind, name, change: 'modified' }];
  });
  const removed = [...before.keys()].filter(name => !now.has(name));
  return [...changed, ...removed.map(name => ({ kind, name, change: 'removed' as const }))];
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
