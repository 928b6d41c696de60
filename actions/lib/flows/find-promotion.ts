// Which commits brought the version that a rollout has now, and how main's tree reads without them.
import { ConfigurationError } from '#lib/errors.ts';
import type { Host } from '#lib/flows/host.ts';
import type { Commit, Repository } from '#lib/git/repository.ts';
import { type Intent, readRollout, rolloutPath } from '#lib/rollout/intent.ts';

/** All commits since the one that brought the version there is now, newest first, and the rollout before them. */
export async function findPromotion(
  { repository }: Host,
  main: string,
  {
    model,
    environment,
    intent,
  }: Readonly<Record<'model' | 'environment', string>> & { readonly intent: Intent },
): Promise<{ readonly commits: readonly Commit[]; readonly old: Intent | undefined }> {
  const file = rolloutPath(model, environment);
  const commits: Commit[] = [];
  for (const commit of await repository.history(main, { paths: [file], firstParent: true })) {
    commits.push(commit);
    const [parent] = commit.parents;
    const before = parent === undefined ? undefined : await repository.readFile(parent, file);
    if (!before) return { commits, old: undefined };
    const old = readBefore(Buffer.from(before).toString(), { file, model, environment });
    if (old && old.rollout.spec.version !== intent.rollout.spec.version) return { commits, old };
  }
  return { commits, old: undefined };
}

/** A file that was broken for a while says nothing of who served. */
function readBefore(text: string, place: Parameters<typeof readRollout>[1]): Intent | undefined {
  try {
    return readRollout(text, place);
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

/** @returns main's tree without what these commits did, newest first. */
export async function revertAll(
  repository: Repository,
  main: string,
  commits: readonly Commit[],
): Promise<string> {
  let tree = main;
  for (const { id, parents } of commits) {
    const merged = await repository.mergeTrees({ base: id, ours: tree, theirs: parents[0] ?? id });
    if ('conflicts' in merged) {
      throw new ConfigurationError(
        `Reverting ${id.slice(0, 7)} conflicts in ${merged.conflicts.join(', ')}`,
        { remedy: `Revert it by hand: git revert ${id.slice(0, 7)}` },
      );
    }
    tree = merged.tree;
  }
  return tree;
}
