// Holds the tests against the rows and the task: a misspelt column must be told, since a test that changes nothing would
// pass for ever.
import type { BehaviourTest, BehaviourTests, Expectation, Value } from '#lib/behaviour/declared.ts';
import type { Answering } from '#lib/behaviour/subject.ts';
import type { KeyPath } from '#lib/documents/document.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';
import type { ColumnType } from '#lib/tables/table.ts';

export interface CheckInput {
  /** Of the test rows. */
  readonly columns: readonly ColumnType[];
  readonly answering: Answering;
  /** The key of every test row. */
  readonly keys: readonly string[];
}

interface Check extends CheckInput {
  readonly document: CheckedDocument<BehaviourTests>;
  readonly test: KeyPath;
}

type Problems = readonly ConfigurationError[];

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

interface Cell {
  readonly column: string;
  readonly values?: readonly Value[] | undefined;
  /** What the column has to hold, where that does not follow from the values. */
  readonly kind?: ColumnType['kind'] | undefined;
}

function checkCell(check: Check, path: KeyPath, { column, values = [], kind }: Cell): Problems {
  const found = check.columns.find(({ name }) => name === column);
  if (!found)
    return [
      unknownWord(check, path, {
        what: 'column',
        word: column,
        valid: check.columns.map(({ name }) => name),
      }),
    ];
  if (kind && kind !== found.kind) {
    const [has, needs] = found.kind === 'number' ? ['numbers', 'texts'] : ['texts', 'numbers'];
    return [
      problem(
        check,
        path,
        `The column "${column}" holds ${has}, this needs ${needs}`,
        'Name another column.',
      ),
    ];
  }
  const wrong = values.find(value => value !== null && typeof value !== found.kind);
  if (wrong === undefined) return [];
  return found.kind === 'number'
    ? [
        problem(
          check,
          path,
          `The column "${column}" holds numbers, found "${wrong}"`,
          'Write a number, or null for a missing one.',
        ),
      ]
    : [problem(check, path, `The column "${column}" holds texts, found ${wrong}`, 'Put it in quotes.')];
}

function checkBase(check: Check, path: KeyPath, base: string): Problems {
  if (base === 'typical' || check.keys.includes(base)) return [];
  const valid = [...check.keys, 'typical'];
  return [
    unknownWord(check, path, {
      what: 'test row',
      word: base,
      valid,
      otherwise: 'Write the key of a test row, or typical.',
    }),
  ];
}

function checkExpectation(check: Check, path: KeyPath, expected: Expectation): Problems {
  if (expected === 'must not fail') return [];
  const { task } = check.answering;
  if ('class' in expected) return checkClass(check, [...path, 'class'], expected.class);
  if ('answer' in expected && task !== 'binary-classification') {
    const remedy =
      task === 'regression' ? 'Write between: [low, high].' : 'Write class: and one of the classes.';
    return [problem(check, path, `A model for ${task} does not answer ${expected.answer}`, remedy)];
  }
  if ('between' in expected && task === 'multiclass-classification') {
    return [
      problem(
        check,
        path,
        `A model for ${task} answers with no single number`,
        'Write class: and one of the classes.',
      ),
    ];
  }
  return [];
}

function checkClass(check: Check, path: KeyPath, name: string | undefined): Problems {
  const { answering } = check;
  if (answering.task !== 'multiclass-classification') {
    return name === undefined
      ? []
      : [problem(check, path, `A model for ${answering.task} has no classes`, 'Leave class out.')];
  }
  if (name !== undefined && answering.classes.includes(name)) return [];
  if (name !== undefined)
    return [unknownWord(check, path, { what: 'class', word: name, valid: answering.classes })];
  const remedy = `Add class: and one of ${answering.classes.join(', ')}.`;
  return [problem(check, [], 'It is not said whose probability is meant', remedy)];
}

function unknownWord(
  check: Check,
  path: KeyPath,
  {
    what,
    word,
    valid,
    otherwise,
  }: {
    readonly what: string;
    readonly word: string;
    readonly valid: readonly string[];
    readonly otherwise?: string;
  },
): ConfigurationError {
  const near = nearestWord(word, valid);
  const list = otherwise ?? `Write one of: ${valid.join(', ')}.`;
  return problem(check, path, `There is no ${what} "${word}"`, near ? `Did you mean "${near}"?` : list);
}

function problem(
  { document, test }: Check,
  path: KeyPath,
  message: string,
  remedy: string,
): ConfigurationError {
  const whole = [...test, ...path];
  const parent = path.at(-2);
  const isKey = parent === 'where' || parent === 'with';
  return new ConfigurationError(message, {
    at: isKey ? document.locateKey(whole) : document.locate(whole),
    remedy,
  });
}
