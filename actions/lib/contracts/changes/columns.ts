// Columns, and members and elements inside of them. A column is the same one by its id, its name, or its name in the data.
import { below, type Effect, type Finding, finding, type Place } from '#lib/contracts/changes/change.ts';
import {
  compareLogicalTypes,
  comparePhysicalTypes,
  isComparable,
} from '#lib/contracts/changes/column-types.ts';
import { comparePresence, comparePrimaryKeys, primaryKeyOf } from '#lib/contracts/changes/keys.ts';
import { effectOf } from '#lib/contracts/changes/limit-sets.ts';
import { compareOptions } from '#lib/contracts/changes/options.ts';
import { type Pair, pairUp } from '#lib/contracts/changes/pair.ts';
import { compareQuality } from '#lib/contracts/changes/quality.ts';
import { compareClassification } from '#lib/contracts/changes/ranks.ts';
import { compareRelationships } from '#lib/contracts/changes/relationships.ts';
import { isSame } from '#lib/contracts/changes/unordered.ts';
import { compareWords } from '#lib/contracts/changes/words.ts';
import { nameOf } from '#lib/contracts/column.ts';
import type { Column, Item } from '#lib/contracts/odcs-schema.ts';
import { canonicalJson } from '#lib/documents/canonical.ts';

interface Named {
  readonly place: Place;
  readonly of: string;
}

/** Pairs elements that may have been renamed. */
export function pairElements<Element extends Pick<Column, 'id' | 'name' | 'physicalName'>>(
  base: readonly Element[] | undefined,
  head: readonly Element[] | undefined,
): readonly Pair<Element>[] {
  return pairUp(base, head, [({ id }) => id, ({ name }) => name, nameOf]);
}

/** The columns of a table, or the members of an object; `of` names it. */
export function compareColumns(
  base: readonly Column[] | undefined,
  head: readonly Column[] | undefined,
  { place, of }: Named,
): readonly Finding[] {
  const pairs = pairElements(base, head);
  const keys = {
    base: primaryKeyOf(
      pairs.flatMap(({ base: old, head: now }) =>
        old ? [{ column: old.item, name: (now ?? old).item.name }] : [],
      ),
    ),
    head: primaryKeyOf(
      pairs.flatMap(({ head: now }) => (now ? [{ column: now.item, name: now.item.name }] : [])),
    ),
  };
  const isOnly = (key: typeof keys.base, column: Column) => key.length === 1 && key[0]?.column === column;
  const columns = pairs.flatMap(({ base: old, head: now }): readonly Finding[] => {
    const column = now?.item ?? old?.item;
    if (!column) return [];
    const isNested = place.columns.length > 0;
    const names = [old, now].flatMap(side => (side ? [nameOf(side.item)] : []));
    const here: Place = {
      path: [place.path, column.name].filter(Boolean).join('.'),
      base: [...place.base, 'properties', old?.index ?? 0],
      head: [...place.head, 'properties', now?.index ?? 0],
      columns: isNested ? place.columns : [...new Set(names)],
    };
    const said = `${of}.${column.name}`;
    if (!old || !now) {
      const effect = now ? 'tightened' : 'loosened';
      const what = `the column ${said} is ${now ? 'new' : 'gone'}`;
      return [{ ...here, what, from: old?.item ?? null, to: now?.item ?? null, effect }];
    }
    const isKey = { base: isOnly(keys.base, old.item), head: isOnly(keys.head, now.item) };
    return [
      ...compareNames(old.item, now.item, { place: here, of: said }),
      ...compareItem(old.item, now.item, { place: here, of: said, isKey }),
    ];
  });
  return [...columns, ...comparePrimaryKeys(keys.base, keys.head, { place, of })];
}

/** A name in the data that changes breaks both sides, one in the contract those who ask by it. */
export function compareNames(
  base: Pick<Column, 'name' | 'physicalName'>,
  head: Pick<Column, 'name' | 'physicalName'>,
  { place, of }: Named,
): readonly Finding[] {
  const isMoved = nameOf(base) !== nameOf(head);
  const name =
    base.name === head.name
      ? []
      : [
          finding(below(place, 'name'), of, {
            as: 'the name',
            from: base.name,
            to: head.name,
            effect: isMoved ? 'reworked' : 'renamed',
          }),
        ];
  const { physicalName: from } = base;
  const { physicalName: to } = head;
  // A new name that both are called by has been told.
  if (from === to || (base.name !== head.name && isMoved)) return name;
  const effect: Effect = isMoved ? 'reworked' : 'reworded';
  return [
    ...name,
    finding(below(place, 'physicalName'), of, { as: 'the name in the data', from, to, effect }),
  ];
}

