// logicalTypeOptions as checks. An option that cannot run yet is planned as skipped, so that nobody believes it passed.
import type { Begin, Check, Comparison, Condition } from '#lib/contracts/check.ts';
import type { LogicalType, TypeOptions } from '#lib/contracts/odcs-options.ts';

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
const NOT_YET = ['format', 'timezone', 'defaultTimezone', 'minItems', 'maxItems', 'uniqueItems'];

/** All options of one column. */
export function planOptions(
  column: string,
  { type = 'string', options }: { readonly type: LogicalType | undefined; readonly options: TypeOptions },
  begin: Begin,
): readonly Check[] {
  const where = (rule: string, says: string, condition: Condition): Check =>
    begin(rule, { path: ['logicalTypeOptions', rule], says, measure: { kind: 'rows-where', condition } });
  const { multipleOf, pattern } = options;
  return [
    ...BOUNDS.flatMap(([option, comparison, words]) => {
      const bound = options[option];
      if (bound === undefined) return [];
      return [
        where(option, `${column} is ${words} ${bound}`, { kind: 'beyond', column, type, comparison, bound }),
      ];
    }),
    ...LENGTHS.flatMap(([option, comparison, words]) => {
      const bound = options[option];
      if (bound === undefined) return [];
      return [
        where(option, `${column} has ${words} ${bound} characters`, {
          kind: 'length',
          column,
          comparison,
          bound,
        }),
      ];
    }),
    ...(multipleOf === undefined
      ? []
      : [
          where('multipleOf', `${column} is a multiple of ${multipleOf}`, {
            kind: 'not-multiple',
            column,
            of: multipleOf,
          }),
        ]),
    ...(pattern === undefined
      ? []
      : [where('pattern', `${column} matches ${pattern}`, { kind: 'not-matching', column, pattern })]),
    ...NOT_YET.filter(option => option in options).map(option =>
      begin(option, {
        path: ['logicalTypeOptions', option],
        says: `${column} keeps its ${option}`,
        measure: { kind: 'skipped', reason: `the option ${option} is not checked yet` },
      }),
    ),
  ];
}
