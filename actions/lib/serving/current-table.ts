// Which table is current, and which old ones still have requests. A swap never takes a model away under a request: a
// model may be closed only when no table that is current or held reaches it.
import { EMPTY_TABLE, type LoadedModel, loadedModels, type ServingTable } from '#lib/serving/table.ts';

/** A table that stays whole until it is released. */
export interface HeldTable {
  readonly table: ServingTable;
  /** Holds the same table once more, for what goes on after this holder has ended. */
  again(): HeldTable;
  /** To be called exactly once. */
  release(): void;
}

export interface CurrentTable {
  current(): ServingTable;
  /** The current table, kept for one request. */
  hold(): HeldTable;
  /** Every request that begins after this sees the new table. */
  swap(next: ServingTable): void;
  /** Models of the current table, and of old ones with requests. */
  reachable(): ReadonlySet<LoadedModel>;
}

interface Entry {
  readonly table: ServingTable;
  holders: number;
}

/** @param onRetired is told when an old table has had its last request, so that fewer models may be reachable */
export function createCurrentTable(onRetired: () => void = () => undefined): CurrentTable {
  let entry: Entry = { table: EMPTY_TABLE, holders: 0 };
  const old = new Set<Entry>();

  const hold = (held: Entry): HeldTable => {
    held.holders++;
    const release = (): void => {
      held.holders--;
      if (held.holders === 0 && old.delete(held)) onRetired();
    };
    return { table: held.table, again: () => hold(held), release };
  };

  return {
    current: () => entry.table,
    hold: () => hold(entry),
    swap: next => {
      const before = entry;
      entry = { table: next, holders: 0 };
      if (before.holders > 0) old.add(before);
      else onRetired();
    },
    reachable: () => new Set([entry, ...old].flatMap(({ table }) => [...loadedModels(table)])),
  };
}
