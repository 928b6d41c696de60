// Every rule of a contract in words, in the order of the file: tables with their columns, then service levels.
import { explainColumn } from '#lib/contracts/explain/column-rules.ts';
import { type ExplainedRule, explained, type RulePlace } from '#lib/contracts/explain/explained.ts';
import { explainQuality } from '#lib/contracts/explain/quality-rules.ts';
import { columnsOf } from '#lib/contracts/lint/walk.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import type { ContractTable } from '#lib/contracts/odcs-schema.ts';
import type { KeyPath } from '#lib/documents/document.ts';

/** All rules; ids of several rules of one kind on one column are numbered, as results number them. */
export function explainContract(contract: Contract): readonly ExplainedRule[] {
  return (contract.schema ?? [])
    .flatMap((table, index) => numbered(explainTable(table, ['schema', index])))
    .concat(numbered(explainServiceLevels(contract)));
}

function explainTable(table: ContractTable, path: KeyPath): readonly ExplainedRule[] {
  const place: RulePlace = { table: table.name, path };
  const keys = (table.properties ?? [])
    .filter(({ primaryKey }) => primaryKey)
    .toSorted((a, b) => (a.primaryKeyPosition ?? 0) - (b.primaryKeyPosition ?? 0))
    .map(({ name }) => name);
  return [
    ...columnsOf(table, path).flatMap(({ column, name, path: own }) =>
      explainColumn(column, { table: table.name, column: name, path: own }),
    ),
    ...(keys.length === 0
      ? []
      : [
          explained(place, {
            rule: 'primaryKey',
            says: `${keys.join(' and ')} ${keys.length === 1 ? 'names' : 'together name'} one row only`,
            counts: `counts rows that repeat ${keys.join(' and ')}`,
            at: ['properties'],
          }),
        ]),
    ...explainQuality(table.quality, place),
    ...(table.relationships ?? []).map(({ from, to }, index) =>
      explained(place, {
        rule: 'relationship',
        says: `each ${[from].flat().join(' with ')} is one of ${[to].flat().join(' with ')}`,
        counts: 'counts rows whose values are not there',
        at: ['relationships', index],
      }),
    ),
  ];
}

function explainServiceLevels({ slaProperties = [], id }: Contract): readonly ExplainedRule[] {
  return slaProperties.map(({ property, value, valueExt, unit, element, description }, index) => {
    const text = [value, valueExt, unit].filter(part => part !== undefined && part !== null).join(' ');
    return explained(
      { table: id, path: [] },
      {
        rule: 'sla',
        name: `sla.${property}`,
        says: description ?? `${property} is ${text}${element === undefined ? '' : `, on ${element}`}`,
        counts: `measures ${property}${element === undefined ? '' : ` on ${element}`}`,
        passes: `promised: ${text}`,
        at: ['slaProperties', index],
      },
    );
  });
}

function numbered(rules: readonly ExplainedRule[]): readonly ExplainedRule[] {
  const written = new Set(rules.map(({ id }) => id));
  const used = new Set<string>();
  return rules.map(rule => {
    let { id } = rule;
    for (let n = 2; used.has(id) || (id !== rule.id && written.has(id)); n++) id = `${rule.id}-${n}`;
    used.add(id);
    return { ...rule, id };
  });
}
