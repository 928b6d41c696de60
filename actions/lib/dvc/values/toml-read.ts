// TOML as DVC sees it: whole numbers, floats and text. DVC itself cannot keep dates and times (it fails when it writes
// what a stage used), so they are refused.
import { parse, TomlDate, TomlError, type TomlValue } from 'smol-toml';
import type { Value, ValueMap } from '#lib/dvc/values/value.ts';
import { ConfigurationError } from '#lib/errors.ts';

/** @throws ConfigurationError at the place of a mistake, or naming a date. */
export function parseToml(text: string, file: string): ValueMap {
  try {
    const table = parse(text, { integersAsBigInt: true });
    return new Map(Object.entries(table).map(([key, value]) => [key, toValue(value, { file, path: key })]));
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    throw new ConfigurationError(`This is not valid TOML: ${firstLine(cause.message)}`, {
      at: { file, line: cause.line, column: cause.column },
      remedy: 'Mend the syntax at this place.',
      cause,
    });
  }
}

interface Place {
  readonly file: string;
  readonly path: string;
}

function toValue(value: TomlValue, { file, path }: Place): Value {
  if (value instanceof TomlDate) {
    throw new ConfigurationError(`${path} in ${file} is a date or time, which DVC does not take`, {
      at: { file },
      remedy: 'Write it in quotes.',
    });
  }
  if (Array.isArray(value)) {
    return value.map((item, index) => toValue(item, { file, path: `${path}.${index}` }));
  }
  if (typeof value === 'object') {
    const entries = Object.entries(value);
    return new Map(entries.map(([key, item]) => [key, toValue(item, { file, path: `${path}.${key}` })]));
  }
  return value;
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '');
}