const COMPARED: readonly string[] = [
  ...['name', 'physicalName', 'logicalType', 'logicalTypeOptions', 'physicalType', 'required', 'unique'],
  ...['classification', 'relationships', 'quality', 'items', 'properties'],
  ...['enum', 'map'],
];
const EFFECTS: Readonly<Record<string, Effect>> = {
  primaryKeyPosition: 'noted',
  ...{
    partitioned: 'noted',
    partitionKeyPosition: 'noted',
    encryptedName: 'reworked',
    semanticType: 'noted',
  },
  ...{ transformLogic: 'noted', transformSourceObjects: 'noted' },
};

interface Compared extends Named {
  readonly isKey: { readonly base: boolean; readonly head: boolean };
}

const NO_KEY = { base: false, head: false };

/** Everything of a column but its name. */
function compareItem(base: Item, head: Item, { place, of, isKey }: Compared): readonly Finding[] {
  const [from, to] = [base.logicalType, head.logicalType];
  const type = compareLogicalTypes(from, to);
  // A key that comes or goes is told of the table; `primaryKey: false` for nothing is words.
  const known =
    (base.primaryKey ?? false) === (head.primaryKey ?? false)
      ? COMPARED
      : [...COMPARED, 'primaryKey', 'primaryKeyPosition'];
  const physical = comparePhysicalTypes(base.physicalType, head.physicalType);
  const tell = (key: string, difference: Parameters<typeof finding>[2]) =>
    finding(below(place, key), of, difference);
  return [
    ...(type ? [tell('logicalType', { as: 'the type', from, to, effect: type })] : []),
    ...(physical
      ? [
          tell('physicalType', {
            ...{ as: 'the type in the source', from: base.physicalType, to: head.physicalType },
            effect: physical,
          }),
        ]
      : []),
    ...(isComparable(from, to)
      ? compareOptions(base.logicalTypeOptions ?? {}, head.logicalTypeOptions ?? {}, {
          place: below(place, 'logicalTypeOptions'),
          of,
          type: to ?? from,
        })
      : []),
    ...comparePresence(base, head, { place, of, isKey }),
    ...compareEnumerations(base, head, { place, of }),
    ...(base.classification === head.classification
      ? []
      : [
          tell('classification', {
            ...{ as: 'the classification', from: base.classification, to: head.classification },
            effect: compareClassification(base.classification, head.classification),
          }),
        ]),
    ...compareRelationships(base.relationships, head.relationships, { place, of }),
    ...compareQuality(base.quality, head.quality, { place, of }),
    ...compareInside(base, head, { place, of }),
    ...compareWords(base, head, { place, of, known, effects: EFFECTS }),
  ];
}

/** Elements of a list, members of an object, keys and values of a map. */
function compareInside(base: Item, head: Item, { place, of }: Named): readonly Finding[] {
  const [maps, other] = [mapOf(base), mapOf(head)];
  const parts = [
    { path: ['items'], from: base.items, to: head.items },
    { path: ['map', 'key'], from: maps.key, to: other.key },
    { path: ['map', 'value'], from: maps.value, to: other.value },
  ];
  return [
    ...parts.flatMap(({ path, from, to }) => {
      if (!from && !to) return [];
      const [here, said] = [below(place, ...path), `${of}.${path.join('.')}`];
      return compareItem(from ?? {}, to ?? {}, { place: here, of: said, isKey: NO_KEY });
    }),
    ...(base.properties || head.properties
      ? compareColumns(base.properties, head.properties, { place, of })
      : []),
  ];
}

/** `map` of version 3.2. */
function mapOf(item: Item): { readonly key?: Item; readonly value?: Item } {
  const { map } = item as { readonly map?: { readonly key?: Item; readonly value?: Item } };
  return map ?? {};
}

/** The values of `enum` of version 3.2: without one, any. */
function compareEnumerations(base: Item, head: Item, { place, of }: Named): readonly Finding[] {
  const [from, to] = [base, head].map(item => (item as { readonly enum?: readonly unknown[] }).enum);
  if (isSame(from, to)) return [];
  const [before, after] = [from, to].map(list => list?.map(enumValue));
  const effect = effectOf(
    !after || (before?.every(value => after.includes(value)) ?? false),
    !before || (after?.every(value => before.includes(value)) ?? false),
  );
  const difference = {
    as: 'the list of values',
    from: before,
    to: after,
    effect: effect ?? ('reworded' as const),
  };
  return [finding(below(place, 'enum'), of, difference)];
}

function enumValue(entry: unknown): string {
  const isEntry = entry !== null && typeof entry === 'object' && 'value' in entry;
  const value = isEntry ? entry.value : entry;
  return typeof value === 'string' ? value : canonicalJson(value);
}
