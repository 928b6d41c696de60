// `dvc pull`: fetch, then checkout of the same targets.
import { type CheckoutSummary, checkout } from '#lib/flows/dvc/checkout.ts';
import { fetchData, type TransferRequest, type TransferSummary } from '#lib/flows/dvc/transfer.ts';

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
  const fetched = await fetchData(request);
  if (fetched.failed.length > 0) return { fetched, checkedOut: undefined };
  const { targets, withDeps, recursive, force, allowMissing, signal } = request;
  const checkedOut = await checkout({
    ...request,
    ...{ targets, withDeps, recursive, force, allowMissing, signal },
  });
  return { fetched, checkedOut };
}
