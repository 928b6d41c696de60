// The revisions that a verb looks at: the work tree and, by DVC's options, branches, tags or all commits. Names of the same
// commit are one revision, as in DVC.
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import type { Source } from '#lib/dvc/repository/source.ts';
import { readGit } from '#lib/git/command.ts';

/** How DVC names the work tree where there are other revisions beside it. */
export const WORKSPACE = 'workspace';

export interface RevisionScope {
  readonly allBranches?: boolean | undefined;
  readonly allTags?: boolean | undefined;
  readonly allCommits?: boolean | undefined;
}

export interface NamedRevision {
  /** Names joined by commas. */
  readonly name: string;
  /** Undefined for the work tree. */
  readonly commit: string | undefined;
}

/** True where no revision but the work tree is looked at. */
export function isWorkTreeAlone({ allBranches, allTags, allCommits }: RevisionScope): boolean {
  return !(allBranches || allTags || allCommits);
}

/** The work tree first; alone it has no name. */
export async function listRevisions(
  { gitRoot }: DvcRepository,
  scope: RevisionScope,
): Promise<readonly NamedRevision[]> {
  const { allBranches, allTags, allCommits } = scope;
  if (isWorkTreeAlone(scope)) return [{ name: '', commit: undefined }];
  const workspace = { name: WORKSPACE, commit: undefined };
  if (gitRoot === undefined) return [workspace];
  if (allCommits) {
    const commits = await lines(gitRoot, ['rev-list', '--all']);
    return [workspace, ...commits.map(commit => ({ name: commit, commit }))];
  }
  const refs = [
    ...(allBranches ? await listRefs(gitRoot, 'refs/heads/') : []),
    ...(allTags ? await listRefs(gitRoot, 'refs/tags/') : []),
  ];
  const byCommit = Map.groupBy(refs, ({ commit }) => commit);
  const named = [...byCommit].map(([commit, same]) => ({
    name: [...new Set(same.map(({ name }) => name))].join(','),
    commit,
  }));
  return [workspace, ...named];
}

async function listRefs(
  gitRoot: string,
  prefix: string,
): Promise<readonly { readonly name: string; readonly commit: string }[]> {
  const found = await lines(gitRoot, [
    'for-each-ref',
    '--format=%(refname) %(objectname) %(*objectname)',
    prefix,
  ]);
  return found.map(line => {
    const [ref = '', id = '', peeled = ''] = line.split(' ');
    return { name: ref.slice(prefix.length), commit: peeled || id };
  });
}

async function lines(gitRoot: string, args: readonly string[]): Promise<readonly string[]> {
  return (await readGit(gitRoot, args)).split('\n').filter(Boolean);
}

/** The files of a revision as the user names it; `workspace` is the work tree. */
export async function sourceOf(repository: DvcRepository, revision: string): Promise<Source> {
  return revision === WORKSPACE || revision === '' ? repository.source : repository.sourceAt(revision);
}

/** False where no commit exists yet, so that there is nothing to compare with. */
export async function hasCommits({ gitRoot }: DvcRepository): Promise<boolean> {
  if (gitRoot === undefined) return false;
  return (await lines(gitRoot, ['rev-list', '--all', '--max-count=1'])).length > 0;
}
