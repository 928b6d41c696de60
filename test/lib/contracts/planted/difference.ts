// Where a result differs from the judge's verdict: in a check, a count, a share, or the rows that are shown.
import type { CheckResult, ContractResult } from '#lib/contracts/result.ts';
import { type Expected, judge } from './judge.ts';
import type { Form } from './judge-values.ts';
import { inData, isNestedType, type Planted, type Row } from './planted-table.ts';
import type { Written } from './write-rows.ts';

interface Judged {
  readonly planted: Planted;
  /** All that the files were written from. */
  readonly rows: readonly Row[];
  readonly written: Written;
  readonly form: Form;
}

/** A sentence for each difference. */
export function difference(
  result: ContractResult,
  { planted, rows: all, written, form }: Judged,
): readonly string[] {
  const places = written.files.flatMap(({ file, rows, lines }) =>
    rows.map((row, i) => ({ file: file.path, row: i + 1, line: lines?.[i], values: all[row] ?? {} })),
  );
  const rows = places.map(({ values }) => values);
  const verdict = judge(planted, rows, form);
  const same = (what: string, found: unknown, expected: unknown) =>
    JSON.stringify(found) === JSON.stringify(expected)
      ? []
      : [`${what} is ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`];
  const { checks, passed, ratios, data } = result;
  const { schemaCompliance, completeness } = verdict;
  return [
    ...same('the ids', checks.map(({ id }) => id).sort(), [...verdict.checks.keys()].sort()),
    ...same('passed', passed, verdict.passed),
    ...same('rows', data.rows, rows.length),
    ...same('the ratios', ratios, { schemaCompliance, completeness }),
    ...checks.flatMap(check => {
      const expected = verdict.checks.get(check.id);
      if (!expected) return [];
      const { outcome, value, failingRows, failingShare, severity } = check;
      const { failing, isWarning } = expected;
      const isRun = outcome !== 'skipped';
      const rowsOf = isRun && failing ? failing.length : null;
      return [
        ...same(`${check.id}: outcome`, outcome, expected.outcome),
        ...same(`${check.id}: value`, value, expected.value),
        ...same(`${check.id}: failing rows`, failingRows, rowsOf),
        ...same(`${check.id}: share`, failingShare, rowsOf === null ? null : rowsOf / rows.length),
        ...same(`${check.id}: severity`, severity, isWarning ? 'warning' : 'error'),
        ...same(`${check.id}: samples`, check.samples, samplesOf(check, expected)),
      ];
    }),
  ];

  /** The first five of the failing rows, as they have to be shown. */
  function samplesOf(check: CheckResult, expected: Expected): unknown {
    const { outcome, key, isShown, failing } = expected;
    if (outcome !== 'failed' || !isShown || !failing) return [];
    const shown = key ? repeatedRows(key) : failing;
    const names = planted.table.properties.filter(
      column =>
        column.primaryKey &&
        (column.classification ?? 'public') === 'public' &&
        inData(column) !== check.column,
    );
    const text = (row: Row, name: string) => String(row[name] ?? '(missing)');
    return shown.slice(0, 5).map((i, n) => {
      const { file, row, line, values } = places[i] ?? {};
      const words = names.map(column => `${inData(column)} ${text(values ?? {}, inData(column))}`);
      const isTold = form === 'text' && !key && isPlain(check.column);
      return {
        ...(line === undefined ? { row } : { line }),
        ...(written.files.length > 1 && { file }),
        ...(!key && words.length > 0 && { key: words.join(', ') }),
        // What a value looks like is for other tests, but of text that is not written in a way of its own.
        value: isTold ? text(values ?? {}, check.column ?? '') : check.samples[n]?.value,
      };
    });
  }

  function isPlain(name: string | null): boolean {
    const column = planted.table.properties.find(one => inData(one) === name);
    return column !== undefined && !isNestedType(column.logicalType) && column.logicalType !== 'date';
  }

  /** Over all files, in their order. */
  function repeatedRows(key: readonly string[]): readonly number[] {
    const seen = new Set<string>();
    return places.flatMap(({ values }, i) => {
      const own = key.map(name => values[name] ?? null);
      const known = JSON.stringify(own);
      const isRepeated = !own.includes(null) && seen.has(known);
      seen.add(known);
      return isRepeated ? [i] : [];
    });
  }
}
