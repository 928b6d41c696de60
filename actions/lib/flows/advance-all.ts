// What a schedule does: every rollout that is under way moves on when its pause is over and its guards hold. Pauses that
// wait for a person go on waiting, and what cannot be read holds up no other.
import { ConfigurationError } from '#lib/errors.ts';
import type { ForgeAccess } from '#lib/flows/access.ts';
import { describeProblem } from '#lib/flows/describe-problem.ts';
import { listEnvironments, readEnvironment } from '#lib/flows/environments.ts';
import { type Host, openHost, resolveMain } from '#lib/flows/host.ts';
import { type Advanced, advance } from '#lib/flows/move-rollout.ts';
import { readState } from '#lib/flows/state.ts';
import { openWorkspace } from '#lib/flows/workspace.ts';

export interface AdvanceAllOptions {
  readonly directory: string;
  readonly access?: ForgeAccess | undefined;
  readonly by: string;
  readonly now: () => number;
}

export type Moved = { readonly model: string; readonly environment: string } & (
  | Advanced
  | { readonly outcome: 'refused'; readonly why: string }
);

/** One result for every rollout that is under way; none for those that are complete, held or not accepted. */
export async function advanceAll(options: AdvanceAllOptions): Promise<readonly Moved[]> {
  const host = await openHost(await openWorkspace(options.directory), options.access);
  const main = await resolveMain(host);
  const results: Moved[] = [];
  for (const place of await listEnvironments(host, main)) {
    try {
      if (!(await isUnderWay(host, main, place))) continue;
      results.push({
        ...place,
        ...(await advance({ ...options, ...place, servers: [], isScheduled: true })),
      });
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      results.push({ ...place, outcome: 'refused', why: describeProblem(error) });
    }
  }
  return results;
}

async function isUnderWay(
  host: Host,
  main: string,
  place: { readonly model: string; readonly environment: string },
): Promise<boolean> {
  const state = await readState(host.repository);
  const { intent, progress } = await readEnvironment(host, { main, state }, place);
  if (!intent || progress?.spec.of !== intent.digest) return false;
  return !progress.spec.complete && progress.spec.hold === null;
}
