// mainline dvc checkout: the work tree gets what .dvc files and dvc.lock record, from the cache. What would be lost stops
// it before anything is touched.
import { lstatSync, rmSync, statSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import type { LockedPath } from '#lib/dvc/lock/entry.ts';
import { refuseEscape } from '#lib/dvc/pipeline/paths.ts';
import { indexedOutputs } from '#lib/dvc/repository/indexed-stage.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import type { IndexedOutput, RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import { selectedOutputs, selectTargets } from '#lib/dvc/repository/targets.ts';
import { CheckoutConflict, MissingObjects } from '#lib/dvc/work-tree/checkout-failure.ts';
import type { CheckoutResult } from '#lib/dvc/work-tree/work-tree.ts';
import { checkoutPart } from '#lib/flows/dvc/checkout-part.ts';
import { rememberCheckouts, removeUntracked } from '#lib/flows/dvc/linked.ts';
import { type LockedOptions, withLock } from '#lib/flows/dvc/locked.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';

export interface CheckoutFlags {
  readonly targets: readonly string[];
  readonly withDeps?: boolean | undefined;
  readonly recursive?: boolean | undefined;
  /** Throws away what the cache does not hold. */
  readonly force?: boolean | undefined;
  /** Makes links anew, as `cache.type` says. */
  readonly relink?: boolean | undefined;
  /** Outputs that the cache lacks are left alone. */
  readonly allowMissing?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CheckoutOptions extends OpenOptions, LockedOptions, CheckoutFlags {}

export interface CheckoutSummary {
  /** Outputs, relative to where the user stands; folders end in a slash and come first. */
  readonly added: readonly string[];
  readonly modified: readonly string[];
  readonly deleted: readonly string[];
  /** Files, those in folders counted one by one. */
  readonly files: { readonly added: number; readonly modified: number; readonly deleted: number };
  /** Outputs whose content the cache lacks, or of which no lock file tells the content. */
  readonly failed: readonly string[];
}

/** @throws CheckoutConflict for files that would be lost. */
export async function checkout(options: CheckoutOptions): Promise<CheckoutSummary> {
  const repository = await openDvcRepository(options);
  return withLock(repository.root, options, async () => {
    try {
      return await checkoutIndex(repository, await repository.readIndex(), options);
    } finally {
      repository.workTree.save();
    }
  });
}

/** The work of a checkout, for verbs that have the lock already (pull). */
export async function checkoutIndex(
  repository: DvcRepository,
  index: RepositoryIndex,
  flags: CheckoutFlags,
): Promise<CheckoutSummary> {
  const { root, directory } = repository;
  const selected = selectTargets(index, flags.targets, { ...flags, directory });
  const all = indexedOutputs(index).map(({ output }) => output.absolute);
  const gone = flags.targets.length === 0 ? await removeUntracked(repository, all) : [];
  const tally = createTally(directory);
  for (const path of gone) tally.add('deleted', path, { added: 0, modified: 0, deleted: 1 });
  const failed: string[] = [];
  const placed: { path: string; md5: string }[] = [];
  const outputs = selectedOutputs(selected).filter(({ output }) => output.cache);
  if (!flags.force && outputs.length > 1) await refuseLoss(outputs, repository, flags);
  for (const one of outputs) {
    await refuseEscape(one.output, root);
    if (!one.locked) {
      removeUnknown(one.output.absolute, flags);
      failed.push(relative(directory, one.output.absolute));
      continue;
    }
    try {
      const { change, files } = await place(one, { repository, flags });
      const counts = {
        added: files.added.length,
        modified: files.modified.length,
        deleted: files.deleted.length,
      };
      if (change !== 'unchanged') tally.add(change, one.output.absolute, counts);
      if (one.within === undefined) placed.push({ path: one.output.absolute, md5: one.locked.md5 });
    } catch (error) {
      if (!(error instanceof MissingObjects)) throw error;
      // With --force DVC leaves nothing where it cannot put what is recorded.
      if (flags.force && one.within === undefined)
        rmSync(one.output.absolute, { recursive: true, force: true });
      failed.push(relative(directory, one.output.absolute));
    }
  }
  rememberCheckouts(root, placed);
  return { ...tally.result(), failed: flags.allowMissing ? [] : failed };
}

/** What any of them would lose stops all of them, before anything is touched. @throws CheckoutConflict naming all of it. */
async function refuseLoss(
  outputs: ReturnType<typeof selectedOutputs>,
  { root, workTree }: DvcRepository,
  { signal }: CheckoutFlags,
): Promise<void> {
  const lost: string[] = [];
  for (const { output, locked, within } of outputs) {
    await refuseEscape(output, root);
    if (!locked && lstatSync(output.absolute, { throwIfNoEntry: false })) lost.push(output.absolute);
    // A part of a folder is looked at by itself.
    if (!locked || within !== undefined) continue;
    try {
      await workTree.refuseLoss(locked, output.absolute, { signal });
    } catch (error) {
      if (!(error instanceof CheckoutConflict)) throw error;
      lost.push(...error.paths);
    }
  }
  if (lost.length > 0) throw new CheckoutConflict(lost);
}

/** Nothing is recorded of this output, so that it should not be there: as DVC has it, for the user to say. */
function removeUnknown(path: string, { force }: CheckoutFlags): void {
  if (!lstatSync(path, { throwIfNoEntry: false })) return;
  if (!force) throw new CheckoutConflict([path]);
  rmSync(path, { recursive: true });
}

interface Placing {
  readonly repository: DvcRepository;
  readonly flags: CheckoutFlags;
}

async function place(
  { output, locked, within }: IndexedOutput & { readonly within?: string | undefined },
  { repository, flags }: Placing,
): Promise<CheckoutResult> {
  const { force, relink, signal } = flags;
  const print = locked as LockedPath;
  if (within !== undefined)
    return checkoutPart({ output: output.absolute, within, locked: print }, repository, flags);
  return repository.workTree.checkout(print, output.absolute, {
    ...{ signal },
    ...(force && { force }),
    ...(relink && { relink }),
  });
}

type Change = 'added' | 'modified' | 'deleted';
type Counts = Readonly<Record<Change, number>>;

interface Tally {
  readonly add: (change: Change, path: string, counts: Counts) => void;
  readonly result: () => Omit<CheckoutSummary, 'failed'>;
}

/** Collects changes in DVC's order: folders first, each by name. */
function createTally(directory: string): Tally {
  const paths = { added: new Set<string>(), modified: new Set<string>(), deleted: new Set<string>() };
  const files = { added: 0, modified: 0, deleted: 0 };
  const sorted = (names: ReadonlySet<string>): readonly string[] =>
    [...names].sort((a, b) => Number(b.endsWith(sep)) - Number(a.endsWith(sep)) || compareText(a, b));
  return {
    add: (change, path, counts) => {
      const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
      paths[change].add(relative(directory, path) + (isFolder ? sep : ''));
      files.added += counts.added;
      files.modified += counts.modified;
      files.deleted += counts.deleted;
    },
    result: () => ({
      added: sorted(paths.added),
      modified: sorted(paths.modified),
      deleted: sorted(paths.deleted),
      files,
    }),
  };
}
