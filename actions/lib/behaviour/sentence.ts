// A test's result in one sentence for people who know the domain, not the file.
import type { BehaviourTest, Direction, Invariance, Value } from '#lib/behaviour/declared.ts';
import { valueText } from '#lib/behaviour/variants.ts';
import { count, formatDeclared, formatPercent } from '#lib/evaluation/format.ts';

interface Counted {
  readonly held: number;
  readonly n: number;
  /** Rows that the declared share asks for. */
  readonly needed: number;
  /** Of the target. */
  readonly unit: string;
}

/** Such as `198 of 200 rows keep their answer when state is set to "CA"; 190 must.` */
export function sentenceOf(test: BehaviourTest, { held, n, needed, unit }: Counted): string {
  if (n === 0) return 'No row could be changed in this way, so nothing was tested.';
  return `${held} of ${count(n, 'row')} ${whatHeld(test, unit)}; ${needed === n ? 'all' : needed} must.`;
}

function whatHeld(test: BehaviourTest, unit: string): string {
  switch (test.kind) {
    case 'invariance':
      return `${stillText(test, unit)} when ${changeText(test)}`;
    case 'direction':
      return `answer as they should when ${stepText(test)}: the answer ${test.answer}${byText(test, unit)}`;
    case 'minimum':
      return 'are answered as expected';
    case 'edge':
      return 'get an answer as expected';
  }
}

function stillText({ within }: Invariance, unit: string): string {
  return within === undefined ? 'keep their answer' : `stay within ${formatDeclared(within, unit)}`;
}

function changeText({ change }: Invariance): string {
  const { column, to, swap, jitter } = change;
  if (to) return `${column} is set to ${listText(to)}`;
  if (swap) return `${swap.map(declaredText).join(' and ')} are swapped in ${column}`;
  if (jitter !== undefined) return `${column} moves by up to ${formatPercent(jitter)} of its range`;
  return `the letters of ${column} are written in ${change.case === 'capital' ? 'another case' : `${change.case} case`}`;
}

const LONGEST_LIST = 5;

function listText(values: readonly Value[]): string {
  const shown = values.slice(0, LONGEST_LIST).map(declaredText).join(', ');
  return values.length > LONGEST_LIST ? `${shown} and ${values.length - LONGEST_LIST} more values` : shown;
}

function declaredText(value: Value): string {
  return valueText(value ?? '');
}

function stepText({ raise, lower, move }: Direction): string {
  if (raise) return `${raise.column} rises by ${formatDeclared(raise.by)}`;
  if (lower) return `${lower.column} falls by ${formatDeclared(lower.by)}`;
  return `${move?.column} moves one step along its list`;
}

function byText({ atLeastBy, within }: Direction, unit: string): string {
  if (atLeastBy !== undefined) return ` by at least ${formatDeclared(atLeastBy, unit)}`;
  return within === undefined ? '' : ` by more than ${formatDeclared(within, unit)}`;
}
