// What is different between two profiles of a table. A difference is told when it is large enough to matter and too large
// for chance: with many rows the smallest one is significant, with few a large one is nothing.
import type { Shift } from '#lib/contracts/compare/comparison.ts';
import type { ColumnProfile, TableProfile } from '#lib/contracts/compare/profile.ts';
import { QUANTILES } from '#lib/contracts/compare/profile-query.ts';
import { compareText } from '#lib/documents/canonical.ts';

/** Two-sided, one in a thousand: normal quantile. */
const Z = 3.29;
/** Of the mean, in standard deviations of the base; below it is small by any convention (Cohen, 1988). */
const MEAN_SHIFT = 0.1;
/** Of a quantile, as a share of the middle nine tenths of the base. */
const QUANTILE_SHIFT = 0.1;
/** Of missing values or of a category, as a share of rows. */
const SHARE_SHIFT = 0.01;
const CATEGORY_SHIFT = 0.05;
/** Of the number of rows or of different values. */
const COUNT_SHIFT = 0.1;
const DISTINCT_SHIFT = 0.2;
/** Fewer values have no quantiles worth comparing. */
const FEWEST = 30;
const SHOWN_NAMES = 10;

/** In the order of the columns; the table's own first. */
export function findShifts(base: TableProfile, head: TableProfile): readonly Shift[] {
  const before = new Map(base.columns.map(column => [column.name, column]));
  const now = new Map(head.columns.map(column => [column.name, column]));
  return [
    ...rowShift(base.rows, head.rows),
    ...base.columns.filter(({ name }) => !now.has(name)).map(({ name }) => columnShift(name, 'removed')),
    ...head.columns.flatMap(column => {
      const old = before.get(column.name);
      if (!old) return [columnShift(column.name, 'added')];
      const sides: Sides = { old, now: column, rows: [base.rows, head.rows] };
      return SHIFTS.flatMap(find => find(sides) ?? []);
    }),
  ];
}

function rowShift(base: number, head: number): readonly Shift[] {
  if (base === head || Math.abs(head - base) < COUNT_SHIFT * base) return [];
  const percent = base === 0 ? '' : ` (${signed(((head - base) / base) * 100)} %)`;
  const says = `${say(head)} rows, before ${say(base)}${percent}`;
  return [{ column: null, kind: 'rows', says, base, head }];
}

function columnShift(name: string, what: 'added' | 'removed'): Shift {
  const sides = what === 'added' ? { base: null, head: name } : { base: name, head: null };
  const says = what === 'added' ? `column ${name} is new` : `column ${name} is gone`;
  return { column: name, kind: `column-${what}`, says, ...sides };
}

interface Sides {
  readonly old: ColumnProfile;
  readonly now: ColumnProfile;
  /** Of the base and of now. */
  readonly rows: readonly [number, number];
}

const SHIFTS: readonly ((sides: Sides) => Shift | undefined)[] = [
  typeShift,
  nullShift,
  meanShift,
  quantileShift,
  distinctShift,
  sides => namesShift(sides, 'new-categories'),
  sides => namesShift(sides, 'gone-categories'),
  categoryShift,
];

function typeShift({ old, now }: Sides): Shift | undefined {
  if (old.type === now.type || old.type === undefined || now.type === undefined) return undefined;
  const says = `${now.name} is ${now.type}, before ${old.type}`;
  return { column: now.name, kind: 'type-changed', says, base: old.type, head: now.type };
}

function nullShift({ old, now, rows: [before, after] }: Sides): Shift | undefined {
  if (before === 0 || after === 0) return undefined;
  const [base, head] = [old.missing / before, now.missing / after];
  const isFirst = old.missing === 0 && now.missing > 0;
  const isLarge = Math.abs(head - base) >= SHARE_SHIFT && isBeyondChance(base, head, [before, after]);
  if (!isFirst && !isLarge) return undefined;
  const says = `${now.name} lacks ${percent(head)} of its values, before ${percent(base)}`;
  return { column: now.name, kind: 'null-share', says, base, head };
}

/** Two proportions, with their common variance. */
function isBeyondChance(base: number, head: number, [before, after]: readonly [number, number]): boolean {
  const pooled = (base * before + head * after) / (before + after);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / before + 1 / after));
  return error > 0 && Math.abs(head - base) / error > Z;
}

/** Welch's statistic, and the difference in standard deviations of the base. */
function meanShift({ old, now }: Sides): Shift | undefined {
  const [base, head] = [old.numbers, now.numbers];
  if (!base || !head || base.count < FEWEST || head.count < FEWEST) return undefined;
  const difference = Math.abs(head.mean - base.mean);
  const error = Math.sqrt(base.deviation ** 2 / base.count + head.deviation ** 2 / head.count);
  const isLarge = difference > MEAN_SHIFT * base.deviation && difference > Z * error;
  if (!isLarge) return undefined;
  const by = base.deviation > 0 ? `, ${(difference / base.deviation).toFixed(2)} standard deviations` : '';
  const says = `the mean of ${now.name} is ${say(head.mean)}, before ${say(base.mean)}${by}`;
  return { column: now.name, kind: 'mean', says, base: base.mean, head: head.mean };
}

