// `dvc pull`: fetch, then checkout of the same targets.
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
    try {
      const fetched = await transferAll(
        repository,
        request,
        'fetch',
        isWorkTreeAlone(request) ? arrivals : undefined,
      );
      if (fetched.failed.length > 0) return { fetched, checkedOut: undefined };
      return { fetched, checkedOut: await checkoutIndex(repository, await repository.readIndex(), request) };
    } finally {
      arrivals.close();
      repository.workTree.save();
    }
  });
}
