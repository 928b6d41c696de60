// Promises about the service. Which way is weaker depends on the property: a longer delay is, a longer retention is not.
import { below, type Effect, type Finding, finding, type Place } from '#lib/contracts/changes/change.ts';
import { pairUp } from '#lib/contracts/changes/pair.ts';
import { isSame } from '#lib/contracts/changes/unordered.ts';
import { compareWords } from '#lib/contracts/changes/words.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import { canonicalJson } from '#lib/documents/canonical.ts';

type ServiceLevel = NonNullable<Contract['slaProperties']>[number];

/** 1 where a larger value promises less. */
const WEAKER: Readonly<Record<string, 1 | -1>> = {
  ...{ latency: 1, freshness: 1, frequency: 1, errorrate: 1, generalavailability: 1 },
  ...{ timetodetect: 1, timetonotify: 1, timetorepair: 1 },
  ...{ availability: -1, throughput: -1, retention: -1, endofsupport: -1, endoflife: -1 },
};

const HOUR = 3600;
const DAY = 24 * HOUR;
/** In seconds; months and years as the mean of the Gregorian calendar. */
const UNITS: readonly (readonly [spelling: RegExp, seconds: number])[] = [
  [/^(ms|millis(econds?)?)$/i, 0.001],
  [/^(s|secs?|seconds?)$/i, 1],
  [/^(m|mins?|minutes?)$/i, 60],
  [/^(h|hrs?|hours?)$/i, HOUR],
  [/^(d|days?)$/i, DAY],
  [/^(w|wks?|weeks?)$/i, 7 * DAY],
  [/^(mo|mon|months?)$/i, 30.436875 * DAY],
  [/^(y|yrs?|years?)$/i, 365.2425 * DAY],
];

/** All of them, and the element they are about when they name none. */
export function compareServiceLevels(base: Contract, head: Contract, root: Place): readonly Finding[] {
  const keyOf = (...keys: readonly (keyof ServiceLevel)[]) => {
    return (level: ServiceLevel) => canonicalJson(keys.map(key => level[key] ?? null));
  };
  const names = [
    ({ id }: ServiceLevel) => id,
    keyOf('property', 'element', 'driver'),
    keyOf('property', 'element'),
    keyOf('property'),
  ];
  return pairUp(base.slaProperties, head.slaProperties, names).flatMap(({ base: old, head: now }) => {
    const level = now?.item ?? old?.item;
    if (!level) return [];
    const of = `the service level ${level.property}`;
    const place: Place = {
      path: ['slaProperties', level.id ?? level.property].join('.'),
      base: [...root.base, 'slaProperties', old?.index ?? 0],
      head: [...root.head, 'slaProperties', now?.index ?? 0],
      columns: columnsOf(level),
    };
    if (old && now) return compareLevel(old.item, now.item, { place, of });
    const effect = now ? 'tightened' : 'loosened';
    const what = `${of} is ${now ? 'new' : 'gone'}`;
    return [{ ...place, what, from: old?.item ?? null, to: now?.item ?? null, effect }];
  });
}

/** `orders.amount, orders.day` is about two columns. */
function columnsOf({ element = '' }: ServiceLevel): readonly string[] {
  return element.split(',').flatMap(name => /\.([^.]+)$/.exec(name.trim())?.[1] ?? []);
}

function compareLevel(
  from: ServiceLevel,
  to: ServiceLevel,
  { place, of }: { readonly place: Place; readonly of: string },
): readonly Finding[] {
  const isValue = isSame([from.value, from.unit], [to.value, to.unit]);
  const say = ({ value, unit }: ServiceLevel) => (unit === undefined ? value : `${value} ${unit}`);
  const values = isValue
    ? []
    : [
        finding(below(place, 'value'), of, {
          as: 'the value',
          from: say(from),
          to: say(to),
          effect: compareValues(from, to),
        }),
      ];
  const words = compareWords(from, to, {
    place,
    of,
    known: ['value', 'unit'],
    effects: { property: 'reworked', element: 'reworked', valueExt: 'reworked' },
  });
  return [...values, ...words];
}

function compareValues(from: ServiceLevel, to: ServiceLevel): Effect {
  const sign = WEAKER[to.property.toLowerCase().replaceAll(/[^a-z]/g, '')];
  const [before, after] = [toNumber(from), toNumber(to)];
  const isOther = from.property !== to.property || before === undefined || after === undefined;
  if (isOther || before.kind !== after.kind) return 'reworked';
  if (before.value === after.value) return 'reworded';
  if (sign === undefined) return 'reworked';
  return sign * (after.value - before.value) > 0 ? 'loosened' : 'tightened';
}

/** Durations in seconds, moments in milliseconds, other units as they are written. */
function toNumber({
  value,
  unit,
}: ServiceLevel): { readonly value: number; readonly kind: string } | undefined {
  if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value)) {
    const time = Date.parse(/T.*(Z|[+-]\d{2}:?\d{2})$|^.{10}$/.test(value) ? value : `${value}Z`);
    return Number.isNaN(time) ? undefined : { value: time, kind: 'moment' };
  }
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
  const seconds = UNITS.find(([spelling]) => spelling.test(unit ?? ''))?.[1];
  return seconds === undefined
    ? { value: number, kind: unit ?? '' }
    : { value: number * seconds, kind: 'duration' };
}
