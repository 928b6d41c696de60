// Puts one text into every place of a document where its schema takes any text at all: what a hostile author can do.
import type { ZodType } from 'zod';

type Path = readonly (string | number)[];

/** Finds those places once, since asking the schema for each of them takes a while. */
export function findPlaces(value: unknown, schema: ZodType): readonly Path[] {
  // The longest text that a schema may well refuse, with signs that names and paths must not have.
  const probe = '<@a> #1 \\ ../ ';
  return leaves(value, []).filter(path => schema.safeParse(replaceAt(value, [path], probe)).success);
}

function leaves(value: unknown, path: Path): readonly Path[] {
  if (typeof value === 'string') return [path];
  if (value === null || typeof value !== 'object') return [];
  const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
  return [...entries].flatMap(([key, member]) => leaves(member, [...path, key]));
}

/** The same value with one text at every path. */
export function replaceAt<Value>(value: Value, paths: readonly Path[], text: string): Value {
  const copy = structuredClone(value);
  for (const path of paths) {
    let at: unknown = copy;
    for (const key of path.slice(0, -1)) at = (at as Record<string | number, unknown>)[key];
    (at as Record<string | number, unknown>)[path.at(-1) ?? ''] = text;
  }
  return copy;
}
