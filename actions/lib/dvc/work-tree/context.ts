// What the verbs of a work tree share: where things lie, how they are to be done, and what is known already.

import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import type { Ignore } from '#lib/dvc/scan/ignore.ts';
import type { StateIndex } from '#lib/dvc/state/state-index.ts';
import type { StagedArrivals } from '#lib/dvc/work-tree/arrivals.ts';
import type { LinkType } from '#lib/dvc/work-tree/work-tree.ts';

export interface WorkTreeOptions {
  /** Absolute; the folder that holds `.dvc`. */
  readonly root: string;
  readonly cache: ObjectCache;
  /** Tried in order. */
  readonly linkTypes: readonly LinkType[];
  /** Absolute; temporary files lie beside it. */
  readonly stateFile: string;
  readonly ignore: Ignore;
  /** Threads to hash with; undefined lets us choose by the number of processors. */
  readonly checksumJobs?: number | undefined;
  /** How many processors there are. */
  readonly processors?: number | undefined;
  /** `cache.shared = group`. */
  readonly shared?: boolean | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly umask: number;
}

export interface WorkTreeContext extends WorkTreeOptions {
  readonly arrivals: StagedArrivals;
  readonly state: StateIndex;
  readonly threads: number;
}
