// The small form between a contract and an engine: what to count, and what the count must be. A dialect is one file.
import type { TimeUnit } from '#lib/contracts/durations.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import type { Operator } from '#lib/contracts/odcs-quality.ts';
import type { OwnMetric } from '#lib/contracts/own-metrics.ts';
import type { CheckResult } from '#lib/contracts/result.ts';
import type { KeyPath } from '#lib/documents/document.ts';
import type { Location } from '#lib/errors.ts';

export type Comparison = '<' | '<=' | '>' | '>=';

/** One step into a value: to a member of an object, or to all elements of an array, all keys or all values of a map. */
export type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'items' | 'keys' | 'values' };

/** Which values are meant. */
export interface Place {
  /** As named in the data. */
  readonly column: string;
  /** The way from the column's value inward; absent for the value itself. */
  readonly steps?: readonly Step[];
}

/** How texts are read as moments. */
export interface Reading {
  /** A pattern of the JDK's DateTimeFormatter; ISO 8601 where absent. */
  readonly format?: string;
  /** Where clocks stand that name no zone; UTC where absent. */
  readonly zone?: string;
}

type Rule =
  | { readonly kind: 'missing'; readonly words: readonly (string | number)[] }
  | { readonly kind: 'not-of-type'; readonly type: LogicalType; readonly reading?: Reading }
  | {
      readonly kind: 'beyond';
      readonly type: LogicalType;
      readonly comparison: Comparison;
      readonly bound: number | string;
      readonly reading?: Reading;
    }
  | { readonly kind: 'length'; readonly comparison: Comparison; readonly bound: number }
  | { readonly kind: 'not-multiple'; readonly of: number }
  /** The pattern is ECMA-262, as the standard has it. */
  | { readonly kind: 'not-matching'; readonly pattern: string }
  /** A format of texts, such as email, or a width of numbers, such as i16. */
  | { readonly kind: 'not-of-format'; readonly format: string }
  /** A moment that carries its zone although it should not, or the other way round. */
  | { readonly kind: 'zone-differs'; readonly isZoned: boolean; readonly reading?: Reading }
  | { readonly kind: 'among' | 'not-among'; readonly values: readonly (string | number)[] }
  /** Elements of an array, or members of an object that have a value. */
  | {
      readonly kind: 'size';
      readonly of: 'items' | 'members';
      readonly comparison: Comparison;
      readonly bound: number;
    }
  | { readonly kind: 'repeated-items' }
  /** An object that has no place for a member; JSON has one for any. */
  | { readonly kind: 'lacks-member'; readonly name: string };

/** True for a row that breaks the rule; with steps, where any of the values they lead to does. */
export type Condition = (Place & Rule) | { readonly kind: 'any'; readonly conditions: readonly Condition[] };

/** The columns that a foreign key leads to, by their names or ids in their contract. */
export interface KeyTarget {
  /** Another contract, as written; absent for the one that asks. */
  readonly contract?: string;
  readonly table: string;
  readonly columns: readonly string[];
}

/** A column as a statistic takes it. */
export interface StatisticColumn {
  /** As named in the data. */
  readonly name: string;
  readonly type?: LogicalType | undefined;
  /** True where values may not be shown. */
  readonly isPrivate: boolean;
}

/** A column of moments. */
export interface MomentColumn {
  /** As named in the data. */
  readonly column: string;
  /** How text is read; absent where the data itself has the type. */
  readonly type?: 'date' | 'timestamp';
  readonly reading?: Reading;
}

