// Columns that stand in each other's way: names twice, keys with gaps, bounds that no value keeps.

import { nameOf } from '#lib/contracts/column.ts';
import type { Finding, LintRule } from '#lib/contracts/lint/finding.ts';
import { columnsOf, walkColumns } from '#lib/contracts/lint/walk.ts';
import type { ContractTable } from '#lib/contracts/odcs-schema.ts';
import type { KeyPath } from '#lib/documents/document.ts';

/** Names that stand twice, of tables and of columns; names in the data without regard to case, as most engines have it. */
export const names: LintRule = contract => [
  ...twice(
    (contract.schema ?? []).map(({ name }, index) => ({ name, path: ['schema', index, 'name'] })),
    'name-twice',
  ),
  ...twice(
    (contract.schema ?? []).flatMap(({ physicalName }, index) =>
      physicalName === undefined ? [] : [{ name: physicalName, path: ['schema', index, 'physicalName'] }],
    ),
    'physical-name-twice',
  ),
  ...(contract.schema ?? []).flatMap((table, index) => columnNamesTwice(table, ['schema', index])),
];

interface Named {
  readonly name: string;
  readonly path: KeyPath;
}

function columnNamesTwice(table: ContractTable, root: KeyPath): readonly Finding[] {
  const siblings = new Map<string, { readonly names: Named[]; readonly physical: Named[] }>();
  for (const { column, path } of columnsOf(table, root)) {
    const { name } = column;
    if (name === undefined || path.at(-2) !== 'properties') continue;
    const parent = path.slice(0, -2).join('/');
    const known = siblings.get(parent) ?? { names: [], physical: [] };
    siblings.set(parent, known);
    known.names.push({ name, path: [...path, 'name'] });
    const written = column.physicalName === undefined ? 'name' : 'physicalName';
    known.physical.push({
      name: nameOf({ name, physicalName: column.physicalName }),
      path: [...path, written],
    });
  }
  return [...siblings.values()].flatMap(({ names: own, physical }) => {
    const found = twice(own, 'name-twice');
    const places = new Set(found.map(({ path }) => path.slice(0, -1).join('/')));
    return [
      ...found,
      ...twice(physical, 'physical-name-twice').filter(
        ({ path }) => !places.has(path.slice(0, -1).join('/')),
      ),
    ];
  });
}

function twice(named: readonly Named[], rule: string): readonly Finding[] {
  const first = new Map<string, string>();
  return named.flatMap(({ name, path }) => {
    const key = rule === 'name-twice' ? name : name.toLowerCase();
    const earlier = first.get(key);
    first.set(key, earlier ?? name);
    if (earlier === undefined) return [];
    const message = earlier === name ? `${name} is there already` : `${name} is ${earlier} in most engines`;
    return [{ rule, message, remedy: 'Give each its own name.', path }];
  });
}

/** Positions in a primary key count from 1, without gaps. */
export const primaryKeys: LintRule = contract =>
  (contract.schema ?? []).flatMap(({ properties = [] }, index) => {
    const at = (i: number): KeyPath => ['schema', index, 'properties', i, 'primaryKeyPosition'];
    const keys = properties.map((column, i) => ({ column, i })).filter(({ column }) => column.primaryKey);
    const stray = properties.flatMap(({ primaryKey, primaryKeyPosition = -1 }, i) =>
      primaryKey !== true && primaryKeyPosition >= 0
        ? [
            {
              rule: 'key-position',
              message: 'a place in the primary key, of a column that is not in it',
              remedy: 'Add primaryKey: true, or remove the position.',
              path: at(i),
            },
          ]
        : [],
    );
    const placed = keys.filter(({ column }) => (column.primaryKeyPosition ?? -1) !== -1);
    if (placed.length === 0) return stray;
    const missing = keys.filter(key => !placed.includes(key));
    const sorted = placed.toSorted(
      (a, b) => (a.column.primaryKeyPosition ?? 0) - (b.column.primaryKeyPosition ?? 0),
    );
    const wrong = sorted.filter(({ column }, place) => column.primaryKeyPosition !== place + 1);
    return [
      ...stray,
      ...missing.map(({ i }) => ({
        rule: 'key-position',
        message: 'other columns of the primary key have a position, this has none',
        remedy: 'Add primaryKeyPosition.',
        path: [...at(i).slice(0, -1), 'primaryKey'],
      })),
      ...wrong.slice(0, 1).map(({ column, i }) => ({
        rule: 'key-position',
        message: `position ${column.primaryKeyPosition}, where ${sorted.findIndex(one => one.i === i) + 1} is next`,
        remedy: 'Number the columns of the primary key from 1 without gaps.',
        path: at(i),
      })),
    ];
  });

const PAIRS = [
  ['minimum', 'maximum', false],
  ['exclusiveMinimum', 'maximum', true],
  ['minimum', 'exclusiveMaximum', true],
  ['exclusiveMinimum', 'exclusiveMaximum', true],
  ['minLength', 'maxLength', false],
  ['minItems', 'maxItems', false],
  ['minProperties', 'maxProperties', false],
] as const;

/** Bounds that leave no value. */
export const bounds: LintRule = contract =>
  walkColumns(contract).flatMap(({ column, path }) => {
    const options = column.logicalTypeOptions ?? {};
    return PAIRS.flatMap(([low, high, isOpen]) => {
      const from = options[low];
      const to = options[high];
      const isComparable =
        typeof from === typeof to && (typeof from === 'number' || typeof from === 'string');
      if (!isComparable || !(from > (to as typeof from) || (isOpen && from === to))) return [];
      const message = `no value is within ${low} ${String(from)} and ${high} ${String(to)}`;
      const remedy = 'Correct one of the two.';
      return [{ rule: 'bounds-empty', message, remedy, path: [...path, 'logicalTypeOptions', high] }];
    });
  });
