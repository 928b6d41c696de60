// Two versions of a data contract, compared promise by promise and told from both sides. Pure: the same contracts give the
// same changes, whatever the order of their lists.
import {
  below,
  type Change,
  type Finding,
  finding,
  type Place,
  VERDICTS,
} from '#lib/contracts/changes/change.ts';
import { compareColumns, compareNames, pairElements } from '#lib/contracts/changes/columns.ts';
import { compareQuality } from '#lib/contracts/changes/quality.ts';
import { compareStatus } from '#lib/contracts/changes/ranks.ts';
import { compareRelationships } from '#lib/contracts/changes/relationships.ts';
import { comparePrice, compareRoles, compareServers } from '#lib/contracts/changes/servers.ts';
import { compareServiceLevels } from '#lib/contracts/changes/service-levels.ts';
import { compareWords } from '#lib/contracts/changes/words.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import type { ContractTable } from '#lib/contracts/odcs-schema.ts';
import { compareText } from '#lib/documents/canonical.ts';
import type { CheckedDocument } from '#lib/documents/read.ts';

const ROOT: Place = { path: '', base: [], head: [], columns: [] };

/** Everything that differs but the version itself, worst for the consumer first, then by path. */
export function compareContracts(
  base: CheckedDocument<Contract>,
  head: CheckedDocument<Contract>,
): readonly Change[] {
  const findings = [
    ...compareTables(base.value, head.value),
    ...compareServers(base.value, head.value, ROOT),
    ...compareServiceLevels(base.value, head.value, ROOT),
    ...compareRoles(base.value.roles, head.value.roles, ROOT),
    ...comparePrice(base.value, head.value, ROOT),
    ...compareHead(base.value, head.value),
  ];
  return findings
    .map(({ base: before, head: after, ...rest }) => ({
      ...rest,
      ...VERDICTS[rest.effect],
      at: rest.to === null ? base.locateKey(before) : head.locateKey(after),
    }))
    .toSorted(byWorst);
}

const WORST = { major: 0, minor: 1, patch: 2 } as const;

function byWorst(a: Change, b: Change): number {
  return (
    WORST[a.consumer] - WORST[b.consumer] ||
    WORST[a.producer] - WORST[b.producer] ||
    compareText(a.path, b.path) ||
    compareText(a.what, b.what)
  );
}

function compareHead(base: Contract, head: Contract): readonly Finding[] {
  const status =
    base.status === head.status
      ? []
      : [
          finding(below(ROOT, 'status'), '', {
            ...{ as: 'the status', from: base.status, to: head.status },
            effect: compareStatus(base.status, head.status),
          }),
        ];
  const words = compareWords(base, head, {
    place: ROOT,
    of: 'the contract',
    known: ['version', 'status', 'schema', 'servers', 'slaProperties', 'roles', 'price'],
    effects: { id: 'reworked', slaDefaultElement: 'reworked' },
  });
  return [...status, ...words];
}

function compareTables(base: Contract, head: Contract): readonly Finding[] {
  return pairElements(base.schema, head.schema).flatMap(({ base: old, head: now }): readonly Finding[] => {
    const table = now?.item ?? old?.item;
    if (!table) return [];
    const place: Place = {
      path: table.name,
      base: ['schema', old?.index ?? 0],
      head: ['schema', now?.index ?? 0],
      columns: [],
    };
    if (old && now) return compareTable(old.item, now.item, place);
    const what = `the table ${table.name} is ${now ? 'new' : 'gone'}`;
    const effect = now ? 'tightened' : 'loosened';
    return [{ ...place, what, from: old?.item ?? null, to: now?.item ?? null, effect }];
  });
}

function compareTable(base: ContractTable, head: ContractTable, place: Place): readonly Finding[] {
  const [at, of] = [place, head.name];
  return [
    ...compareNames(base, head, { place, of }),
    ...compareColumns(base.properties, head.properties, { place, of }),
    ...compareRelationships(base.relationships, head.relationships, { place, of }),
    ...compareQuality(base.quality, head.quality, { place, of }),
    ...compareWords(base, head, {
      place: at,
      of,
      known: ['name', 'physicalName', 'properties', 'relationships', 'quality'],
      effects: { physicalType: 'noted', dataGranularityDescription: 'noted' },
    }),
  ];
}
