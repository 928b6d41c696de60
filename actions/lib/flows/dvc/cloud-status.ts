// `dvc status --cloud`: what the cache has and the remotes have not, and the other way round.
import { compareText } from '#lib/documents/canonical.ts';
import { compareWithRemote, type RemoteState } from '#lib/dvc/remotes/compare.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';
import { collectWanted, type ObjectScope, showPath, withRemote } from '#lib/flows/dvc/transfer.ts';

export type { RemoteState };

export interface CloudStatusRequest extends OpenOptions, ObjectScope {
  readonly jobs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CloudStatus {
  /** The remote that outputs without one of their own were compared with. */
  readonly remote: string;
  /** By path as the user may type it, sorted; what both sides have is left out. */
  readonly states: ReadonlyMap<string, RemoteState>;
}

/** @throws ConfigurationError as push does, such as for a remote that does not exist */
export async function cloudStatus(request: CloudStatusRequest): Promise<CloudStatus> {
  const repository = await openDvcRepository(request);
  const { wanted } = await collectWanted(repository, request, 'push');
  const states: (readonly [string, RemoteState])[] = [];
  for (const [remote, own] of Map.groupBy(wanted, one => one.remote ?? request.remote)) {
    const found = await withRemote(repository, { request, remote }, options =>
      compareWithRemote(own, options),
    );
    for (const [path, state] of found) states.push([showPath(path, repository.directory), state]);
  }
  return {
    remote: request.remote ?? repository.config.defaultRemote ?? '',
    states: new Map(states.sort(([a], [b]) => compareText(a, b))),
  };
}
