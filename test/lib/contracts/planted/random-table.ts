// Random tables that keep every rule of their contract, with violations planted at random places after.
import fc from 'fast-check';
import { judge } from './judge.ts';
import { type Form, isAmong, isMap, valueRules } from './judge-values.ts';
import {
  type Column,
  inData,
  isNestedType,
  type Planted,
  type Row,
  type Rule,
  type Table,
  type Value,
} from './planted-table.ts';
import { type Candidates, type Draw, drawKind } from './random-columns.ts';
import { drawRules } from './random-rules.ts';

/** A column, with the values that keep its rules and those that do not. */
interface Source extends Candidates {
  readonly column: Column;
  readonly good: readonly Value[];
  /** Together those that break the same rules. */
  readonly bad: readonly (readonly Value[])[];
}

/** Every number equally often: small ones first, as is the custom, would plant little. */
const below = (count: number) => fc.noBias(fc.nat(Math.max(0, count - 1)));

/** A table with up to thirty violations. */
export const plantedTable: fc.Arbitrary<Planted> = fc.gen().map(g =>
  drawTable({
    below: count => g(below, count),
    chance: percent => g(below, 100) < percent,
    one: items => items[g(below, items.length)] as (typeof items)[number],
  }),
);

const NAMES = ['a', 'b', 'c d', 'order', 'e"f', "g'h", 'ü', 'Z'];

function drawTable(draw: Draw): Planted {
  const shops = drawShops(draw);
  const count = 1 + draw.below(draw.chance(20) ? 60 : 14);
  const isLoose = draw.chance(45);
  const isPair = draw.chance(30);
  const sources = [
    ...drawKey(draw, isPair, count),
    drawPart(draw),
    ...NAMES.slice(0, 2 + draw.below(4)).map(name => drawColumn(draw, name, count)),
    ...(draw.chance(60) ? drawReference(draw, shops) : []),
  ];
  const isComposite = sources.some(({ column }) => column.name === 'country');
  const clean: Row[] = Array.from({ length: count }, (_, i) => drawRow(draw, sources, { i, isPair, shops }));
  const strict: Table = {
    name: 'tiny',
    properties: sources.map(({ column }) => column),
    ...(isComposite && {
      relationships: [{ from: ['tiny.shop', 'tiny.country'], to: ['shops.id', 'shops.country'] }],
    }),
  };
  const rows = plant(draw, { sources, clean, isLoose });
  const table = drawRules(draw, { table: strict, shops, clean, rows });
  return { table, shops, clean, rows, isLoose: isLoose && rows.some((row, i) => row !== clean[i]) };
}

function drawShops(draw: Draw): readonly Row[] {
  const isNumeric = draw.chance(50);
  return Array.from({ length: 1 + draw.below(5) }, (_, i) => ({
    id: draw.chance(10) ? null : isNumeric ? i + 1 : `s${i + 1}`,
    country: draw.chance(10) ? null : draw.one(['DE', 'FR', 'NO']),
  })).concat([{ id: isNumeric ? 9 : 's9', country: 'DE' }]);
}

/** One column that names a row, or two that do together. */
function drawKey(draw: Draw, isPair: boolean, count: number): readonly Source[] {
  const key = draw.chance(60);
  const usual = Array.from({ length: count + 3 }, (_, i) => i);
  const id: Column = {
    name: 'id',
    logicalType: 'integer',
    ...(key ? { primaryKey: true, ...(isPair && { primaryKeyPosition: 2 }) } : {}),
    ...(!isPair && draw.chance(60) && { unique: true }),
  };
  const sub: Column = {
    name: 'sub',
    logicalType: 'string',
    ...(key && { primaryKey: true, primaryKeyPosition: 1 }),
  };
  const loose = { loose: ['x', true] };
  return [
    { column: id, usual, good: usual, bad: [], ...loose },
    ...(isPair ? [{ column: sub, usual: ['u', 'v', 'w'], good: ['u', 'v', 'w'], bad: [], loose: [] }] : []),
  ];
}

/** The column that folders are named after. */
function drawPart(draw: Draw): Source {
  const column: Column = {
    name: 'part',
    logicalType: 'string',
    ...(draw.chance(30) && { required: true }),
    ...(draw.chance(40) && {
      quality: [
        { id: 'known', metric: 'invalidValues', arguments: { validValues: ['a', 'b', 'c'] }, mustBe: 0 },
      ],
    }),
  };
  return { column, usual: ['a', 'b', 'c', 'zz'], good: ['a', 'b', 'c'], bad: [['zz']], loose: [] };
}

function drawReference(draw: Draw, shops: readonly Row[]): readonly Source[] {
  const isComposite = draw.chance(40);
  const known = shops.flatMap(({ id = null }) => (id === null ? [] : [id]));
  const isNumeric = typeof known[0] === 'number';
  const bad = isNumeric ? [77, 78] : ['s77', 'S1'];
  const shop: Column = {
    name: 'shop',
    logicalType: isNumeric ? 'integer' : 'string',
    ...((!isComposite || draw.chance(50)) && { relationships: [{ to: 'shops.id' }] }),
  };
  const source = {
    column: shop,
    usual: [...known, ...bad],
    good: known,
    bad: [bad],
    loose: isNumeric ? ['x', 1.5] : [],
  };
  const country: Column = { name: 'country', logicalType: 'string' };
  const countries = ['DE', 'FR', 'NO', 'XX'];
  return isComposite
    ? [source, { column: country, usual: countries, good: countries, bad: [countries], loose: [] }]
    : [source];
}

