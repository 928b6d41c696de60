// How a value becomes text inside a command: a map becomes arguments (`--lr 0.1 --flag`), by DVC's rules for each type.
import type { DvcConfig } from '#lib/dvc/config/config.ts';
import { pythonText } from '#lib/dvc/values/python-text.ts';
import { isValueList, isValueMap, type Value, type ValueMap } from '#lib/dvc/values/value.ts';

export type Parsing = DvcConfig['parsing'];

export const DEFAULT_PARSING: Parsing = { bool: 'store_true', list: 'nargs' };

/** The text of a value in the middle of another: `true` rather than Python's `True`, `None`, arguments for a map. */
export function textOf(value: Value, parsing: Parsing): string {
  if (typeof value === 'boolean') return String(value);
  return isValueMap(value) ? argumentsOf(value, parsing) : pythonText(value);
}

function argumentsOf(map: ValueMap, parsing: Parsing): string {
  return flattenMap(map)
    .flatMap(([name, value]) => argumentWords(name, value, parsing))
    .join(' ')
    .trimEnd();
}

function argumentWords(name: string, value: Value, { bool, list }: Parsing): readonly string[] {
  if (value === true) return [`--${name}`];
  if (value === false) return bool === 'boolean_optional' ? [`--no-${name}`] : [];
  if (typeof value === 'string') return [`--${name} ${quoteForShell(value)}`];
  if (!isValueList(value)) return [`--${name} ${pythonText(value)}`];
  return value.map((item, index) => {
    const word = typeof item === 'string' ? quoteForShell(item) : pythonText(item);
    return list === 'append' || index === 0 ? `--${name} ${word}` : word;
  });
}

/** Nested keys joined by dots; maps without keys disappear. */
export function flattenMap(map: ValueMap, prefix = ''): readonly (readonly [string, Value])[] {
  return [...map].flatMap(([key, value]): readonly (readonly [string, Value])[] => {
    const name = prefix + pythonText(key);
    return isValueMap(value) ? flattenMap(value, `${name}.`) : [[name, value]];
  });
}

/** The first item of a list that is no single word; such a list cannot become arguments. */
export function nestedArgument(map: ValueMap): string | undefined {
  return flattenMap(map).find(
    ([, value]) => isValueList(value) && value.some(item => isValueList(item) || isValueMap(item)),
  )?.[0];
}

/** As Python's shlex.quote. */
function quoteForShell(text: string): string {
  if (text === '') return "''";
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}
