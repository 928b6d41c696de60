// Reads YAML and JSON as DVC does, keeping whole numbers, floats and the order of keys apart (see value.ts). The general
// reader in documents/ is for files whose schema is ours; this one is for values that DVC hashes and writes again.
import type { Value } from '#lib/dvc/values/value.ts';
import { createLocator, plainOf, type YamlNode } from '#lib/dvc/values/yaml-node.ts';
import { readQuickYaml } from '#lib/dvc/values/yaml-quick.ts';
import { ConfigurationError, type Location } from '#lib/errors.ts';

/** Bigger files are data, not parameters or pipelines. */
const MAX_LENGTH = 256 * 1024 * 1024;

/** A parsed file with the place of everything in it. */
export interface TypedTree {
  readonly file: string;
  readonly text: string;
  readonly root: YamlNode;
  /** True when anchors share parts, so that no part can be moved by itself. */
  readonly isShared: boolean;
  readonly at: (offset: number | undefined) => Location;
}

/** A parsed file with its types as Python sees them. */
export interface TypedDocument extends TypedTree {
  readonly value: Value;
}

interface ReadOptions {
  /** Said after a syntax error: what to do with this kind of file. */
  readonly remedy?: string;
}

/**
 * Parses YAML 1.2 or JSON text.
 * @throws ConfigurationError at the place of the first thing that cannot be read, or of a date (DVC has none).
 */
export async function parseTree(
  text: string,
  file: string,
  { remedy }: ReadOptions = {},
): Promise<TypedTree> {
  if (text.length > MAX_LENGTH) throw new ConfigurationError(`${file} is too large`, { at: { file } });
  const locate = createLocator(text);
  const at = (offset: number | undefined): Location => ({ file, ...locate(offset ?? 0) });
  const quick = readQuickYaml(text);
  if (quick) return { file, text, root: quick, isShared: false, at };
  const { readGeneralYaml } = await import('#lib/dvc/values/yaml-general.ts');
  return { file, text, at, ...readGeneralYaml(text, { at, remedy }) };
}

/** Parses YAML 1.2 or JSON text to its value as well; throws as parseTree. */
export async function parseTyped(text: string, file: string, options?: ReadOptions): Promise<TypedDocument> {
  const tree = await parseTree(text, file, options);
  return { ...tree, value: plainOf(tree.root) };
}
