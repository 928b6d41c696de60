// What may be in a nested value, as checks: how many elements or members, none twice, which ones have to be there.
import type { Check, Comparison, Condition, Measure } from '#lib/contracts/check.ts';
import { nameOf } from '#lib/contracts/column.ts';
import type { TypeOptions } from '#lib/contracts/odcs-options.ts';
import type { Column } from '#lib/contracts/odcs-schema.ts';
import type { OfOption } from '#lib/contracts/plan-formats.ts';

const SIZES: readonly (readonly [
  option: 'minItems' | 'maxItems' | 'minProperties' | 'maxProperties' | 'dimensions',
  of: 'items' | 'members',
  Comparison,
  words: string,
])[] = [
  ['minItems', 'items', '<', 'at least'],
  ['maxItems', 'items', '>', 'at most'],
  ['minProperties', 'members', '<', 'at least'],
  ['maxProperties', 'members', '>', 'at most'],
];

interface NestedColumn {
  readonly column: string;
  readonly options: TypeOptions;
  /** Of an object. */
  readonly properties: readonly Column[];
}

/** The options that are checked here. */
export const SIZE_OPTIONS: readonly string[] = [
  ...SIZES.map(([option]) => option),
  ...['uniqueItems', 'required', 'dimensions'],
];

/** The checks of the options of arrays, objects and vectors. */
export function planSizes({ column, options, properties }: NestedColumn, check: OfOption): readonly Check[] {
  const { uniqueItems, required, dimensions } = options;
  return [
    ...SIZES.flatMap(([option, of, comparison, words]) => {
      const bound = options[option];
      if (bound === undefined) return [];
      const noun = of === 'items' ? 'elements' : 'members';
      const measure = where({ kind: 'size', column, of, comparison, bound });
      return [check(option, `${column} has ${words} ${bound} ${noun}`, measure)];
    }),
    ...(dimensions === undefined
      ? []
      : [check('dimensions', `${column} has ${dimensions} dimensions`, otherThan(column, dimensions))]),
    ...(uniqueItems
      ? [check('uniqueItems', `${column} has each element once`, where({ kind: 'repeated-items', column }))]
      : []),
    ...(required === undefined
      ? []
      : [
          check(
            'required',
            `${column} has ${required.join(', ')}`,
            anyMissing({ column, required, properties }),
          ),
        ]),
  ];
}

function otherThan(column: string, bound: number): Measure {
  const size = { kind: 'size', column, of: 'items', bound } as const;
  return where({
    kind: 'any',
    conditions: [
      { ...size, comparison: '<' },
      { ...size, comparison: '>' },
    ],
  });
}

function anyMissing({
  column,
  required,
  properties,
}: Pick<NestedColumn, 'column' | 'properties'> & { readonly required: readonly string[] }): Measure {
  const conditions = required.map((word): Condition => {
    const property = properties.find(({ name }) => name === word);
    const name = property ? nameOf(property) : word;
    return { kind: 'missing', column, steps: [{ kind: 'member', name }], words: [] };
  });
  return where({ kind: 'any', conditions });
}

function where(condition: Condition): Measure {
  return { kind: 'rows-where', condition };
}