export type Measure =
  | { readonly kind: 'rows-where'; readonly condition: Condition }
  /** Rows that repeat the key of an earlier row; rows without a key do not count. */
  | { readonly kind: 'duplicates'; readonly columns: readonly string[] }
  /** Rows whose whole key is there, and is no key of the other table. */
  | { readonly kind: 'orphans'; readonly columns: readonly string[]; readonly to: KeyTarget }
  /** The one number that an SQL query gives, with the placeholders that it is written with. */
  | { readonly kind: 'query'; readonly query: string }
  | { readonly kind: 'row-count' }
  /** A metric of our own, of a column or of several. */
  | {
      readonly kind: 'statistic';
      readonly metric: OwnMetric;
      readonly columns: readonly StatisticColumn[];
      /** What a filter may name. */
      readonly rowTypes: readonly StatisticColumn[];
    }
  /** How old the newest or the oldest moment of a column is. */
  | {
      readonly kind: 'age';
      readonly of: 'newest' | 'oldest';
      readonly moment: MomentColumn;
      readonly unit: TimeUnit;
      /** In milliseconds since 1970. */
      readonly now: number;
    }
  /** The longest time between two moments that follow each other. */
  | { readonly kind: 'gap'; readonly moment: MomentColumn; readonly unit: TimeUnit }
  /** Known without looking at rows. */
  | { readonly kind: 'known'; readonly value: number }
  | { readonly kind: 'skipped'; readonly reason: string }
  /** Asked for, and not to be had: the check fails without a value. */
  | { readonly kind: 'unrunnable'; readonly reason: string };

/** What the measured value must be. */
export interface Limit {
  readonly operator: Operator;
  readonly operand: unknown;
  readonly unit: 'rows' | 'percent' | TimeUnit;
}

export interface Check
  extends Pick<CheckResult, 'id' | 'column' | 'rule' | 'says' | 'severity' | 'dimension' | 'tags'> {
  readonly measure: Measure;
  readonly limit: Limit;
  /** True where values may not be shown. */
  readonly isPrivate: boolean;
  readonly at: Location;
}

/** What one check has of its own; `name` takes the rule's place in the check's id. */
export interface CheckPart
  extends Pick<Check, 'says' | 'measure'>,
    Partial<Pick<Check, 'severity' | 'limit' | 'isPrivate' | 'dimension' | 'tags'>> {
  readonly path: KeyPath;
  readonly name?: string | undefined;
}

/** Begins a check: fills in what all checks of one column share. */
export type Begin = (rule: string, part: CheckPart) => Check;

/** No row may break the rule. */
export const NO_ROWS: Limit = { operator: 'mustBe', operand: 0, unit: 'rows' };

const SYMBOLS: Readonly<Record<Operator, string>> = {
  mustBe: '=',
  mustNotBe: 'not',
  mustBeGreaterThan: '>',
  mustBeGreaterOrEqualTo: '>=',
  mustBeLessThan: '<',
  mustBeLessOrEqualTo: '<=',
  mustBeBetween: 'between',
  mustNotBeBetween: 'not between',
};

/** `= 0`, `< 5 percent`, `<= 4 d`, `between 10 and 20`. */
export function formatLimit({ operator, operand, unit }: Limit): string {
  const text = Array.isArray(operand) ? operand.join(' and ') : (JSON.stringify(operand) ?? 'nothing');
  return `${SYMBOLS[operator]} ${text}${unit === 'rows' ? '' : ` ${unit}`}`;
}

/** Why no number can be held against a limit; undefined where one can. */
export function explainLimit({ operator, operand }: Limit): string | undefined {
  const isPair = operator === 'mustBeBetween' || operator === 'mustNotBeBetween';
  if (isPair ? isNumberPair(operand) : Number.isFinite(operand)) return undefined;
  return `${operator} is not ${isPair ? 'two numbers' : 'a number'}`;
}

/**
 * Whether a value keeps its limit. The standard's prose makes mustBeBetween exclusive on both ends.
 * A limit that explainLimit has a reason against is kept by no value.
 */
export function keepsLimit(value: number, { operator, operand }: Limit): boolean {
  const [bound, end] = isNumberPair(operand)
    ? operand
    : [Number.isFinite(operand) ? Number(operand) : Number.NaN, Number.NaN];
  switch (operator) {
    case 'mustBe':
      return value === bound;
    case 'mustNotBe':
      return value < bound || value > bound;
    case 'mustBeGreaterThan':
      return value > bound;
    case 'mustBeGreaterOrEqualTo':
      return value >= bound;
    case 'mustBeLessThan':
      return value < bound;
    case 'mustBeLessOrEqualTo':
      return value <= bound;
    case 'mustBeBetween':
      return value > bound && value < end;
    case 'mustNotBeBetween':
      return value <= bound || value >= end;
  }
}

function isNumberPair(operand: unknown): operand is readonly [number, number] {
  return Array.isArray(operand) && operand.length === 2 && operand.every(Number.isFinite);
}
