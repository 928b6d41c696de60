// A merge queue tests a pull request on top of those queued before it, as one commit. What that commit would bring to main is
// told by git alone: names of branches and messages of commits say nothing about who approved what.
import { ConfigurationError } from '#lib/errors.ts';
import { placesOf } from '#lib/flows/approval.ts';
import { type Host, resolveMain } from '#lib/flows/host.ts';
import type { Pull } from '#lib/forge/forge.ts';
import type { Change, Repository } from '#lib/git/repository.ts';

/**
 * The rollout files between main and the group's commit that the pull request does not change to just that content, sorted.
 * @throws ConfigurationError where git cannot tell.
 */
export async function findUnapproved(
  host: Host,
  { pull, commit }: { readonly pull: Pull; readonly commit: string },
): Promise<readonly string[]> {
  const { forge, repository } = host;
  await forge.bring(pull);
  await repository.bring([commit]);
  const main = await resolveMain(host);
  const base = (await repository.resolve(commit)) && (await repository.mergeBase(main, commit));
  if (!base) {
    throw new ConfigurationError(
      `The commit ${commit.slice(0, 7)} of the merge queue does not stand on main`,
      {
        remedy: 'Queue the pull request again.',
      },
    );
  }
  const own = promotedPaths(await repository.changes(await forge.baseOf(pull), pull.head));
  const brought = promotedPaths(await repository.changes(base, commit));
  const [approved, grouped] = [await blobsAt(repository, pull.head), await blobsAt(repository, commit)];
  return brought.filter(path => !own.includes(path) || approved.get(path) !== grouped.get(path));
}

function promotedPaths(changes: readonly Change[]): readonly string[] {
  const paths = changes.flatMap(({ path, previousPath }) => [path, ...(previousPath ? [previousPath] : [])]);
  return placesOf(paths).map(({ file }) => file);
}

/** Mode and id by path; a file that is gone is in neither. */
async function blobsAt(repository: Repository, commit: string): Promise<ReadonlyMap<string, string>> {
  const files = await repository.listFiles(commit, 'models');
  return new Map(files.map(({ path, id, mode }) => [path, `${mode} ${id}`]));
}
