// What people read of `contract validate`: one line a table, then only what failed, the worst first.
import type { Validation } from '#lib/flows/contracts/validate.ts';
import {
  failedChecks,
  placeOfCheck,
  sayFound,
  sayOutcome,
  sayShare,
  sayTable,
} from '#lib/reports/contracts/validation-words.ts';
import { sayFailing } from '#lib/reports/proposal/data.ts';
import { visibleLine } from '#lib/reports/visible.ts';
import { counted } from '../counted.ts';
import { type Mark, say } from '../say.ts';

type Table = Validation['tables'][number];

/** Prints all tables. @param isVerbose says of every check that was skipped why */
export function sayValidation({ tables, revision, elsewhere }: Validation, isVerbose: boolean): void {
  if (revision) say('note', `at ${revision.name} (${revision.commit.slice(0, 12)})`);
  for (const table of tables) sayOne(table, isVerbose);
  for (const { contract, servers } of elsewhere)
    say('note', `${contract} is not checked: its data is on a server of type ${servers.join(', ')}`);
  const broken = tables.filter(({ passed }) => !passed).length;
  if (tables.length < 2) return;
  if (broken === 0) say('done', `${counted(tables.length, 'table')} keep their contracts`);
  else say('stopped', `${broken} of ${counted(tables.length, 'table')} break their contracts`);
}

function sayOne(table: Table, isVerbose: boolean): void {
  const failed = failedChecks(table);
  const { ratios, comparison, history } = table;
  const ratio = `rows with a valid schema ${sayShare(ratios.schemaCompliance)}, complete rows ${sayShare(ratios.completeness)}`;
  const head = `${sayTable(table)}: ${sayOutcome(table)}`;
  sayLines(table.passed ? 'done' : 'stopped', failed.length === 0 ? [head] : [head, ratio]);
  for (const check of failed) {
    const isNew = comparison?.newlyFailing.includes(check.id) ? ' [new]' : '';
    const lines = [
      `${check.severity}${isNew} ${check.says}: ${sayFound(check, table.data.rows)}`,
      ...check.samples.map(sayFailing),
      placeOfCheck(table, check),
    ];
    sayLines(check.severity === 'error' ? 'stopped' : 'note', lines);
  }
  sayComparison(comparison);
  if (history) sayHistory(history);
  saySkipped(table, isVerbose);
}

/** A name or a value of several lines stays in its line: it may look like a command to whatever reads the log. */
function sayLines(mark: Mark, lines: readonly string[]): void {
  say(mark, lines.map(visibleLine).join('\n'));
}

function sayComparison(comparison: Table['comparison']): void {
  if (!comparison) return;
  const { base, why, newlyFailing, fixed, stillFailing, shifts } = comparison;
  if (why !== null) {
    say('note', `not compared with ${base.name}: ${why}`);
    return;
  }
  const counts = `${newlyFailing.length} newly failing, ${fixed.length} fixed, ${stillFailing.length} still failing`;
  const lines = [
    `since ${base.name}: ${counts}${fixed.length > 0 ? ` (fixed: ${fixed.join(', ')})` : ''}`,
    ...shifts.map(({ says }) => says),
  ];
  sayLines('note', lines);
}

function sayHistory({ measured, why, revisions }: NonNullable<Table['history']>): void {
  if (why !== null) {
    say('note', `history: ${why}`);
    return;
  }
  const unusual = measured.filter(({ isUnusual }) => isUnusual);
  const shown = unusual.length > 0 ? unusual : measured.slice(0, 1);
  const read = revisions.filter(({ rows }) => rows !== null).length;
  sayLines('note', [`history of ${counted(read, 'version')}:`, ...shown.map(({ says }) => says)]);
}

function saySkipped({ checks }: Table, isVerbose: boolean): void {
  const skipped = checks.filter(({ outcome }) => outcome === 'skipped');
  if (skipped.length === 0) return;
  const reasons = Map.groupBy(skipped, ({ reason = 'no reason' }) => reason);
  const lines = isVerbose
    ? skipped.map(({ id, reason = '' }) => `${id}: ${reason}`)
    : [...reasons].map(([reason, own]) => `${own.length}: ${reason}`);
  const most = isVerbose ? lines.length : 5;
  const more = lines.length > most ? [`and ${lines.length - most} other reasons: --verbose tells`] : [];
  sayLines('note', [`not checked: ${skipped.length}`, ...lines.slice(0, most), ...more]);
}
