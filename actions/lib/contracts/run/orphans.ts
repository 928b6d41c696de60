// How many rows refer to nothing. What is known of a file holds as long as the other table is the same, so that its hash
// is part of the question.
import type { DataPart } from '#lib/contracts/data/data.ts';
import { contentOf } from '#lib/contracts/run/ask.ts';
import { columnsOf } from '#lib/contracts/run/begin.ts';
import type { Partials } from '#lib/contracts/run/partials.ts';
import type { OpenReference } from '#lib/contracts/run/reference.ts';
import { formsOf, type KeySide, orphansQuery } from '#lib/contracts/sql/orphans.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';

/** So many files one statement reads. */
const MOST_FILES = 50;

/** A foreign key of this table: its columns, and what they refer to. */
export interface Referring {
  readonly names: readonly string[];
  readonly reference: OpenReference;
}

/** One side of a key. Undefined for a file without one of its columns: no row of it has a whole key. */
export function sideOf(part: DataPart, names: readonly string[]): KeySide | undefined {
  const columns = columnsOf(part);
  return names.every(name => columns.has(name)) ? { relation: part.relation, columns, names } : undefined;
}

/** The files that are referred to. */
export function referredSides({ parts, names }: OpenReference): readonly KeySide[] {
  return parts.flatMap(part => sideOf(part, names) ?? []);
}

/** Rows over all files whose key is none of the other table. */
export async function countOrphans(
  parts: readonly DataPart[],
  { names, reference }: Referring,
  { engine, partials }: { readonly engine: SqlEngine; readonly partials: Partials },
): Promise<number> {
  const to = referredSides(reference);
  const digests: string[] = [];
  for (const part of reference.parts) digests.push(await contentOf(part));
  const questionOf = (side: KeySide) => ({
    orphans: orphansQuery({
      from: [{ ...side, relation: 'data' }],
      to: to.map(one => ({ ...one, relation: 'reference' })),
    }),
    digests,
  });
  let total = 0;
  const open = new Map<string, { readonly part: DataPart; readonly side: KeySide }[]>();
  for (const part of parts) {
    const side = sideOf(part, names);
    if (!side) continue;
    const known = partials.isEmpty ? undefined : partials.get(await contentOf(part), questionOf(side));
    if (typeof known === 'number') {
      total += known;
      continue;
    }
    const forms = formsOf(side, to).join();
    const alike = open.get(forms) ?? [];
    open.set(forms, alike);
    alike.push({ part, side });
  }
  for (const batch of [...open.values()].flatMap(inBatches)) {
    const [row = {}] = await engine.query(orphansQuery({ from: batch.map(({ side }) => side), to }));
    for (const [i, { part, side }] of batch.entries()) {
      const found = Number(row[`n${i}`]);
      total += found;
      partials.put(await contentOf(part), questionOf(side), found);
    }
  }
  return total;
}

function inBatches<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / MOST_FILES) }, (_, i) =>
    items.slice(i * MOST_FILES, (i + 1) * MOST_FILES),
  );
}
