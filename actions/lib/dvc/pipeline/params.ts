// The parameters a stage declares, read with the types Python sees (see value.ts), as they enter dvc.lock.

import { dirname, join, relative, resolve } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import { readTextNow } from '#lib/documents/read-text.ts';
import { parseParams } from '#lib/dvc/pipeline/params-file.ts';
import type { ParamsFile, ParamsKey } from '#lib/dvc/pipeline/stage.ts';
import { isValueList, isValueMap, type Value, type ValueMap } from '#lib/dvc/values/value.ts';
import { ConfigurationError } from '#lib/errors.ts';

/** File, then parameter as declared, then value: `params.yaml` first, then by name, parameters sorted. */
export type ParamValues = ReadonlyMap<string, ReadonlyMap<string, Value>>;

/** Gives a parameters file's contents. */
export type ReadParamsFile = (file: ParamsFile) => Promise<ValueMap>;

/** A reader that parses a file once as long as its text stays the same. */
export function createParamsReader(): ReadParamsFile {
  const parsed = new Map<string, { readonly text: string; readonly values: ValueMap }>();
  return async file => {
    const text = readTextNow(file.absolute);
    const known = parsed.get(file.absolute);
    if (known?.text === text) return known.values;
    const shown = shownPath(file);
    const values = await parseParams(text, shown);
    parsed.set(file.absolute, { text, values });
    return values;
  };
}

/** The file as people name it: from where they named dvc.yaml. */
function shownPath({ absolute, at }: ParamsFile): string {
  return join(dirname(at.file), relative(dirname(resolve(at.file)), absolute));
}

/**
 * The values of all declared parameters.
 * @throws ConfigurationError when a file lacks one, at its place in dvc.yaml.
 */
export async function readParams(files: readonly ParamsFile[], read: ReadParamsFile): Promise<ParamValues> {
  const entries = await Promise.all(
    files.map(async file => [file.path, selectParams(await read(file), file)] as const),
  );
  return new Map(entries.toSorted(([a], [b]) => rank(a) - rank(b) || compareText(a, b)));
}

function rank(path: string): number {
  return path === 'params.yaml' ? 0 : 1;
}

function selectParams(values: ValueMap, file: ParamsFile): ReadonlyMap<string, Value> {
  const entries =
    file.keys.length === 0
      ? [...values].map(([key, value]) => [textKey(key, file), value] as const)
      : file.keys.map(key => [key.key, findParam(values, key, file)] as const);
  return new Map(entries.toSorted(([a], [b]) => compareText(a, b)));
}

function textKey(key: unknown, file: ParamsFile): string {
  if (typeof key === 'string') return key;
  throw new ConfigurationError(`The parameter ${String(key)} in ${file.path} is not text`, {
    at: { file: shownPath(file) },
    remedy: `Write "${String(key)}" in quotes.`,
  });
}

function findParam(values: ValueMap, { key, at }: ParamsKey, { path }: ParamsFile): Value {
  const value = key.split('.').reduce<Value | undefined>(stepInto, values);
  if (value !== undefined) return value;
  const near = nearestWord(key, dottedKeys(values, ''));
  throw new ConfigurationError(`${path} has no parameter ${key}`, {
    at,
    remedy: near ? `Did you mean "${near}"?` : `Add ${key} to ${path}, or take it out here.`,
  });
}

/** A step of a dotted path; list items go by their number. */
function stepInto(value: Value | undefined, part: string): Value | undefined {
  if (isValueMap(value)) return value.get(part) ?? (value.has(part) ? null : undefined);
  return isValueList(value) && /^\d+$/.test(part) ? value[Number(part)] : undefined;
}

function dottedKeys(values: ValueMap, prefix: string): readonly string[] {
  return [...values].flatMap(([key, value]) => {
    const name = `${prefix}${String(key)}`;
    return isValueMap(value) ? [name, ...dottedKeys(value, `${name}.`)] : [name];
  });
}
