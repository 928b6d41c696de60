// `dvc pull`: fetch, then checkout of the same targets.
import type { Arrivals } from '#lib/dvc/work-tree/work-tree.ts';
import { type CheckoutSummary, checkoutIndex } from '#lib/flows/dvc/checkout.ts';
import { withLock } from '#lib/flows/dvc/locked.ts';
import { openDvcRepository } from '#lib/flows/dvc/open.ts';
import { isWorkTreeAlone } from '#lib/flows/dvc/revisions.ts';
import { type TransferRequest, type TransferSummary, transferAll } from '#lib/flows/dvc/transfer.ts';

export interface PullRequest extends TransferRequest {
  /** Throws away what is in the way and not in the cache. */
  readonly force?: boolean | undefined;
  readonly allowMissing?: boolean | undefined;
}

export interface PullSummary {
  readonly fetched: TransferSummary;
  /** Undefined when something that is at the remote did not arrive: nothing was checked out then. */
  readonly checkedOut: CheckoutSummary | undefined;
}

/** @throws CheckoutConflict for files that would be lost; what was fetched stays in the cache */
export async function pullData(request: PullRequest): Promise<PullSummary> {
  const repository = await openDvcRepository(request);
  return withLock(repository.root, request, async () => {
    const { arrivals } = repository.workTree;
    const pull = async (arrivals?: Arrivals): Promise<PullSummary> => {
      const fetched = await transferAll(repository, request, 'fetch', arrivals);
      if (fetched.failed.length > 0) return { fetched, checkedOut: undefined };
      return { fetched, checkedOut: await checkoutIndex(repository, await repository.readIndex(), request) };
    };
    try {
      const first = await pull(isWorkTreeAlone(request) ? arrivals : undefined);
      // What the checkout found damaged in the cache it has removed, so that it can be fetched.
      const isDamaged = first.fetched.missing.length === 0 && (first.checkedOut?.failed.length ?? 0) > 0;
      return isDamaged ? addPulls(first, await pull()) : first;
    } finally {
      arrivals.close();
      repository.workTree.save();
    }
  });
}

/** What two pulls did, one after the other; what stays undone the second tells. */
function addPulls(first: PullSummary, { fetched, checkedOut }: PullSummary): PullSummary {
  const { transferred, bytes } = first.fetched;
  return {
    fetched: { ...fetched, transferred: transferred + fetched.transferred, bytes: bytes + fetched.bytes },
    checkedOut: checkedOut && first.checkedOut && addCheckouts(first.checkedOut, checkedOut),
  };
}

function addCheckouts(first: CheckoutSummary, second: CheckoutSummary): CheckoutSummary {
  const paths = (change: 'added' | 'modified' | 'deleted') => [
    ...new Set([...first[change], ...second[change]]),
  ];
  return {
    ...{ added: paths('added'), modified: paths('modified'), deleted: paths('deleted') },
    files: {
      added: first.files.added + second.files.added,
      modified: first.files.modified + second.files.modified,
      deleted: first.files.deleted + second.files.deleted,
    },
    failed: second.failed,
  };
}
