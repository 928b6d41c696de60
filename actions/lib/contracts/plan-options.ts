// logicalTypeOptions as checks. An option that cannot run yet is planned as skipped, so that nobody believes it passed.
import type { Begin, Check, Comparison, Condition, Measure } from '#lib/contracts/check.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import type { Column } from '#lib/contracts/odcs-schema.ts';
import {
  explainFormat,
  explainZone,
  type FormattedColumn,
  type OfOption,
  planFormats,
  readingOf,
} from '#lib/contracts/plan-formats.ts';
import { planSizes, SIZE_OPTIONS } from '#lib/contracts/plan-sizes.ts';

/** Option, what a value beyond it looks like, and how the rule reads. */
const BOUNDS: readonly (readonly [
  option: 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum',
  Comparison,
  string,
])[] = [
  ['minimum', '<', 'at least'],
  ['maximum', '>', 'at most'],
  ['exclusiveMinimum', '<=', 'more than'],
  ['exclusiveMaximum', '>=', 'less than'],
];
const LENGTHS: readonly (readonly [option: 'minLength' | 'maxLength', Comparison, string])[] = [
  ['minLength', '<', 'at least'],
  ['maxLength', '>', 'at most'],
];
/** Options that are no rule of their own. */
const OF_READING = ['format', 'timezone', 'defaultTimezone'];
const EXECUTED: readonly string[] = [
  ...[...BOUNDS, ...LENGTHS].map(([option]) => option),
  ...['multipleOf', 'pattern', ...OF_READING, ...SIZE_OPTIONS],
];

interface OptionedColumn extends FormattedColumn {
  /** Of an object. */
  readonly properties: readonly Column[];
}

/** All options of one column. */
export function planOptions(planned: OptionedColumn, begin: Begin): readonly Check[] {
  const { column, type, options, isText } = planned;
  const isNested = isText && NESTED.includes(type);
  const check: OfOption = (rule, says, measure) =>
    begin(rule, {
      path: ['logicalTypeOptions', rule],
      says,
      measure: isNested ? { kind: 'skipped', reason: 'nested values are not checked in CSV files' } : measure,
    });
  const { multipleOf: of, pattern } = options;
  const unreadable = explainZone(type, options) ?? (isText ? explainFormat(type, options) : undefined);
  const reading = readingOf(type, options);
  const typed = (condition: Condition): Measure =>
    unreadable ? { kind: 'skipped', reason: unreadable } : where(condition);
  return [
    ...BOUNDS.flatMap(([option, comparison, words]) => {
      const bound = options[option];
      if (bound === undefined) return [];
      const beyond = { kind: 'beyond', column, type, comparison, bound } as const;
      return [
        check(option, `${column} is ${words} ${bound}`, typed(reading ? { ...beyond, reading } : beyond)),
      ];
    }),
    ...LENGTHS.flatMap(([option, comparison, words]) => {
      const bound = options[option];
      if (bound === undefined) return [];
      const measure = where({ kind: 'length', column, comparison, bound });
      return [check(option, `${column} has ${words} ${bound} characters`, measure)];
    }),
    ...(of === undefined
      ? []
      : [
          check(
            'multipleOf',
            `${column} is a multiple of ${of}`,
            where({ kind: 'not-multiple', column, of }),
          ),
        ]),
    ...(pattern === undefined
      ? []
      : [check('pattern', `${column} matches ${pattern}`, where({ kind: 'not-matching', column, pattern }))]),
    ...planFormats(planned, check),
    ...planSizes(planned, check),
    ...Object.keys(options)
      .filter(option => !EXECUTED.includes(option))
      .map(option =>
        check(option, `${column} keeps its option ${option}`, {
          kind: 'skipped',
          reason: `the option ${option} is not checked yet`,
        }),
      ),
  ];
}

const NESTED: readonly LogicalType[] = ['array', 'object', 'map', 'vector'];

function where(condition: Condition): Measure {
  return { kind: 'rows-where', condition };
}
