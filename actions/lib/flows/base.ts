// What a proposal is held against: the commit that main stood at when the work began, and what it says of the model.
import { relative } from 'node:path';
import { parseDocumentText } from '#lib/documents/document.ts';
import { checkDocument } from '#lib/documents/read.ts';
import { type Lock, parseLock } from '#lib/dvc/lock/lock.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { Workspace } from '#lib/flows/workspace.ts';
import type { Git } from '#lib/git/git.ts';
import { type Model, modelSchema } from '#lib/registry/model.ts';
import { modelPath } from '#lib/registry/read.ts';

export interface Base {
  /** The name it was found by, such as origin/main. */
  readonly name: string;
  readonly commit: string;
}

/** Where main is looked for, in order. */
const MAIN_NAMES = ['origin/main', 'main', 'origin/master', 'master'];

/**
 * The merge base with main, or with the asked revision; the revision itself when a shallow clone hides the ancestor.
 * @returns null outside git or before the first commit.
 */
export async function findBase(git: Git | undefined, asked?: string): Promise<Base | null> {
  if (!git) {
    if (asked === undefined) return null;
    throw new ConfigurationError(`There is no git repository to look up "${asked}" in`, {
      remedy: 'Leave out --base.',
    });
  }
  const head = await git.resolve('HEAD');
  for (const name of asked === undefined ? MAIN_NAMES : [asked]) {
    const commit = await git.resolve(name);
    if (commit) return { name, commit: (head && (await git.mergeBase(commit, head))) ?? commit };
  }
  if (asked === undefined && head === undefined) return null;
  if (asked === undefined) {
    throw new ConfigurationError(
      'There is no main to compare with: it was not fetched, or has another name',
      {
        remedy: 'Fetch it (git fetch origin main), or name it with --base.',
      },
    );
  }
  throw new ConfigurationError(`git knows no revision "${asked}"`, {
    remedy: 'Name a branch, tag or commit that was fetched.',
  });
}

/** The model as the base declares it, with its pipeline's lock; undefined where the base does not have the model. */
export interface BaseModel {
  readonly model: Model;
  readonly lock: Lock | undefined;
}

/**
 * What the base says about a model: its own paths, threshold and features, not the proposal's.
 * @throws ConfigurationErrors when the base's files cannot be read.
 */
export async function readBaseModel(
  workspace: Workspace,
  base: Base | null,
  name: string,
): Promise<BaseModel | undefined> {
  const bytes = await readAtBase(workspace, base, modelPath(name));
  if (!bytes) return undefined;
  const document = parseDocumentText(Buffer.from(bytes).toString(), `${base?.name}:${modelPath(name)}`);
  const model = checkDocument(document, modelSchema).value;
  const path = `${model.spec.pipeline}/dvc.lock`;
  const lock = await readAtBase(workspace, base, path);
  return { model, lock: lock && (await parseLock(Buffer.from(lock).toString(), `${base?.name}:${path}`)) };
}

/** A file's bytes at the base, by its path below the root; undefined where it is not there. */
export async function readAtBase(
  { git, root }: Workspace,
  base: Base | null,
  path: string,
): Promise<Uint8Array | undefined> {
  if (!git || !base) return undefined;
  const folder = relative(git.root, root).replaceAll('\\', '/');
  return git.readFile(base.commit, [folder, path].filter(Boolean).join('/'));
}
