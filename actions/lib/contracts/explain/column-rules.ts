// What a column promises by its own keys, in words: type, presence, uniqueness, options, allowed values, references.
import { type ExplainedRule, explained, type RulePlace } from '#lib/contracts/explain/explained.ts';
import { explainQuality } from '#lib/contracts/explain/quality-rules.ts';
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import type { Item } from '#lib/contracts/odcs-schema.ts';

const TYPES: Readonly<Record<LogicalType, string>> = {
  string: 'text',
  date: 'a date',
  timestamp: 'a point in time',
  time: 'a time of day',
  number: 'a number',
  integer: 'a whole number',
  object: 'a map of named values',
  array: 'a list',
  boolean: 'true or false',
  map: 'a map of keys to values',
  vector: 'a vector of numbers',
};

/** Each option as what a value does, before its operand. */
const OPTIONS: Readonly<Record<string, string>> = {
  minimum: 'is at least',
  maximum: 'is at most',
  exclusiveMinimum: 'is more than',
  exclusiveMaximum: 'is less than',
  multipleOf: 'is a multiple of',
  minLength: 'has a length of at least',
  maxLength: 'has a length of at most',
  pattern: 'matches',
  format: 'has the format',
  minItems: 'has at least this many elements:',
  maxItems: 'has at most this many elements:',
  uniqueItems: 'has each element once:',
  minProperties: 'has at least this many members:',
  maxProperties: 'has at most this many members:',
  required: 'has the members',
  timezone: 'carries a time zone:',
  defaultTimezone: 'is, without a time zone, in',
  dimensions: 'has this many dimensions:',
  elementType: 'has elements of the type',
  distanceMetric: 'is compared by the distance',
  embeddingModel: 'comes from the model',
  embeddingModelVersion: 'comes from the version',
  normalized: 'has length 1:',
};

/** All rules of one column. */
export function explainColumn(column: Item, place: RulePlace): readonly ExplainedRule[] {
  const name = place.column ?? place.table;
  const { logicalType: type, logicalTypeOptions: options = {} } = column;
  const rules: ExplainedRule[] = [];
  const add = (rule: string, says: string, counts: string): void => {
    const at = rule === 'type' ? ['logicalType'] : rule in options ? ['logicalTypeOptions', rule] : [rule];
    rules.push(explained(place, { rule, says, counts, at }));
  };
  // Of a CSV file any value is text.
  const where = type === 'string' ? ', where files have types' : '';
  if (type) add('type', `${name} is ${TYPES[type]}`, `counts values that are not ${TYPES[type]}${where}`);
  if (column.required || column.primaryKey) {
    const key = column.required ? 'required' : 'primaryKey';
    const at = [key];
    const says = `${name} is never missing`;
    rules.push(explained(place, { rule: 'required', says, counts: `counts rows without ${name}`, at }));
  }
  if (column.unique) add('unique', `no ${name} stands twice`, `counts rows that repeat a ${name}`);
  for (const [option, operand] of Object.entries(options)) {
    const text = Array.isArray(operand) ? operand.map(String).join(', ') : String(operand);
    const says = `${name} ${OPTIONS[option] ?? `keeps ${option}`} ${text}`;
    add(option, says, 'counts values that break this');
  }
  if (column.enum) {
    const values = column.enum.map(({ value }) => JSON.stringify(value)).join(', ');
    add('enum', `${name} is one of ${values}`, 'counts other values');
  }
  return [
    ...rules,
    ...explainQuality(column.quality, { ...place, type }),
    ...explainReferences(column, place),
  ];
}

function explainReferences({ relationships = [] }: Item, place: RulePlace): readonly ExplainedRule[] {
  return relationships.map(({ to }, index) =>
    explained(place, {
      rule: 'relationship',
      says: `each ${place.column} is one of ${[to].flat().join(' and ')}`,
      counts: 'counts rows whose value is not there',
      at: ['relationships', index],
    }),
  );
}