/** The strict rules of a column that a value on its own breaks, whatever file it is in. */
function brokenBy(column: Column, value: Value): readonly string[] {
  const forms: readonly Form[] = ['text', 'json', 'native'];
  const own = forms.flatMap(form => brokenWithin(column, value, form));
  const listed = (column.quality ?? []).flatMap(rule => {
    const { validValues, pattern } = (rule.arguments ?? {}) as Record<string, never[]>;
    if (value === null) return [];
    const isUnlisted = validValues !== undefined && !isAmong(value, validValues);
    const isUnlike = pattern !== undefined && !new RegExp(String(pattern), 'u').test(String(value));
    return [...(isUnlisted ? ['list'] : []), ...(isUnlike ? ['like'] : [])];
  });
  return [...new Set([...own, ...listed])];
}

function brokenWithin(item: Omit<Column, 'name'>, value: Value, form: Form): readonly string[] {
  const own = valueRules(item, form).flatMap(rule => (rule.breaks(value) ? [rule.id] : []));
  const { items, properties = [] } = item;
  const elements = items && Array.isArray(value) ? (value as Value[]) : [];
  const members = isMap(value) ? properties : [];
  return [
    ...own,
    ...elements.flatMap(one => brokenWithin(items ?? {}, one, form).map(id => `items.${id}`)),
    ...members.flatMap(one => {
      const inner = isMap(value) ? (value[one.name] ?? null) : null;
      return brokenWithin(one, inner, form).map(id => `${one.name}.${id}`);
    }),
  ];
}

function drawColumn(draw: Draw, name: string, count: number): Source {
  const { usual, loose, ...typed } = drawKind(draw);
  const { logicalType } = typed;
  const isPlain = !isNestedType(logicalType);
  const isListed = isPlain && logicalType !== 'date' && draw.chance(15);
  const listed = usual.filter(value => typeof value !== 'object' && draw.chance(60)) as (
    | string
    | number
    | boolean
  )[];
  const rule: Rule = {
    id: 'valid',
    metric: 'invalidValues',
    arguments: { validValues: [...listed, null], ...(logicalType === 'string' && { pattern: '^[^;]*$' }) },
    mustBe: 0,
  };
  const column: Column = {
    name,
    ...(draw.chance(15) && { physicalName: `${name} 1` }),
    ...(draw.chance(12) && { classification: 'personal' }),
    ...(draw.chance(35) && { required: true }),
    ...typed,
    ...(isListed && listed.length > 0
      ? draw.chance(50)
        ? { enum: listed.map(value => ({ value })) }
        : { quality: [rule] }
      : {}),
  };
  const byRules = Map.groupBy(usual, value => brokenBy(column, value).join());
  const good = byRules.get('') ?? [];
  // Rules that no value keeps plant nothing.
  if (good.length === 0) return drawColumn(draw, name, count);
  const bad = [...byRules].flatMap(([rules, values]) => (rules === '' ? [] : [values]));
  const isUnique = isPlain && new Set(good).size >= count && draw.chance(40);
  return { column: { ...column, ...(isUnique && { unique: true }) }, usual, loose, good, bad };
}

interface RowPlace {
  readonly i: number;
  readonly isPair: boolean;
  readonly shops: readonly Row[];
}

function drawRow(draw: Draw, sources: readonly Source[], { i, isPair, shops }: RowPlace): Row {
  const whole = shops.filter(({ id, country }) => id !== null && country !== null);
  const shop = draw.one(whole);
  const isComposite = sources.some(({ column }) => column.name === 'country');
  const entries = sources.map(({ column, good }): [string, Value] => {
    const { name, required, primaryKey, unique } = column;
    if (name === 'id') return [name, isPair ? Math.floor(i / 3) : i];
    if (name === 'sub') return [name, ['u', 'v', 'w'][i % 3] ?? null];
    if (isComposite && name === 'shop') return [name, shop.id ?? null];
    if (isComposite && name === 'country') return [name, shop.country ?? null];
    const isMissing = !required && !primaryKey && draw.chance(15);
    // The values of a column are different ones, so that each row has its own.
    return [inData(column), isMissing ? null : ((unique ? [...new Set(good)][i] : draw.one(good)) ?? null)];
  });
  return Object.fromEntries(entries);
}

interface Planting {
  readonly sources: readonly Source[];
  readonly clean: readonly Row[];
  readonly isLoose: boolean;
}

/** Up to thirty times: a value that breaks a rule, none at all, or what another row has. */
function plant(draw: Draw, { sources, clean, isLoose }: Planting): readonly Row[] {
  const rows = [...clean];
  for (let n = draw.below(Math.min(30, 4 + 3 * rows.length)); n > 0; n--) {
    const i = draw.below(rows.length);
    // Most columns have rules that only some values break.
    const breakable = sources.filter(one => one.bad.length > 0);
    const { column, bad, loose } = draw.one(draw.chance(65) && breakable.length > 0 ? breakable : sources);
    const other = rows[draw.below(rows.length)] ?? {};
    const names = column.primaryKey
      ? sources.flatMap(one => (one.column.primaryKey ? [inData(one.column)] : []))
      : [inData(column)];
    const copied = Object.fromEntries(names.map(name => [name, other[name] ?? null]));
    const kinds = isLoose && loose.length > 0 && draw.chance(50) ? [loose] : bad;
    const own = { [inData(column)]: kinds.length > 0 && draw.chance(75) ? draw.one(draw.one(kinds)) : null };
    rows[i] = { ...rows[i], ...(draw.chance(25) ? copied : own) };
  }
  return rows;
}

/** How many checks a table fails; a table that was drawn clean fails none. */
export function failuresOf(
  planted: Pick<Planted, 'table' | 'shops'>,
  rows: readonly Row[],
  form: Form,
): readonly string[] {
  return [...judge(planted, rows, form).checks].flatMap(([id, { outcome }]) =>
    outcome === 'failed' ? [id] : [],
  );
}
