// The work tree's door. Every question is answered from a scan of names and time stamps, the state index, and, only where
// these do not answer it, from the files themselves.

import { openStateIndex } from '#lib/dvc/state/state-index.ts';
import { createArrivals } from '#lib/dvc/work-tree/arrivals.ts';
import { checkOutContent } from '#lib/dvc/work-tree/checkout.ts';
import { readContent, toHashed } from '#lib/dvc/work-tree/content.ts';
import type { WorkTreeContext, WorkTreeOptions } from '#lib/dvc/work-tree/context.ts';
import { keepContent } from '#lib/dvc/work-tree/keep.ts';
import { besideState, choosePlacement } from '#lib/dvc/work-tree/place-files.ts';
import type { WorkTree } from '#lib/dvc/work-tree/work-tree.ts';

/** More threads than this only wait for the same disk. */
const MOST_THREADS = 8;

export function openWorkTree(options: WorkTreeOptions): WorkTree {
  const { checksumJobs, now, processors = 1, root, stateFile } = options;
  const state = openStateIndex(stateFile, root, now);
  const arrivals = createArrivals({
    beside: besideState(stateFile),
    placementAt: path => choosePlacement(options, path),
  });
  const context: WorkTreeContext = {
    ...options,
    ...{ state, arrivals },
    threads: Math.max(1, checksumJobs ?? Math.min(processors, MOST_THREADS)),
  };
  return {
    arrivals,
    hash: async (path, work) => {
      const content = await readContent(context, path, work);
      return content && toHashed(content, work?.hash);
    },
    keep: async (path, work) => {
      const content = await keepContent(context, path, work);
      return content && toHashed(content);
    },
    checkout: (print, path, work) => checkOutContent(context, { print, path }, work),
    refuseLoss: async (print, path, work) => {
      await checkOutContent(context, { print, path }, { ...work, allowMissing: true, isTrial: true });
    },
    save: () => {
      state.save();
      options.cache.save();
    },
  };
}
