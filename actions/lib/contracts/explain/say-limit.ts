// A limit in words: what has to hold for a rule to pass.
import type { Operator } from '#lib/contracts/operators.ts';

interface SaidLimit {
  readonly operator: Operator;
  readonly operand: unknown;
  /** What stands behind a number: rows, percent of the rows, nothing. */
  readonly unit: string;
}

/** `passes below 5 percent of the rows`. */
export function sayLimit({ operator, operand, unit }: SaidLimit): string {
  const of = unit === '' ? '' : ` ${unit}`;
  const [low, high]: readonly unknown[] = Array.isArray(operand) ? operand : [];
  const value = typeof operand === 'string' ? operand : (JSON.stringify(operand) ?? 'nothing');
  switch (operator) {
    case 'mustBe':
      return operand === 0 && unit === 'rows'
        ? 'passes when there are none'
        : `passes at exactly ${value}${of}`;
    case 'mustNotBe':
      return `passes at anything but ${value}${of}`;
    case 'mustBeGreaterThan':
      return `passes above ${value}${of}`;
    case 'mustBeGreaterOrEqualTo':
      return `passes from ${value}${of} up`;
    case 'mustBeLessThan':
      return `passes below ${value}${of}`;
    case 'mustBeLessOrEqualTo':
      return `passes up to ${value}${of}`;
    case 'mustBeBetween':
      return `passes above ${String(low)} and below ${String(high)}${of}; the ends do not`;
    case 'mustNotBeBetween':
      return `passes up to ${String(low)} and from ${String(high)}${of} up`;
  }
}
