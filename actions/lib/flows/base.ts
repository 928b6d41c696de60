// What a proposal is held against: the commit that main stood at when the work began, and the champion found there.
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { digestBytes, digestValue } from '#lib/documents/canonical.ts';
import { parseDocumentText } from '#lib/documents/document.ts';
import { checkDocument } from '#lib/documents/read.ts';
import { objectPath, verifyObject } from '#lib/dvc/cache.ts';
import { hashBytes } from '#lib/dvc/hash.ts';
import { type Lock, parseLock } from '#lib/dvc/lock.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { Workspace } from '#lib/flows/workspace.ts';
import type { Git } from '#lib/git/git.ts';
import { type Model, modelSchema } from '#lib/registry/model.ts';
import type { Champion } from '#lib/registry/proposal.ts';
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
  return { model, lock: lock && parseLock(Buffer.from(lock).toString(), `${base?.name}:${path}`) };
}

async function readAtBase(
  { git, root }: Workspace,
  base: Base | null,
  path: string,
): Promise<Uint8Array | undefined> {
  if (!git || !base) return undefined;
  const folder = relative(git.root, root).replaceAll('\\', '/');
  return git.readFile(base.commit, [folder, path].filter(Boolean).join('/'));
}

export interface FoundChampion {
  readonly champion: Champion;
  /** Present when its state is known or same. */
  readonly bytes?: Uint8Array;
  /** As the base declares it: a champion answers with its own threshold and features. */
  readonly model?: Model;
}

export interface FindChampionOptions {
  readonly base: Base | null;
  /** The model at the base. */
  readonly before: BaseModel | undefined;
  readonly model: Model;
  readonly artifact: Uint8Array;
  /** Brings the bytes into the cache; says why when it cannot. Only asked for deterministic pipelines. */
  readonly rebuild: (base: Base) => Promise<string | undefined>;
}

/** The champion: the model that the base's lock names, from the cache, else rebuilt, else unknown. */
export async function findChampion(
  { cache }: Workspace,
  { base, before, model, artifact, rebuild }: FindChampionOptions,
): Promise<FoundChampion> {
  const none = (why: string): FoundChampion => ({
    champion: { state: 'none', name: 'none', why, sha256: null },
  });
  if (!base) return none('there is no git history to find a champion in');
  const name = `${base.name} (${base.commit.slice(0, 7)})`;
  if (!before) return none(`${name} has no ${model.metadata.name} yet`);
  const locked = before.lock && findOutput(before.lock, before.model.spec.artifact.path);
  if (!before.lock) return none(`${name} has no trained ${model.metadata.name} yet`);
  if (!locked) {
    const why = `no stage of ${name} makes its ${before.model.spec.artifact.path}`;
    return { champion: { state: 'unknown', name, why, sha256: null } };
  }
  if (hashBytes(artifact) === locked.md5 && answersAlike(before.model, model)) {
    const why = 'this proposal has the same model';
    return { champion: { state: 'same', name, why, sha256: digestBytes(artifact) }, bytes: artifact };
  }
  const problem = await bringIntoCache(
    cache,
    locked,
    before.model.spec.deterministic || model.spec.deterministic ? () => rebuild(base) : undefined,
  );
  if (problem !== undefined) return { champion: { state: 'unknown', name, why: problem, sha256: null } };
  const bytes = await readFile(objectPath(cache, locked.md5));
  const why = 'compared on the same test rows';
  return { champion: { state: 'known', name, why, sha256: digestBytes(bytes) }, bytes, model: before.model };
}

/** The same bytes are the same model only with the same threshold, positive word and order of features. */
function answersAlike({ spec: a }: Model, { spec: b }: Model): boolean {
  const parts = ({ positive, threshold, features }: Model['spec']) =>
    digestValue({ positive, threshold, features });
  return parts(a) === parts(b);
}

async function bringIntoCache(
  cache: string,
  locked: { readonly md5: string },
  rebuild: (() => Promise<string | undefined>) | undefined,
): Promise<string | undefined> {
  if (await verifyObject(cache, locked)) return undefined;
  const missing = `the champion's bytes (md5 ${locked.md5}) are not in the cache`;
  if (!rebuild) return missing;
  const problem = await rebuild();
  if (problem !== undefined) return `${missing}, and building them again failed: ${problem}`;
  if (await verifyObject(cache, locked)) return undefined;
  return `${missing}, and building them again gave others: is the pipeline deterministic?`;
}

/** The locked output of that path, whatever stage makes it. */
export function findOutput(lock: Lock, path: string): { readonly md5: string } | undefined {
  return [...lock.stages.values()].flatMap(({ entry }) => entry.outs).find(out => out.path === path);
}
