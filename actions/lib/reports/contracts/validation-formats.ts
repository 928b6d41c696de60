// What the data of contracts keeps, for programs: annotations at the rule's line of a pull request, and a case a check.
import type { CheckResult } from '#lib/contracts/result.ts';
import type { TableValidation, Validation } from '#lib/contracts/validation.ts';
import { annotation } from '#lib/reports/annotation.ts';
import { failedChecks, placeOfCheck, sayFound, sayTable } from '#lib/reports/contracts/validation-words.ts';
import { formatJunit, type JunitCase } from '#lib/reports/junit.ts';
import { sayFailing } from '#lib/reports/proposal/data.ts';
import { visibleLine } from '#lib/reports/visible.ts';

/** A line of commands for GitHub: errors and warnings where the contract asks for what is broken, and what is unusual. */
export function formatAnnotations({ tables, problems }: Validation): string {
  const lines = [
    ...problems.map(({ message, remedy, at }) => {
      const text = visibleLine(remedy === undefined ? message : `${message}. ${remedy}`);
      return annotation('error', { file: '', title: 'Data contract', ...at }, text);
    }),
    ...tables.flatMap(table => [
      ...failedChecks(table).map(check => annotate(table, check)),
      ...(table.history?.measured ?? [])
        .filter(({ isUnusual }) => isUnusual)
        .map(({ says }) => {
          const place = { file: table.contract.path, title: visibleLine(`${table.table}: unusual`) };
          return annotation('warning', place, visibleLine(`${table.data.path}: ${says}`));
        }),
    ]),
  ];
  return lines.map(line => `${line}\n`).join('');
}

function annotate(table: TableValidation, check: CheckResult): string {
  const { contract, data, comparison } = table;
  const place = { file: contract.path, ...check.at, title: visibleLine(`${table.table}: ${check.id}`) };
  const isNew = comparison?.newlyFailing.includes(check.id) ? ' (new)' : '';
  const text = `${data.path}: ${check.says}${isNew}: ${sayFound(check, data.rows)}${examples(check, '; ')}`;
  return annotation(check.severity, place, visibleLine(text));
}

function examples({ samples }: CheckResult, before: string): string {
  return samples.length === 0 ? '' : `${before}for example ${samples.map(sayFailing).join(', ')}`;
}

/** A suite a table and a case a check; a broken warning passes, and says so in its name. */
export function formatValidationJunit({ tables, problems }: Validation): string {
  const suites = tables.map(table => ({
    name: visibleLine(`${table.contract.path} ${table.table}`),
    cases: table.checks.map(check => caseOf(table, check)),
  }));
  const unread = problems.map(
    ({ message, remedy = '', at }): JunitCase => ({
      name: at?.file ?? 'contract',
      file: at?.file,
      line: at?.line,
      failure: { message, text: remedy },
    }),
  );
  return formatJunit(unread.length > 0 ? [...suites, { name: 'contract validate', cases: unread }] : suites);
}

function caseOf(table: TableValidation, check: CheckResult): JunitCase {
  const isBroken = check.outcome === 'failed';
  const found = isBroken ? sayFound(check, table.data.rows) : '';
  const id = visibleLine(check.id);
  return {
    name: isBroken && check.severity === 'warning' ? `${id} (warning: ${found})` : id,
    ...{ file: table.contract.path, line: check.at.line },
    skipped: check.outcome === 'skipped' ? (check.reason ?? 'not checked') : undefined,
    failure:
      isBroken && check.severity === 'error'
        ? {
            message: visibleLine(`${check.says}: ${found}`),
            text: [
              placeOfCheck(table, check),
              visibleLine(sayTable(table)),
              ...check.samples.map(sample => visibleLine(sayFailing(sample))),
            ].join('\n'),
          }
        : undefined,
  };
}
