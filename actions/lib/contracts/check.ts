// The small form between a contract and an engine: what to count, and what the count must be. A dialect is one file.
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import type { Operator } from '#lib/contracts/odcs-quality.ts';
import type { CheckResult } from '#lib/contracts/result.ts';
import type { KeyPath } from '#lib/documents/document.ts';
import type { Location } from '#lib/errors.ts';

export type Comparison = '<' | '<=' | '>' | '>=';

/** True for a row that breaks the rule. Columns are named as in the data. */
export type Condition =
  | { readonly kind: 'missing'; readonly column: string; readonly words: readonly string[] }
  | { readonly kind: 'not-of-type'; readonly column: string; readonly type: LogicalType }
  | {
      readonly kind: 'beyond';
      readonly column: string;
      readonly type: LogicalType;
      readonly comparison: Comparison;
      readonly bound: number | string;
    }
  | {
      readonly kind: 'length';
      readonly column: string;
      readonly comparison: Comparison;
      readonly bound: number;
    }
  | { readonly kind: 'not-multiple'; readonly column: string; readonly of: number }
  | { readonly kind: 'not-matching'; readonly column: string; readonly pattern: string }
  | { readonly kind: 'not-among'; readonly column: string; readonly values: readonly (string | number)[] }
  | { readonly kind: 'any'; readonly conditions: readonly Condition[] };

export type Measure =
  | { readonly kind: 'rows-where'; readonly condition: Condition }
  /** Rows that repeat the key of an earlier row; rows without a key do not count. */
  | { readonly kind: 'duplicates'; readonly columns: readonly string[] }
  | { readonly kind: 'row-count' }
  /** Known without looking at rows. */
  | { readonly kind: 'known'; readonly value: number }
  | { readonly kind: 'skipped'; readonly reason: string };

/** What the measured value must be. */
export interface Limit {
  readonly operator: Operator;
  readonly operand: unknown;
  readonly unit: 'rows' | 'percent';
}

export interface Check extends Pick<CheckResult, 'id' | 'column' | 'rule' | 'says' | 'severity'> {
  readonly measure: Measure;
  readonly limit: Limit;
  /** True where values may not be shown. */
  readonly isPrivate: boolean;
  readonly at: Location;
}

/** Begins a check: fills in what all checks of one column share. */
export type Begin = (
  rule: string,
  part: { readonly path: KeyPath; readonly says: string; readonly measure: Measure } & Partial<Check>,
) => Check;

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

/** `= 0`, `< 5 percent`, `between 10 and 20`. */
export function formatLimit({ operator, operand, unit }: Limit): string {
  const text = Array.isArray(operand) ? operand.join(' and ') : String(operand);
  return `${SYMBOLS[operator]} ${text}${unit === 'percent' ? ' percent' : ''}`;
}

/**
 * Whether a value keeps its limit. The standard's prose makes mustBeBetween exclusive on both ends.
 */
export function keepsLimit(value: number, { operator, operand }: Limit): boolean {
  const [low, high] = Array.isArray(operand) ? operand.map(Number) : [Number(operand), Number(operand)];
  const bound = low ?? Number.NaN;
  const end = high ?? Number.NaN;
  const outcomes: Readonly<Record<Operator, boolean>> = {
    mustBe: value === bound,
    mustNotBe: value !== bound,
    mustBeGreaterThan: value > bound,
    mustBeGreaterOrEqualTo: value >= bound,
    mustBeLessThan: value < bound,
    mustBeLessOrEqualTo: value <= bound,
    mustBeBetween: value > bound && value < end,
    mustNotBeBetween: value <= bound || value >= end,
  };
  return outcomes[operator];
}
