// What a commit touches, from git alone: stages, the models they make and who answers for them. Nothing is installed or
// run for it; the command line and the action give the same answer.
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { CODEOWNERS_PATHS, type Codeowners, ownersOf, parseCodeowners } from '#lib/approval/codeowners.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import { findDvcRoot } from '#lib/dvc/repository/find-root.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { type RuledStage, readAffectedStages } from '#lib/flows/affected-stages.ts';
import { affectedBy, readModelInputs } from '#lib/flows/propose.ts';
import { openWorkspace, type Workspace } from '#lib/flows/workspace.ts';
import { openGit } from '#lib/git/binary.ts';
import type { Git } from '#lib/git/git.ts';
import { listModels } from '#lib/registry/read.ts';

export interface AffectedOptions {
  readonly directory: string;
  /** The revision to compare with; the first parent of a merge commit without it. */
  readonly base?: string | undefined;
}

export interface Affected {
  /** Sorted by name. */
  readonly models: readonly string[];
  /** By model: GitHub's CODEOWNERS for its folder, and the owners of its affected stages. */
  readonly modelOwners: Readonly<Record<string, readonly string[]>>;
  /** In the order of work. */
  readonly stages: readonly AffectedStageReport[];
  /** Everybody who answers for a part of it; sorted. */
  readonly owners: readonly string[];
  /** How many paths differ. */
  readonly changed: number;
  readonly base: string;
  /** Whether there are models at all. */
  readonly hasModels: boolean;
}

export interface AffectedStageReport {
  /** From the root: `train` or `pipelines/eta/dvc.yaml:train`. */
  readonly stage: string;
  readonly because: readonly string[];
  readonly owners: readonly string[];
}

/**
 * Finds them.
 * @throws ConfigurationError when there is nothing to compare with.
 */
export async function findAffected({ directory, base }: AffectedOptions): Promise<Affected> {
  const hasModels = existsSync(join(directory, 'models'));
  const root = findDvcRoot(directory) ?? (hasModels ? resolve(directory) : undefined);
  if (root === undefined) return { ...NOTHING, base: base ?? '' };
  const workspace = hasModels ? await openWorkspace(directory) : undefined;
  const git = workspace ? workspace.git : await openGit(root);
  if (!git) {
    throw new ConfigurationError('There is no git repository here', {
      at: { file: root },
      remedy: 'Check the repository out before this step: actions/checkout.',
    });
  }
  const commit = await resolveBase(git, base);
  const changed = await git.changedPaths(commit);
  const ruled = await readAffectedStages({ root: workspace?.root ?? root, git, base: commit, changed });
  const owners = await readOwners(git, commit);
  const models = workspace ? await findModels(workspace, { git, changed, ruled }) : [];
  const stages = ruled.flatMap(one => (one.work.stage ? [toReport(one, { git, owners })] : []));
  const modelOwners = models.map(({ name, stages: own }) => {
    const of = ruled.filter(({ work }) => own.has(work.name)).flatMap(({ rules }) => rules?.owner ?? []);
    const folder = fromTop(git, join(workspace?.root ?? root, 'models', name, 'model.yaml'));
    return [name, unique([...(ownersOf(owners, folder)?.owners ?? []), ...of])] as const;
  });
  return {
    models: models.map(({ name }) => name),
    modelOwners: Object.fromEntries(modelOwners),
    stages,
    owners: unique([...stages.flatMap(one => one.owners), ...modelOwners.flatMap(([, names]) => names)]),
    changed: changed.length,
    base: commit,
    hasModels,
  };
}

const NOTHING = {
  models: [],
  modelOwners: {},
  stages: [],
  owners: [],
  changed: 0,
  hasModels: false,
} as const;

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted();
}

function fromTop(git: Git, path: string): string {
  return relative(git.root, path).split(sep).join('/');
}

interface FoundModel {
  readonly name: string;
  /** Addresses of its affected stages. */
  readonly stages: ReadonlySet<string>;
}

