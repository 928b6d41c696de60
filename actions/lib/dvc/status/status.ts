// What `dvc status` says of a stage or .dvc file, as facts that are DVC's own words in JSON.

/** Of a file or folder; dependencies are never `not in cache`, and only imports have updates. */
export type PathChange = 'modified' | 'deleted' | 'new' | 'not in cache' | 'update available';
export type ParamChange = 'modified' | 'deleted' | 'new';

/** By path as the user sees it; of a parameters file by parameter, unless the whole file is meant. */
export type Changes = ReadonlyMap<string, PathChange | ReadonlyMap<string, ParamChange>>;

export type StatusItem =
  | { readonly kind: 'changed deps' | 'changed outs'; readonly changes: Changes }
  | { readonly kind: 'always changed' | 'changed command' | 'changed checksum' };

/** A stage that differs from what is recorded of it, at least in one way. */
export interface StageStatus {
  /** As DVC names the stage from the user's folder. */
  readonly address: string;
  readonly items: readonly StatusItem[];
}

/** The `--json` of `dvc status`. */
export function statusToJson(stages: readonly StageStatus[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(stages.map(({ address, items }) => [address, items.map(itemToJson)]));
}

function itemToJson(item: StatusItem): unknown {
  if (!('changes' in item)) return item.kind;
  const changes = [...item.changes].map(([path, change]) => [
    path,
    typeof change === 'string' ? change : Object.fromEntries(change),
  ]);
  return { [item.kind]: Object.fromEntries(changes) };
}
