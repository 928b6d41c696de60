// The rules of values within values, of any depth: each is planned as if its value were a column, and then led there.
import type { Begin, Check, Condition, Measure, Step } from '#lib/contracts/check.ts';
import { holdsPrivate, isPrivate, isRequired, nameOf } from '#lib/contracts/column.ts';
import type { Column, Item } from '#lib/contracts/odcs-schema.ts';
import { type ColumnContext, planColumn, typeConditions } from '#lib/contracts/plan-column.ts';
import type { KeyPath } from '#lib/documents/document.ts';

/** One value within another. */
interface Inner {
  /** The word after the dot in ids. */
  readonly word: string;
  readonly step: Step;
  readonly item: Item;
  /** From the outer value's place in the contract. */
  readonly path: KeyPath;
}

function innerOf({ items, properties = [], map }: Item): readonly Inner[] {
  return [
    ...properties.map((item, i): Inner => {
      const step: Step = { kind: 'member', name: nameOf(item) };
      return { word: item.name, step, item, path: ['properties', i] };
    }),
    ...(items ? [{ word: 'items', step: { kind: 'items' }, item: items, path: ['items'] } as const] : []),
    ...(map
      ? ([
          { word: 'key', step: { kind: 'keys' }, item: map.key, path: ['map', 'key'] },
          { word: 'value', step: { kind: 'values' }, item: map.value, path: ['map', 'value'] },
        ] as const)
      : []),
  ];
}

/** An outer value. */
interface Outer {
  /** The column that it is in, as the data calls it. */
  readonly top: string;
  /** Its own, for people: `address.geo`. */
  readonly name: string;
  /** True where it, or what it is in, may not be shown. */
  readonly isPrivate: boolean;
}

/** All rules within a column. Of a text file none: its type check is skipped with the reason already. */
export function planNested(column: Column, begin: Begin, context: ColumnContext): readonly Check[] {
  if (context.isText) return [];
  const name = nameOf(column);
  return planWithin(column, { top: name, name, isPrivate: isPrivate(column) }, { begin, context });
}

interface Planning {
  /** Begins a rule of the outer value. */
  readonly begin: Begin;
  readonly context: ColumnContext;
}

function planWithin(item: Item, outer: Outer, { begin, context }: Planning): readonly Check[] {
  return innerOf(item).flatMap(inner => {
    const name = `${outer.name}.${inner.word}`;
    const isHidden = outer.isPrivate || isPrivate(inner.item);
    const isMember = inner.step.kind === 'member';
    const own: Begin = (rule, { name: word = rule, path, measure, ...part }) =>
      begin(rule, {
        ...part,
        name: `${inner.word}.${word}`,
        path: [...inner.path, ...path],
        measure: lead(measure, { top: outer.top, step: inner.step }),
        // Members are shown by themselves, elements only with all that is beside them.
        isPrivate:
          isHidden || (part.isPrivate ?? holdsPrivate(inner.item)) || (!isMember && holdsPrivate(item)),
      });
    const column: Column = { ...inner.item, name, physicalName: undefined };
    return [
      ...planPresent(inner, { ...outer, name }, begin),
      ...planColumn(column, own, context),
      ...planRelationships(column, own),
      ...planWithin(inner.item, { top: outer.top, name, isPrivate: isHidden }, { begin: own, context }),
    ];
  });
}

function planPresent({ word, step, path }: Inner, { top, name, isPrivate }: Outer, begin: Begin) {
  if (step.kind !== 'member') return [];
  const condition: Condition = { kind: 'lacks-member', column: top, name: step.name };
  return [
    begin('present', {
      name: `${word}.present`,
      path: [...path, 'name'],
      says: `there is a place for ${name}`,
      measure: { kind: 'rows-where', condition },
      isPrivate,
    }),
  ];
}

function planRelationships({ name, relationships = [] }: Column, begin: Begin): readonly Check[] {
  return relationships.map((_, i) =>
    begin('relationship', {
      path: ['relationships', i],
      says: `${name} refers to another table`,
      measure: { kind: 'skipped', reason: 'foreign keys within nested values are not checked' },
    }),
  );
}

/** Where a rule of a value is led to. */
interface Way {
  readonly top: string;
  readonly step: Step;
}

/** A measure of a value as that of what the step leads to. */
function lead(measure: Measure, way: Way): Measure {
  switch (measure.kind) {
    case 'rows-where':
      return { kind: 'rows-where', condition: leadCondition(measure.condition, way) };
    case 'duplicates':
      return skipped('whether values within others stand twice is not checked');
    case 'statistic':
      return skipped('statistics of values within others are not measured');
    case 'query':
    case 'orphans':
      return skipped('a rule of this kind is not checked within nested values');
    default:
      return measure;
  }
}

function skipped(reason: string): Measure {
  return { kind: 'skipped', reason };
}

function leadCondition(condition: Condition, way: Way): Condition {
  if (condition.kind === 'any')
    return { ...condition, conditions: condition.conditions.map(one => leadCondition(one, way)) };
  return { ...condition, column: way.top, steps: [way.step, ...(condition.steps ?? [])] };
}

/** Conditions of a row with a value of the wrong type, or without a required one, within a column. */
export function nestedConditions(
  column: Column,
  isText: boolean,
): { readonly wrongTypes: readonly Condition[]; readonly missing: readonly Condition[] } {
  const top = nameOf(column);
  const of = (item: Item): { wrongTypes: readonly Condition[]; missing: readonly Condition[] } => {
    const each = innerOf(item).map(({ item: inner, step }) => {
      const deeper = of(inner);
      const types = typeConditions({ ...inner, name: top, physicalName: undefined }, isText);
      const absent: readonly Condition[] = isRequired(inner)
        ? [{ kind: 'missing', column: top, words: [] }]
        : [];
      const led = (all: readonly Condition[]) => all.map(one => leadCondition(one, { top, step }));
      return {
        wrongTypes: led([...types, ...deeper.wrongTypes]),
        missing: led([...absent, ...deeper.missing]),
      };
    });
    return {
      wrongTypes: each.flatMap(({ wrongTypes }) => wrongTypes),
      missing: each.flatMap(({ missing }) => missing),
    };
  };
  return isText ? { wrongTypes: [], missing: [] } : of(column);
}
