// What changed in data contracts, for programs: annotations at the lines of a pull request, and a case a contract for CI.
import type { Change } from '#lib/contracts/changes/change.ts';
import type { ContractDiff } from '#lib/contracts/changes/contract-diff.ts';
import { formatLocation } from '#lib/errors.ts';
import { annotation } from '#lib/reports/annotation.ts';
import { formatJunit } from '#lib/reports/junit.ts';

/** A line of commands for GitHub: errors where the version does not fit, warnings at what breaks consumers. */
export function formatDiffAnnotations(diffs: readonly ContractDiff[]): string {
  return diffs
    .flatMap(diff => [...annotateProblem(diff), ...diff.changes.map(change => annotateChange(diff, change))])
    .map(line => `${line}\n`)
    .join('');
}

function annotateProblem({ passed, problem, remedy, at, path }: ContractDiff): readonly string[] {
  const place = { file: path, line: at.line, column: at.column, title: 'Contract version' };
  return passed ? [] : [annotation('error', place, `${problem}. ${remedy}`)];
}

/** What is gone has no line of its own any more: it is told where the version stands. */
function annotateChange({ path, at: version }: ContractDiff, change: Change): string {
  const { line, column } = change.to === null ? version : change.at;
  const level = change.consumer === 'major' ? 'warning' : 'notice';
  return annotation(level, { file: path, line, column, title: 'Contract change' }, sayBothSides(change));
}

function sayBothSides({ what, consumer, producer }: Change): string {
  return `${what} (consumer ${consumer}, producer ${producer})`;
}

/** One case a contract, failed where its version does not fit. */
export function formatDiffJunit(diffs: readonly ContractDiff[]): string {
  const cases = diffs.map(({ path, passed, problem, remedy, at, changes }) => ({
    name: path,
    file: path,
    line: at.line,
    failure: passed
      ? undefined
      : {
          message: `${problem}. ${remedy}`,
          text: changes.map(one => `${formatLocation(one.at)} ${sayBothSides(one)}`).join('\n'),
        },
  }));
  return formatJunit([{ name: 'contract diff', cases }]);
}