/** Those with a changed path among their inputs, and those whose pipeline has an affected stage. */
async function findModels(
  workspace: Workspace,
  { git, changed, ruled }: { git: Git; changed: readonly string[]; ruled: readonly RuledStage[] },
): Promise<readonly FoundModel[]> {
  const prefix = fromTop(git, workspace.root);
  const own = changed.flatMap(path =>
    prefix === '' ? [path] : path.startsWith(`${prefix}/`) ? [path.slice(prefix.length + 1)] : [],
  );
  const direct = new Set(own.length === 0 ? [] : await affectedBy(workspace, own));
  const found: FoundModel[] = [];
  for (const name of changed.length === 0 ? [] : await listModels(workspace.root)) {
    const [, pipeline = ''] = (await readModelInputs(workspace, name)).paths;
    const folder = join(workspace.root, pipeline);
    const stages = ruled.filter(({ work }) => work.stage && dirname(work.file) === folder);
    if (stages.length === 0 && !direct.has(name)) continue;
    found.push({ name, stages: new Set(stages.map(({ work }) => work.name)) });
  }
  return found;
}

function toReport(
  { work, because, rules }: RuledStage,
  { git, owners }: { readonly git: Git; readonly owners: Codeowners },
): AffectedStageReport {
  const declared = rules?.owner === undefined ? [] : [rules.owner];
  const code = ownersOf(owners, fromTop(git, work.file))?.owners ?? [];
  return { stage: work.name, because, owners: unique([...declared, ...code]) };
}

/** The base's, since a change may not choose who answers for it. */
async function readOwners(git: Git, commit: string): Promise<Codeowners> {
  for (const path of CODEOWNERS_PATHS) {
    const bytes = await git.readFile(commit, path);
    if (bytes) return parseCodeowners(Buffer.from(bytes).toString('utf8'));
  }
  return parseCodeowners('');
}

/** A pull request's merge commit has the base as its first parent; it is there in the shallowest clone. */
async function resolveBase(git: Git, asked: string | undefined): Promise<string> {
  const isMerge = (await git.resolve('HEAD^2')) !== undefined;
  const name = asked ?? (isMerge ? 'HEAD^1' : undefined);
  const commit = name && (await git.resolve(name));
  const head = await git.resolve('HEAD');
  if (commit && head && asked === undefined) return commit;
  const mergeBase = commit && head && (await git.mergeBase(commit, head));
  if (mergeBase) return mergeBase;
  throw await explainNoBase(git.root, { asked, isThere: commit !== undefined });
}

interface NoBase {
  readonly asked: string | undefined;
  readonly isThere: boolean;
}

/** More history helps only where some was left out. */
async function explainNoBase(root: string, { asked, isThere }: NoBase): Promise<ConfigurationError> {
  const deeper = 'Give actions/checkout a fetch-depth of 2 for pull requests and of 0 for everything else.';
  if (asked === undefined) {
    return new ConfigurationError('HEAD is no merge commit, so there is nothing to compare with', {
      remedy: deeper,
    });
  }
  const { isShallow, listNames } = await import('#lib/git/branches.ts');
  const [isCut, names] = await Promise.all([isShallow(root), listNames(root)]);
  const near = isThere ? undefined : nearestWord(asked, names);
  const meant = near === undefined ? [] : [`Did you mean ${near}?`];
  if (isCut) {
    const what = isThere ? `The commit that this branch and ${asked} have in common` : `The base ${asked}`;
    return new ConfigurationError(`${what} is not in this clone, which is shallow`, {
      remedy: [...meant, deeper].join(' '),
    });
  }
  if (isThere) {
    return new ConfigurationError(`This branch and ${asked} have no commit in common`, {
      remedy: 'Choose a base that this branch came from.',
    });
  }
  return new ConfigurationError(`There is no branch, tag or commit ${asked} here`, {
    remedy: meant[0] ?? `Name one that is here, or fetch it: git fetch origin ${asked}`,
  });
}