function quantileShift({ old, now }: Sides): Shift | undefined {
  const [base, head] = [old.numbers, now.numbers];
  if (!base || !head || base.count < 10 * FEWEST || head.count < 10 * FEWEST) return undefined;
  const width = (base.quantiles.at(-1) ?? 0) - (base.quantiles[0] ?? 0);
  const moved = QUANTILES.map((_, i) => Math.abs((head.quantiles[i] ?? 0) - (base.quantiles[i] ?? 0)));
  if (!moved.some(distance => distance > QUANTILE_SHIFT * width)) return undefined;
  const list = (values: readonly number[]) => values.map(say).join(', ');
  const names = QUANTILES.map(one => `${one * 100} %`).join(', ');
  const says = `${now.name} lies elsewhere: its quantiles (${names}) are ${list(head.quantiles)}, before ${list(base.quantiles)}`;
  return { column: now.name, kind: 'quantiles', says, base: base.quantiles, head: head.quantiles };
}

/** Both the number and its share have to move the same way: more rows have more different values anyhow. */
function distinctShift({ old, now, rows: [before, after] }: Sides): Shift | undefined {
  if (old.categories && now.categories) return undefined;
  const [base, head] = [old.distinct, now.distinct];
  const present = [before - old.missing, after - now.missing] as const;
  if (base < FEWEST || present[0] === 0 || present[1] === 0) return undefined;
  const ratio = head / base;
  const shareRatio = head / present[1] / (base / present[0]);
  const isMore = ratio > 1 + DISTINCT_SHIFT && shareRatio > 1 + DISTINCT_SHIFT;
  const isLess = ratio < 1 - DISTINCT_SHIFT && shareRatio < 1 - DISTINCT_SHIFT;
  if (!isMore && !isLess) return undefined;
  const says = `${now.name} has about ${say(head)} different values, before ${say(base)}`;
  return { column: now.name, kind: 'distinct', says, base, head };
}

function namesShift({ old, now }: Sides, kind: 'new-categories' | 'gone-categories'): Shift | undefined {
  if (!old.categories || !now.categories) return undefined;
  const [from, to] = kind === 'new-categories' ? [old, now] : [now, old];
  const names = Object.keys(to.categories ?? {})
    .filter(name => !Object.hasOwn(from.categories ?? {}, name))
    .toSorted(compareText);
  if (names.length === 0) return undefined;
  const shown = names.slice(0, SHOWN_NAMES).map(name => JSON.stringify(name.slice(0, 60)));
  const list = `${shown.join(', ')}${names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : ''}`;
  const says =
    kind === 'new-categories' ? `${now.name} has new values: ${list}` : `${now.name} no longer has: ${list}`;
  const [base, head] = [Object.keys(old.categories).length, Object.keys(now.categories).length];
  return { column: now.name, kind, says, base, head };
}

/** The category whose share moved most. */
function categoryShift({ old, now }: Sides): Shift | undefined {
  if (!old.categories || !now.categories) return undefined;
  const [before, after] = [total(old.categories), total(now.categories)];
  if (before < FEWEST || after < FEWEST) return undefined;
  const moves = Object.keys(now.categories)
    .filter(name => Object.hasOwn(old.categories ?? {}, name))
    .map(name => ({
      name,
      base: (old.categories?.[name] ?? 0) / before,
      head: (now.categories?.[name] ?? 0) / after,
    }))
    .filter(({ base, head }) => Math.abs(head - base) >= CATEGORY_SHIFT)
    .filter(({ base, head }) => isBeyondChance(base, head, [before, after]))
    .toSorted((a, b) => Math.abs(b.head - b.base) - Math.abs(a.head - a.base) || compareText(a.name, b.name));
  const [most] = moves;
  if (!most) return undefined;
  const { name, base, head } = most;
  const says = `${percent(head)} of ${now.name} is ${JSON.stringify(name.slice(0, 60))}, before ${percent(base)}`;
  return { column: now.name, kind: 'category-shares', says, base, head };
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, one) => sum + one, 0);
}

function say(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : String(Number(value.toPrecision(5)));
}

function percent(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`;
  return share < 0.0001 ? '< 0.01 %' : `${(share * 100).toFixed(share < 0.01 ? 2 : 1)} %`;
}

function signed(value: number): string {
  return `${value > 0 ? '+' : '-'}${Math.abs(value).toFixed(1)}`;
}
