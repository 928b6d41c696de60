// The words for what a check found, shared by all forms of the report. Text of the data is shown as what it is: control
// characters are made visible by whoever prints.

import type { CheckResult } from '#lib/contracts/result.ts';
import type { TableValidation } from '#lib/contracts/validation.ts';
import { formatLocation } from '#lib/errors.ts';
import { groupDigits } from '#lib/reports/digits.ts';

/** The worst first: errors before warnings, then by the share of rows that fail, then as in the contract. */
export function failedChecks({ checks }: Pick<TableValidation, 'checks'>): readonly CheckResult[] {
  const rank = ({ severity, failingShare }: CheckResult) =>
    (severity === 'error' ? 10 : 0) + (failingShare ?? 1);
  return checks.filter(({ outcome }) => outcome === 'failed').toSorted((a, b) => rank(b) - rank(a));
}

/** `3 of 120 rows (2.5 %)`, or the value where no rows are counted. */
export function sayFound(check: CheckResult, rows: number): string {
  const { value, threshold, failingRows, failingShare, reason, detail = [] } = check;
  const asked = threshold === '= 0' ? '' : `, asked for ${threshold}`;
  if (failingRows !== null) {
    const many = groupDigits(failingRows);
    return `${many} of ${groupDigits(rows)} rows (${sayShare(failingShare ?? 0)})${asked}`;
  }
  const more = detail.length > 0 ? ` (${detail.join('; ')})` : '';
  if (value === null) return `${reason ?? 'nothing was found'}${more}`;
  return `found ${sayNumber(value)}, asked for ${threshold}${more}`;
}

/** `2.5 %`; what is there at all is never 0, and what is missing at all is never 100. */
export function sayShare(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  if (percent < 0.01) return '< 0.01 %';
  if (percent > 99.99) return '> 99.99 %';
  return `${percent.toFixed(percent < 1 || percent > 99 ? 2 : 1)} %`;
}

/** At most six digits after the first one that matters. */
export function sayNumber(value: number): string {
  return Number.isInteger(value) ? groupDigits(value) : String(Number(value.toPrecision(6)));
}

/** Where the contract asks for a check. */
export function placeOfCheck({ contract }: TableValidation, { at }: CheckResult): string {
  return formatLocation({ file: contract.path, ...at });
}

/** `orders: data/orders.parquet, 120 rows in 3 files`. */
export function sayTable({ table, data }: TableValidation): string {
  const rows = `${groupDigits(data.rows)} ${data.rows === 1 ? 'row' : 'rows'}`;
  return `${table}: ${data.path}, ${rows}${data.files === undefined ? '' : ` in ${data.files} files`}`;
}

/** `12 checks hold, 2 not checked`. */
export function sayOutcome({ checks }: TableValidation): string {
  const count = (outcome: CheckResult['outcome']) => checks.filter(one => one.outcome === outcome).length;
  const [passed, failed, skipped] = [count('passed'), count('failed'), count('skipped')];
  const checksOf = (number: number) => `${number} ${number === 1 ? 'check' : 'checks'}`;
  const head =
    failed === 0
      ? `${checksOf(passed)} ${passed === 1 ? 'holds' : 'hold'}`
      : `${failed} of ${checksOf(passed + failed)} failed`;
  return skipped === 0 ? head : `${head}, ${skipped} not checked`;
}
