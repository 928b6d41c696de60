// logicalTypeOptions as checks. An option that cannot run yet is planned as skipped, so that nobody believes it passed.
import type { Begin, Check, Comparison, Condition, Measure } from '#lib/contracts/check.ts';
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
const EXECUTED: readonly string[] = [
  ...[...BOUNDS, ...LENGTHS].map(([option]) => option),
  ...['multipleOf', 'pattern'],
];

interface TypedColumn {
  readonly column: string;
  readonly type: LogicalType;
  readonly options: TypeOptions;
}

/** All options of one column. */
export function planOptions({ column, type, options }: TypedColumn, begin: Begin): readonly Check[] {
  const check = (rule: string, says: string, measure: Measure): Check =>
    begin(rule, { path: ['logicalTypeOptions', rule], says, measure });
  const { multipleOf: of, pattern } = options;
  const unreadable = explainFormat(type, options);
  const typed = (condition: Condition): Measure =>
    unreadable ? { kind: 'skipped', reason: unreadable } : where(condition);
  return [
    ...BOUNDS.flatMap(([option, comparison, words]) => {
      const bound = options[option];
      if (bound === undefined) return [];
      const measure = typed({ kind: 'beyond', column, type, comparison, bound });
      return [check(option, `${column} is ${words} ${bound}`, measure)];
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
    ...Object.keys(options)
      .filter(option => !EXECUTED.includes(option) && !isCheckedByType(type, option, options))
      .map(option =>
        check(option, `${column} keeps its option ${option}`, {
          kind: 'skipped',
          reason: `the option ${option} is not checked yet`,
        }),
      ),
  ];
}

function where(condition: Condition): Measure {
  return { kind: 'rows-where', condition };
}

const DAY = '(yyyy|uuuu)-MM-dd';
const CLOCK = String.raw`HH:mm(:ss(\.S+)?)?`;
const ZONE = "(X{1,3}|x{1,3}|Z|ZZZZZ|'Z')?";
/** The JDK formats whose values are ISO 8601, which is what a file is read as. */
const READABLE: Readonly<Partial<Record<LogicalType, RegExp>>> = {
  date: new RegExp(`^${DAY}$`),
  timestamp: new RegExp(`^${DAY}( |'T')${CLOCK}${ZONE}$`),
  time: new RegExp(`^${CLOCK}${ZONE}$`),
};

/** Why values of a column cannot be read in their type; undefined where they can. */
export function explainFormat(type: LogicalType, { format }: TypeOptions): string | undefined {
  const readable = READABLE[type];
  if (!readable || format === undefined || readable.test(format)) return undefined;
  return `values written as ${format} are not read yet, only ISO 8601`;
}

/** A date of the form yyyy-MM-dd is what the type check asks for anyway. */
function isCheckedByType(type: LogicalType, option: string, { format = '' }: TypeOptions): boolean {
  return option === 'format' && type === 'date' && READABLE.date?.test(format) === true;
}
