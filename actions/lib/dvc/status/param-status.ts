// Whether the parameters a stage takes from one file are those it last ran with. Values are compared as Python does:
// to DVC 2 and 2.0 are the same parameter.
import type { ParamsFile } from '#lib/dvc/pipeline/stage.ts';
import type { ParamChange } from '#lib/dvc/status/status.ts';
import { pythonEqual } from '#lib/dvc/values/python-equal.ts';
import { isValueList, isValueMap, type Value, type ValueMap } from '#lib/dvc/values/value.ts';

/**
 * What changed, by parameter; empty when nothing did.
 * @param recorded the values of this file in dvc.lock; undefined when it has none of this file
 */
export function paramChanges(
  { keys }: ParamsFile,
  actual: ValueMap,
  recorded: ReadonlyMap<string, Value> | undefined,
): ReadonlyMap<string, ParamChange> | 'new' {
  if (recorded === undefined) return 'new';
  const current =
    keys.length > 0
      ? pick(
          keys.map(({ key }) => key),
          actual,
        )
      : textKeys(actual);
  const names = keys.length > 0 ? keys.map(({ key }) => key) : [...current.keys(), ...recorded.keys()];
  const changes = [...new Set(names)].flatMap((name): readonly (readonly [string, ParamChange])[] => {
    const change = compare(current.get(name), recorded.get(name));
    return change === undefined ? [] : [[name, change]];
  });
  return new Map(changes);
}

function compare(now: Value | undefined, before: Value | undefined): ParamChange | undefined {
  if (now === undefined) return 'deleted';
  if (before === undefined) return 'new';
  return pythonEqual(now, before) ? undefined : 'modified';
}

function pick(keys: readonly string[], values: ValueMap): ReadonlyMap<string, Value> {
  return new Map(
    keys.flatMap((key): readonly (readonly [string, Value])[] => {
      const value = key.split('.').reduce<Value | undefined>(stepInto, values);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

/** A step of a dotted path; list items go by their number. */
function stepInto(value: Value | undefined, part: string): Value | undefined {
  if (isValueMap(value)) return value.get(part);
  return isValueList(value) && /^\d+$/.test(part) ? value[Number(part)] : undefined;
}

function textKeys(values: ValueMap): ReadonlyMap<string, Value> {
  return new Map([...values].map(([key, value]) => [String(key), value]));
}
