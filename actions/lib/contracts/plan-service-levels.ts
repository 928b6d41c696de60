// Service levels as checks: how old the newest value is (latency, freshness), how old the oldest one (retention), and how
// long nothing came (frequency). What data cannot tell (availability and the like) stays for people.
import type { Begin, Check, Measure, MomentColumn } from '#lib/contracts/check.ts';
import { isPrivate, nameOf } from '#lib/contracts/column.ts';
import { type Duration, longest, MS_OF, momentBefore, parseDuration } from '#lib/contracts/durations.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import type { TypeOptions } from '#lib/contracts/odcs-options.ts';
import type { Column, ContractTable } from '#lib/contracts/odcs-schema.ts';
import { explainFormat } from '#lib/contracts/plan-formats.ts';
import { resolveReference } from '#lib/contracts/references.ts';

type ServiceLevel = NonNullable<Contract['slaProperties']>[number];
type Aspect = 'newest' | 'oldest' | 'gap';

/** The properties that are measured, with their short names, read without regard to case. */
const ASPECTS: ReadonlyMap<string, Aspect> = new Map([
  ...(['latency', 'ly', 'freshness'] as const).map(word => [word, 'newest'] as const),
  ...(['retention', 're'] as const).map(word => [word, 'oldest'] as const),
  ...(['frequency', 'fy'] as const).map(word => [word, 'gap'] as const),
]);

const DAY: Duration = { months: 0, ms: MS_OF.d, unit: 'h', says: '24 hours' };

export interface ServiceLevelPlace {
  readonly table: ContractTable;
  /** Begins a check of the whole contract. */
  readonly begin: Begin;
  /** True where values are text whatever they mean. */
  readonly isText: boolean;
  /** The moment of the check, in milliseconds since 1970. */
  readonly now: number | undefined;
}

/** The service levels that are about a table, or about none in particular. */
export function planServiceLevels(contract: Contract, place: ServiceLevelPlace): readonly Check[] {
  return (contract.slaProperties ?? []).flatMap((level, i) => {
    const aspect = ASPECTS.get(level.property.toLowerCase());
    const says = `${level.property} is ${[level.value, level.unit].filter(part => part !== undefined).join(' ')}`;
    const begin = (part: Pick<Check, 'measure'> & Partial<Check>): Check =>
      place.begin('sla', { path: ['slaProperties', i], name: `sla.${level.property}`, says, ...part });
    const skip = (reason: string) => [begin({ measure: { kind: 'skipped', reason } })];
    if (!aspect) return skip('the data cannot tell; it is for people to watch');
    const names = elementsOf(contract, level);
    if (names.length === 0) return skip('it names no column to measure it on');
    return names.flatMap(name => {
      const found = findElement(contract, place.table, name);
      if (found === 'elsewhere') return [];
      if (typeof found === 'string') return skip(found);
      return [begin(planLevel({ aspect, level, column: found }, place))];
    });
  });
}

function elementsOf({ slaDefaultElement }: Contract, { element }: ServiceLevel): readonly string[] {
  const names = (element ?? slaDefaultElement ?? '').split(',').map(name => name.trim());
  return names.filter(name => name !== '');
}

/** The column of the table; `elsewhere` for one of another table, else why there is none. */
function findElement(contract: Contract, table: ContractTable, name: string): Column | string {
  const tables = contract.schema ?? [];
  const found = resolveReference(contract, name);
  if (found.kind === 'column') {
    if (found.table !== table) return 'elsewhere';
    return table.properties?.includes(found.column)
      ? found.column
      : `${name} is a value within another, which is not measured`;
  }
  const own = tables.length === 1 ? table.properties?.find(column => column.name === name) : undefined;
  if (own) return own;
  const named = tables.find(one => one.name === name);
  if (!named) return `the contract has no column ${name}`;
  return named === table ? `${name} is a table; a column of it can be measured` : 'elsewhere';
}

interface Level {
  readonly aspect: Aspect;
  readonly level: ServiceLevel;
  readonly column: Column;
}

function planLevel({ aspect, level, column }: Level, place: ServiceLevelPlace): PlannedLevel {
  const name = nameOf(column);
  const at = { column: name, isPrivate: isPrivate(column) };
  const duration = parseDuration(level.value, level.unit);
  if (!duration) {
    const written = [level.value, level.unit].filter(part => part !== undefined).join(' ');
    return { ...at, ...skipped(`"${written}" is no length of time; 4 d, 12 hours and PT90M are some`) };
  }
  const says = sayLevel(aspect, name, duration);
  const moment = momentOf(column, place.isText);
  if ('reason' in moment) return { ...at, says, ...skipped(moment.reason) };
  const { unit } = duration;
  const limited = (ms: number) =>
    ({ operator: 'mustBeLessOrEqualTo', operand: ms / MS_OF[unit], unit }) as const;
  if (aspect === 'gap')
    return { ...at, says, measure: { kind: 'gap', moment, unit }, limit: limited(longest(duration)) };
  if (place.now === undefined)
    return { ...at, says, ...skipped('no moment was given to measure the age at') };
  const limit = limited(place.now - momentBefore(place.now, duration));
  return { ...at, says, measure: { kind: 'age', of: aspect, moment, unit, now: place.now }, limit };
}

type PlannedLevel = Pick<Check, 'measure'> & Partial<Check>;

function skipped(reason: string): { readonly measure: Measure } {
  return { measure: { kind: 'skipped', reason } };
}

function sayLevel(aspect: Aspect, name: string, { says }: Duration): string {
  return aspect === 'gap'
    ? `${name} has no gap longer than ${says}`
    : `the ${aspect} ${name} is at most ${says} old`;
}

/** How the column is read; what Parquet declares needs no word of the contract. */
function momentOf(column: Column, isText: boolean): MomentColumn | { readonly reason: string } {
  const { logicalType: type } = column;
  const name = nameOf(column);
  if (type === undefined && !isText) return { column: name };
  if (type !== 'date' && type !== 'timestamp')
    return { reason: `${name} has not logicalType date or timestamp` };
  const reason = isText ? explainFormat(type, (column.logicalTypeOptions ?? {}) as TypeOptions) : undefined;
  return reason === undefined ? { column: name, type } : { reason };
}

/** What rows have to be younger than to be fresh, and by which column; undefined where no service level says. */
export interface FreshnessWindow {
  readonly moment: MomentColumn;
  /** In milliseconds since 1970. */
  readonly since: number;
}

/** Of the first latency or freshness with a column of the table; 24 hours where its value cannot be read. */
export function freshnessWindow(contract: Contract, place: ServiceLevelPlace): FreshnessWindow | undefined {
  const { table, isText, now } = place;
  if (now === undefined) return undefined;
  for (const level of contract.slaProperties ?? []) {
    if (ASPECTS.get(level.property.toLowerCase()) !== 'newest') continue;
    for (const name of elementsOf(contract, level)) {
      const column = findElement(contract, table, name);
      const moment = typeof column === 'string' ? undefined : momentOf(column, isText);
      if (!moment || 'reason' in moment) continue;
      return { moment, since: momentBefore(now, parseDuration(level.value, level.unit) ?? DAY) };
    }
  }
  return undefined;
}
