// A quality rule of the library as one sentence.
import { formatLimit, type Limit } from '#lib/contracts/check.ts';
import { nameOf } from '#lib/contracts/column.ts';
import type { Quality } from '#lib/contracts/odcs-quality.ts';
import type { Column } from '#lib/contracts/odcs-schema.ts';

const LONGEST_LIST = 8;

/** The rule's own description, else what it measures and what that must be. */
export function sayMetric(
  rule: Quality,
  metric: string,
  { limit, column }: { readonly limit: Limit | undefined; readonly column: Column | undefined },
): string {
  if (rule.description) return rule.description;
  const name = column ? nameOf(column) : 'the table';
  const isStrict = limit?.operator === 'mustBe' && limit.operand === 0;
  return (
    (metric === 'invalidValues' && isStrict ? sayValid(rule, name) : undefined) ??
    `${noun(rule, metric, column ? name : undefined)}${limit ? ` ${formatLimit(limit)}` : ''}`
  );
}

function sayValid({ arguments: given = {} }: Quality, name: string): string | undefined {
  const { validValues, pattern } = given;
  const parts: string[] = [];
  if (Array.isArray(validValues)) {
    const more = validValues.length - LONGEST_LIST;
    const rest = more > 0 ? ` and ${more} more` : '';
    parts.push(`is one of ${validValues.slice(0, LONGEST_LIST).join(', ')}${rest}`);
  }
  if (typeof pattern === 'string') parts.push(`matches ${pattern}`);
  return parts.length > 0 ? `${name} ${parts.join(' and ')}` : undefined;
}

function noun({ arguments: given = {} }: Quality, metric: string, name: string | undefined): string {
  const { properties } = given;
  const of = name ?? (Array.isArray(properties) ? properties.join(' and ') : 'the table');
  const words: Readonly<Record<string, string>> = {
    rowCount: 'number of rows',
    nullValues: `missing values of ${of}`,
    missingValues: `missing values of ${of}`,
    invalidValues: `invalid values of ${of}`,
    duplicateValues: `repeated values of ${of}`,
  };
  return words[metric] ?? metric;
}
