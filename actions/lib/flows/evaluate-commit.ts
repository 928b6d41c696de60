// Evaluates models of a commit as it is, whatever the work tree holds: contract, stages from the cache, gates against
// the champion of now. What release and the check of a pull request have in common.
import type { Base } from '#lib/flows/base.ts';
import { clearCheckouts, withCheckout } from '#lib/flows/checkout.ts';
import type { Host } from '#lib/flows/host.ts';
import { openMeasurements } from '#lib/flows/judging/measurements.ts';
import { acquireLock } from '#lib/flows/lock.ts';
import type { Tell } from '#lib/flows/progress.ts';
import { proposeModel } from '#lib/flows/propose-model.ts';
import type { State } from '#lib/flows/state.ts';
import { findReferences } from '#lib/flows/versions.ts';
import { vocabulary } from '#lib/flows/vocabulary.ts';
import type { Workspace } from '#lib/flows/workspace.ts';
import type { Git } from '#lib/git/git.ts';
import type { Repository } from '#lib/git/repository.ts';
import type { Proposal } from '#lib/registry/proposal.ts';
import { readModel } from '#lib/registry/read.ts';

/** What a command that evaluates is given. */
export interface RunOptions {
  readonly threads: number;
  readonly tell: Tell;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** A commit written out, ready to be evaluated. */
export interface OpenedCommit {
  readonly workspace: Workspace;
  readonly commit: string;
  /** Evaluates one model against the champion that this state names. */
  evaluate(name: string, against: { readonly state: State; readonly main: string }): Promise<Evaluated>;
}

export interface Evaluated {
  readonly proposal: Proposal;
  /** The registered version it was held against. */
  readonly against: string | null;
}

/**
 * Writes a commit out under the work tree's lock and hands it over.
 * @param base what changes are told against.
 */
export async function withCommit<Result>(
  { host, workspace, command }: { host: Host; workspace: Workspace; command: string },
  { commit, base }: { readonly commit: string; readonly base: Base | null },
  options: RunOptions,
  work: (opened: OpenedCommit) => Promise<Result>,
): Promise<Result> {
  const unlock = await acquireLock(workspace.lock, command);
  try {
    await clearCheckouts(workspace);
    const measurements = await openMeasurements(workspace.measurements);
    return await withCheckout(workspace, { source: host.repository, commit }, async (root, top) => {
      const scratch = { ...workspace, root, git: asGit(host.repository, top) };
      return work({
        workspace: scratch,
        commit,
        evaluate: async (name, against) => {
          const model = (await readModel(root, name, vocabulary)).value;
          const references = await findReferences(host, model, against);
          const run = { ...options, workspace: scratch, measurements, base, ...references, force: false };
          const proposal = await proposeModel(name, run);
          await measurements.save();
          return {
            proposal: inRepository(proposal, root),
            against: references.registered?.record.metadata.version ?? null,
          };
        },
      });
    });
  } finally {
    await unlock();
  }
}

/** The checkout's history is the host's; nothing differs between a checkout and its commit. */
function asGit(repository: Repository, root: string): Git {
  const { resolve, mergeBase, readFile, listFiles, readBlobs, writeTree } = repository;
  return {
    root,
    resolve,
    mergeBase,
    readFile,
    listFiles,
    readBlobs,
    writeTree,
    branch: async () => undefined,
    changedPaths: async () => [],
    untrackedPaths: async () => [],
  };
}

/** A gate's reason may name a file of the checkout: people know it by its path in the repository. */
function inRepository(proposal: Proposal, root: string): Proposal {
  const text = JSON.stringify(proposal);
  const prefix = JSON.stringify(`${root}/`).slice(1, -1);
  return text.includes(prefix) ? (JSON.parse(text.replaceAll(prefix, '')) as Proposal) : proposal;
}
