// One parameters file, of any kind DVC knows, with the types Python sees. Each kind's reader is loaded when it is met.
import { extname } from 'node:path';
import { isValueMap, type Value, type ValueMap } from '#lib/dvc/values/value.ts';
import { parseTyped } from '#lib/dvc/values/yaml-read.ts';
import { ConfigurationError } from '#lib/errors.ts';

/**
 * Parses the text of a parameters file; an empty one has no parameters.
 * @throws ConfigurationError at the place of what cannot be read, or when it is not a map.
 */
export async function parseParams(text: string, file: string): Promise<ValueMap> {
  const value = await parseAny(text, file);
  if (isValueMap(value)) return value;
  const isEmpty = value === null || value === false || value === 0n || value === 0 || value === '';
  if (isEmpty || (Array.isArray(value) && value.length === 0)) return new Map();
  throw new ConfigurationError(`${file} is not a map of parameters`, { at: { file, line: 1 } });
}

/** Parses a file of parameters or metrics by its name: TOML, Python, JSON, else YAML. */
export async function parseAny(text: string, file: string): Promise<Value> {
  switch (extname(file).toLowerCase()) {
    case '.toml':
      return (await import('#lib/dvc/values/toml-read.ts')).parseToml(text, file);
    case '.py':
      return (await import('#lib/dvc/values/python-read.ts')).parsePython(text, file);
    case '.json':
      return (await import('#lib/dvc/values/json-read.ts')).parseJson(text, file);
    default:
      return (await parseTyped(text, file)).value;
  }
}
