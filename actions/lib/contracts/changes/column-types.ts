// Types of columns: which change of a type leaves room for all the values it had before.
import type { Effect } from '#lib/contracts/changes/change.ts';
import { effectOf } from '#lib/contracts/changes/limit-sets.ts';

/** Undefined where nothing changed. */
export function compareLogicalTypes(from: string | undefined, to: string | undefined): Effect | undefined {
  if (from === to) return undefined;
  if (from === undefined) return 'tightened';
  if (to === undefined) return 'loosened';
  if (from === 'integer' && to === 'number') return 'loosened';
  if (from === 'number' && to === 'integer') return 'tightened';
  return 'reworked';
}

/** True for types whose options can be compared with each other. */
export function isComparable(from: string | undefined, to: string | undefined): boolean {
  return compareLogicalTypes(from, to) !== 'reworked';
}

/** From the narrowest; spellings of one type share a place. */
const FAMILIES: readonly (readonly (readonly string[])[])[] = [
  [['tinyint'], ['smallint'], ['mediumint'], ['int', 'integer'], ['bigint', 'long'], ['hugeint']],
  [
    ['real', 'float4'],
    ['double', 'double precision', 'float8'],
  ],
];
const TEXTS: readonly string[] = ['text', 'varchar', 'string', 'nvarchar', 'character varying'];
const SIZED: readonly string[] = [...TEXTS, 'char', 'nchar', 'character', 'binary', 'varbinary', 'bit'];
const DECIMALS: readonly string[] = ['decimal', 'numeric', 'number'];

/** The same for types as databases write them; what cannot be ordered breaks both sides. */
export function comparePhysicalTypes(from: string | undefined, to: string | undefined): Effect | undefined {
  if (from === to) return undefined;
  if (from === undefined) return 'tightened';
  if (to === undefined) return 'loosened';
  const [before, after] = [parseType(from), parseType(to)];
  if (before.name === after.name && before.sizes.join() === after.sizes.join()) return 'reworded';
  const family = FAMILIES.find(types => [before, after].every(({ name }) => rankIn(types, name) >= 0));
  if (family && before.sizes.length + after.sizes.length === 0) {
    const [low, high] = [rankIn(family, before.name), rankIn(family, after.name)];
    return effectOf(low <= high, high <= low) ?? 'reworded';
  }
  if ([before, after].every(({ name }) => DECIMALS.includes(name))) return compareDecimals(before, after);
  const areTexts = [before, after].every(({ name }) => TEXTS.includes(name));
  if (areTexts || (before.name === after.name && SIZED.includes(before.name))) {
    const [few, many] = [before, after].map(({ sizes: [size = Number.POSITIVE_INFINITY] }) => size);
    return few === undefined || many === undefined
      ? undefined
      : (effectOf(few <= many, many <= few) ?? 'reworded');
  }
  return 'reworked';
}

interface PhysicalType {
  readonly name: string;
  readonly sizes: readonly number[];
}

function parseType(text: string): PhysicalType {
  const folded = text.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const [, name = folded, sizes = ''] = /^([a-z][a-z0-9_ ]*?) ?\(([\d, ]+)\)$/.exec(folded) ?? [];
  return { name, sizes: sizes === '' ? [] : sizes.split(',').map(Number) };
}

function rankIn(family: readonly (readonly string[])[], name: string): number {
  return family.findIndex(spellings => spellings.includes(name));
}

/** Digits before and after the point both have to have room. */
function compareDecimals({ sizes: before }: PhysicalType, { sizes: after }: PhysicalType): Effect {
  const [p, s = 0] = before;
  const [q, t = 0] = after;
  if (p === undefined || q === undefined) return 'reworked';
  return effectOf(t >= s && q - t >= p - s, s >= t && p - s >= q - t) ?? 'reworded';
}
