// Holds the tests against the rows and the task: a misspelt column must be told, since a test that changes nothing would
// pass for ever.
import {
  type Cell,
  type Check,
  type CheckInput,
  checkBase,
  checkCell,
  checkClass,
  checkExpectation,
  type Problems,
} from '#lib/behaviour/check-words.ts';
import type { BehaviourTest, BehaviourTests, Value } from '#lib/behaviour/declared.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';
import { ConfigurationErrors } from '#lib/errors.ts';

/** @throws ConfigurationErrors naming every column, value, row or answer that these rows and this task do not have. */
export function requireFitting(document: CheckedDocument<BehaviourTests>, input: CheckInput): void {
  const problems = document.value.spec.tests.flatMap((test, index) =>
    checkTest(test, { ...input, document, test: ['spec', 'tests', index] }),
  );
  if (problems.length > 0) throw new ConfigurationErrors(problems);
}

function checkTest(test: BehaviourTest, check: Check): Problems {
  if (test.kind === 'minimum' || test.kind === 'edge') {
    return [
      ...checkBase(check, ['base'], test.base),
      ...test.rows.flatMap((row, index) => [
        ...checkBase(check, ['rows', index, 'base'], row.base ?? 'typical'),
        ...checkExpectation(check, ['rows', index, 'expect'], row.expect),
        ...Object.entries(row.with).flatMap(([column, value]) =>
          checkCell(check, ['rows', index, 'with', column], { column, values: [value] }),
        ),
      ]),
    ];
  }
  const where = Object.entries(test.on.where ?? {}).flatMap(([column, condition]) =>
    checkCell(check, ['on', 'where', column], { column, ...conditionNeeds(condition) }),
  );
  return [...where, ...(test.kind === 'invariance' ? checkChange(check, test) : checkDirection(check, test))];
}

function conditionNeeds(condition: unknown): Omit<Cell, 'column'> {
  if (Array.isArray(condition)) return { values: condition };
  return condition !== null && typeof condition === 'object'
    ? { kind: 'number' }
    : { values: [condition as Value] };
}

function checkChange(check: Check, { change }: Extract<BehaviourTest, { kind: 'invariance' }>): Problems {
  const kind = change.jitter !== undefined ? 'number' : change.case !== undefined ? 'string' : undefined;
  return checkCell(check, ['change', 'column'], {
    column: change.column,
    values: change.to ?? change.swap ?? [],
    kind,
  });
}

function checkDirection(check: Check, test: Extract<BehaviourTest, { kind: 'direction' }>): Problems {
  const { raise, lower, move, class: name } = test;
  const needs = [
    { key: 'raise', column: raise?.column, kind: 'number' as const },
    { key: 'lower', column: lower?.column, kind: 'number' as const },
    { key: 'move', column: move?.column, kind: 'string' as const },
  ];
  return [
    ...needs.flatMap(({ key, column, kind }) =>
      column === undefined ? [] : checkCell(check, [key, 'column'], { column, kind }),
    ),
    ...checkClass(check, ['class'], name),
  ];
}
