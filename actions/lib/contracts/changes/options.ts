// The options of a logical type: bounds, lengths, patterns, formats. A bound is compared whichever of its two keys says it.
import { below, type Effect, type Finding, finding, type Place } from '#lib/contracts/changes/change.ts';
import { effectOf } from '#lib/contracts/changes/limit-sets.ts';
import { canonicalJson } from '#lib/documents/canonical.ts';

type Options = Readonly<Record<string, unknown>>;

interface Side {
  /** Its keys, the one that includes the bound first. */
  readonly keys: readonly [string, string];
  readonly as: string;
  /** 1 where a larger bound leaves less. */
  readonly sign: 1 | -1;
}
const SIDES: readonly Side[] = [
  { keys: ['minimum', 'exclusiveMinimum'], as: 'the lower bound', sign: 1 },
  { keys: ['maximum', 'exclusiveMaximum'], as: 'the upper bound', sign: -1 },
];

/** Counts: 1 where a larger one leaves less. */
const COUNTS: Readonly<Record<string, 1 | -1>> = {
  ...{ minLength: 1, minItems: 1, minProperties: 1 },
  ...{ maxLength: -1, maxItems: -1, maxProperties: -1 },
};

/** All options of one column, both contracts giving it the same type or types of numbers. */
export function compareOptions(
  base: Options,
  head: Options,
  { place, of, type }: { readonly place: Place; readonly of: string; readonly type: string | undefined },
): readonly Finding[] {
  const bounds = SIDES.flatMap(side => compareBound(base, head, { side, place, of, type }));
  const bounded = SIDES.flatMap(({ keys }) => keys);
  const names = new Set([...Object.keys(base), ...Object.keys(head)].filter(key => !bounded.includes(key)));
  const others = [...names].flatMap(key => {
    const [from, to] = [base[key], head[key]];
    if (canonicalJson(from ?? null) === canonicalJson(to ?? null)) return [];
    const effect = effectOfOption(key, from, to) ?? 'reworded';
    return [finding(below(place, key), of, { as: key, from, to, effect })];
  });
  return [...bounds, ...others];
}

function compareBound(
  base: Options,
  head: Options,
  { side, place, of, type }: { side: Side; place: Place; of: string; type: string | undefined },
): readonly Finding[] {
  if (side.keys.every(key => base[key] === head[key])) return [];
  const [before, after] = [strictest(base, side, type), strictest(head, side, type)];
  const effect = compareBounds(before, after, side.sign) ?? 'reworded';
  const isSameKey = before?.key === after?.key;
  const say = (bound: Bound | undefined) =>
    bound && (isSameKey ? bound.written : `${bound.written} (${bound.key})`);
  const key = (after ?? before)?.key ?? side.keys[0];
  return [finding(below(place, key), of, { as: side.as, from: say(before), to: say(after), effect })];
}

interface Bound {
  readonly key: string;
  readonly written: unknown;
  /** Undefined where it cannot be ordered. */
  readonly value: number | undefined;
  readonly isOpen: boolean;
}

function strictest(options: Options, { keys, sign }: Side, type: string | undefined): Bound | undefined {
  const bounds = keys.flatMap((key, index): readonly Bound[] => {
    const written = options[key];
    if (written === undefined) return [];
    const value = toNumber(written, type);
    const isOpen = index === 1;
    if (type !== 'integer' || value === undefined) return [{ key, written, value, isOpen }];
    const whole = sign > 0 ? Math.ceil(value) : Math.floor(value);
    return [{ key, written, value: isOpen && whole === value ? whole + sign : whole, isOpen: false }];
  });
  const [first, second] = bounds;
  if (!first || !second) return first;
  const isSecond = compareBounds(first, second, sign) === 'tightened';
  return isSecond ? second : first;
}

function compareBounds(a: Bound | undefined, b: Bound | undefined, sign: 1 | -1): Effect | undefined {
  if (!a || !b) return a ? 'loosened' : b ? 'tightened' : undefined;
  if (a.value === undefined || b.value === undefined) {
    return a.written === b.written && a.isOpen === b.isOpen ? undefined : 'reworked';
  }
  const stricter = sign * (b.value - a.value) || Number(b.isOpen) - Number(a.isOpen);
  if (stricter === 0) return undefined;
  return stricter > 0 ? 'tightened' : 'loosened';
}

/** Numbers as they are; dates and times in ISO 8601 as milliseconds, UTC where they name no zone. */
function toNumber(written: unknown, type: string | undefined): number | undefined {
  if (typeof written === 'number') return written;
  if (typeof written !== 'string') return undefined;
  const text = type === 'time' ? `1970-01-01T${written}` : written.replace(' ', 'T');
  const isZoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text) || !text.includes('T');
  const time = Date.parse(isZoned ? text : `${text}Z`);
  return /^\d{4}-\d{2}-\d{2}/.test(text) && Number.isFinite(time) ? time : undefined;
}

function effectOfOption(key: string, from: unknown, to: unknown): Effect | undefined {
  const sign = COUNTS[key];
  if (sign !== undefined || key === 'multipleOf' || key === 'pattern') {
    if (from === undefined) return 'tightened';
    if (to === undefined) return 'loosened';
    if (sign !== undefined) return sign * (Number(to) - Number(from)) > 0 ? 'tightened' : 'loosened';
    return key === 'pattern' ? 'reworked' : effectOf(isMultiple(from, to), isMultiple(to, from));
  }
  if (key === 'uniqueItems') return effectOf(to !== true || from === true, from !== true || to === true);
  if (key === 'required') return effectOf(isSubset(to, from), isSubset(from, to));
  if (key === 'defaultTimezone') return (from ?? UTC) === (to ?? UTC) ? undefined : 'reworked';
  if (key === 'timezone') return (from ?? false) === (to ?? false) ? undefined : 'reworked';
  return key === 'format' ? compareFormats(from, to) : 'reworked';
}

const UTC = 'Etc/UTC';

/** Whether every multiple of the first is one of the second; exact for decimals of usual length. */
function isMultiple(of: unknown, by: unknown): boolean {
  const ratio = Number(of) / Number(by);
  return Math.abs(ratio - Math.round(ratio)) < 1e-9 * Math.max(1, Math.abs(ratio));
}

function isSubset(inner: unknown, outer: unknown): boolean {
  const [few, many] = [inner ?? [], outer ?? []];
  return Array.isArray(few) && Array.isArray(many) && few.every(item => many.includes(item));
}

function compareFormats(from: unknown, to: unknown): Effect {
  if (from === undefined) return 'tightened';
  if (to === undefined) return 'loosened';
  const [before, after] = [rangeOf(from), rangeOf(to)];
  if (!before || !after) return 'reworked';
  const holds = (outer: typeof before, inner: typeof before) =>
    outer.kind === inner.kind && outer.low >= inner.low && outer.high >= inner.high;
  return effectOf(holds(after, before), holds(before, after)) ?? 'reworded';
}

/** What fits into i32, u8 or f64, as bits below and above 0. */
function rangeOf(format: unknown): { kind: 'float' | 'whole'; low: number; high: number } | undefined {
  const [, letter, digits] = /^([iuf])(\d+)$/.exec(String(format)) ?? [];
  const bits = Number(digits);
  if (letter === undefined) return undefined;
  if (letter === 'f') return { kind: 'float', low: bits, high: bits };
  return letter === 'u'
    ? { kind: 'whole', low: 0, high: bits }
    : { kind: 'whole', low: bits - 1, high: bits - 1 };
}
