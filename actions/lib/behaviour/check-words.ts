// The words of a test, one kind of word a function: columns, values, rows, answers and classes.
import type { BehaviourTests, Expectation, Value } from '#lib/behaviour/declared.ts';
import type { Answering } from '#lib/behaviour/subject.ts';
import type { KeyPath } from '#lib/documents/document.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { ColumnType } from '#lib/tables/table.ts';

/** What the tests have to fit. */
export interface CheckInput {
  /** Of the test rows. */
  readonly columns: readonly ColumnType[];
  readonly answering: Answering;
  /** The key of every test row. */
  readonly keys: readonly string[];
}

/** One test of a document, and where it stands. */
export interface Check extends CheckInput {
  readonly document: CheckedDocument<BehaviourTests>;
  readonly test: KeyPath;
}

export type Problems = readonly ConfigurationError[];

/** A column that is named, and what is done with it. */
export interface Cell {
  readonly column: string;
  readonly values?: readonly Value[] | undefined;
  /** What the column has to hold, where that does not follow from the values. */
  readonly kind?: ColumnType['kind'] | undefined;
}

/** The column is there and holds what is needed. */
export function checkCell(check: Check, path: KeyPath, { column, values = [], kind }: Cell): Problems {
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

/** The row is there. */
export function checkBase(check: Check, path: KeyPath, base: string): Problems {
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

/** The task has such answers. */
export function checkExpectation(check: Check, path: KeyPath, expected: Expectation): Problems {
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

/** Classes are named where the task has some, and only there. */
export function checkClass(check: Check, path: KeyPath, name: string | undefined): Problems {
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
