// Foreign keys that lead nowhere, differ in length, or come back to where they began.
import type { Finding, LintRule } from '#lib/contracts/lint/finding.ts';
import { walkColumns } from '#lib/contracts/lint/walk.ts';
import type { Contract } from '#lib/contracts/odcs.ts';
import { resolveReference } from '#lib/contracts/references.ts';
import type { KeyPath } from '#lib/documents/document.ts';

interface Link {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly path: KeyPath;
  readonly hasFrom: boolean;
}

/** Relationships of tables and columns. */
export const relationships: LintRule = contract => {
  const links = linksOf(contract);
  return [...links.flatMap(link => linkFindings(contract, link)), ...loops(contract, links)];
};

function linksOf(contract: Contract): readonly Link[] {
  const ofTables = (contract.schema ?? []).flatMap(({ relationships: own = [] }, index) =>
    own.map(({ from, to }, i) => ({
      from: [from].flat(),
      to: [to].flat(),
      path: ['schema', index, 'relationships', i],
      hasFrom: true,
    })),
  );
  const ofColumns = walkColumns(contract).flatMap(({ column, table, name, path }) =>
    (column.relationships ?? []).map(({ to }, i) => ({
      from: [`${table.name}.${name}`],
      to: [to].flat(),
      path: [...path, 'relationships', i],
      hasFrom: false,
    })),
  );
  return [...ofTables, ...ofColumns];
}

function linkFindings(contract: Contract, { from, to, path, hasFrom }: Link): readonly Finding[] {
  const nowhere = (key: 'from' | 'to', list: readonly string[]): readonly Finding[] =>
    list.flatMap((reference, index) => {
      if (resolveReference(contract, reference).kind !== 'nowhere') return [];
      const message = `${reference} is no column of this contract`;
      const remedy = 'Write table.column, or /schema/<id>/properties/<id>.';
      const place = list.length > 1 ? [key, index] : [key];
      return [{ rule: 'reference-nowhere', message, remedy, path: [...path, ...place] }];
    });
  const isUneven = from.length !== to.length && (hasFrom || to.length > 1);
  return [
    ...(hasFrom ? nowhere('from', from) : []),
    ...nowhere('to', to),
    ...(isUneven
      ? [
          {
            rule: 'reference-uneven',
            message: `${from.length} columns refer to ${to.length}`,
            remedy: 'Name as many columns on both sides, in the same order.',
            path: [...path, 'to'],
          },
        ]
      : []),
  ];
}

/** A key that refers to itself, over however many steps, says nothing: every value is its own proof. */
function loops(contract: Contract, links: readonly Link[]): readonly Finding[] {
  const next = new Map<string, Set<string>>();
  const keyOf = (list: readonly string[]): string | undefined => {
    const found = list.map(reference => resolveReference(contract, reference));
    return found.every(one => one.kind === 'column') ? found.map(({ name }) => name).join('\n') : undefined;
  };
  const known = links.map(link => ({ link, from: keyOf(link.from), to: keyOf(link.to) }));
  for (const { from, to } of known) {
    if (from === undefined || to === undefined) continue;
    next.set(from, (next.get(from) ?? new Set()).add(to));
  }
  return known.flatMap(({ link, from, to }) => {
    if (from === undefined || to === undefined || !leadsTo(next, to, from)) return [];
    const message =
      from === to ? 'the column refers to itself' : 'the references come back to where they began';
    const remedy = 'Remove one of them: each value would be its own proof.';
    return [{ rule: 'reference-loop', message, remedy, path: [...link.path, 'to'] }];
  });
}

function leadsTo(next: ReadonlyMap<string, ReadonlySet<string>>, start: string, end: string): boolean {
  const seen = new Set([start]);
  for (const key of seen) {
    if (key === end) return true;
    for (const further of next.get(key) ?? []) seen.add(further);
  }
  return false;
}
