// Brings a place of the work tree to what a fingerprint says. All reasons to stop are found before anything is touched;
// then every file is replaced by itself, whole, so that a killed checkout leaves some files old and some new, and the next
// one does the rest.
import { lstatSync, readlinkSync, statSync, unlinkSync } from 'node:fs';
import { sep } from 'node:path';
import type { ObjectCache } from '#lib/dvc/objects/cache.ts';
import type { Fingerprint, TreeEntry } from '#lib/dvc/objects/object.ts';
import { isListing } from '#lib/dvc/objects/object-path.ts';
import { comesWhole } from '#lib/dvc/work-tree/arrivals.ts';
import { CheckoutConflict, LinkedFolder, MissingObjects } from '#lib/dvc/work-tree/checkout-failure.ts';
import { type CheckoutPlan, planCheckout } from '#lib/dvc/work-tree/checkout-plan.ts';
import { type Content, readContent } from '#lib/dvc/work-tree/content.ts';
import type { WorkTreeContext } from '#lib/dvc/work-tree/context.ts';
import { deleteFiles, isLinkedFolder, makeFolder, placeOf } from '#lib/dvc/work-tree/folders.ts';
import { needsRelink } from '#lib/dvc/work-tree/link-type.ts';
import { firstType, makeExecutable, placeFiles, rememberPlaced } from '#lib/dvc/work-tree/place-files.ts';
import { placeStaged } from '#lib/dvc/work-tree/place-staged.ts';
import { findWithoutCopy } from '#lib/dvc/work-tree/sound-copies.ts';
import type { CheckoutResult, WorkTree } from '#lib/dvc/work-tree/work-tree.ts';

type CheckoutOptions = NonNullable<Parameters<WorkTree['checkout']>[2]>;

interface Target {
  readonly print: Fingerprint;
  readonly path: string;
}

export async function checkOutContent(
  context: WorkTreeContext,
  { print, path }: Target,
  {
    force = false,
    keepLinks = !force,
    allowMissing = false,
    relink = false,
    isTrial = false,
    ...work
  }: CheckoutOptions & { readonly isTrial?: boolean } = {},
): Promise<CheckoutResult> {
  const { cache } = context;
  const { md5, hash = 'md5' } = print;
  const wanted = isListing(md5) ? cache.readTree(md5, hash) : [{ md5, relpath: '' }];
  if (wanted === undefined) {
    // Without its listing a folder can still be recognized: what is there already needs no cache.
    const there = await readPresent(context, path, { hash, force, signal: work.signal });
    if (allowMissing || there.found?.md5 === md5) return UNCHANGED;
    throw new MissingObjects([path], [md5]);
  }
  const { found, dead } = await readPresent(context, path, { hash, force, signal: work.signal });
  const isAsWanted = found?.md5 === md5 && found.scan.isFolder === isListing(md5);
  // What lies behind a link is never touched: the link itself goes, with nothing that it leads to.
  const isLinked = found?.scan.isFolder === true && isLinkedFolder(path);
  if (isLinked && isAsWanted) return UNCHANGED;
  if (isLinked && keepLinks) throw new LinkedFolder(path);
  const before = isLinked ? undefined : found;
  const plan = isAsWanted ? unchanged(wanted) : planCheckout(before, wanted);
  const coming = [...plan.added, ...plan.modified];
  if (!force) refuseLoss(cache, { path, plan, hash });
  if (isTrial) return toResult(found, plan);
  const { isThere } =
    hash === 'md5' ? cache.ask(coming.length) : { isThere: (one: string) => cache.has(one, hash) };
  const isFetched = (one: string) => hash === 'md5' && cache.checked.has(one);
  const missing = coming.filter(entry => !isFetched(entry.md5) && !isThere(entry.md5));
  if (missing.length > 0 && !allowMissing) throw missingFrom(path, missing);
  if (isLinked) unlinkSync(path);
  const staying = new Set(missing.map(({ relpath }) => placeOf(path, relpath)));
  for (const link of dead) if (!staying.has(link)) unlinkSync(link);
  deleteFiles(
    path,
    plan.deleted.map(({ relpath }) => relpath),
    isListing(md5),
  );
  if (isListing(md5)) makeFolder(path);
  const loose = relink ? findLoose(context, plan.unchanged, { print, path }) : [];
  const absent = new Set(missing);
  const entries = [...coming.filter(entry => !absent.has(entry)), ...loose];
  if (entries.length > 0) {
    const isStaged = before === undefined && comesWhole(print);
    const arrived = isStaged ? context.arrivals.claim({ path, md5 }) : undefined;
    const { placed, failed } = isStaged
      ? await placeStaged(context, entries, { ...work, path, hash, arrived })
      : await placeFiles(context, entries, { ...work, path, hash });
    if (print.isexec && !isListing(md5) && failed.length === 0) makeExecutable(path, cache.pathOf(md5, hash));
    rememberPlaced(context, path, { placed, before, whole: md5, files: wanted.length, hash });
    if (failed.length > 0 && !allowMissing) throw missingFrom(path, failed);
  } else if (print.isexec && before !== undefined && !isListing(md5))
    makeExecutable(path, cache.pathOf(md5, hash));
  return toResult(found, plan);
}

/** Files to link again. As with DVC those are not that can be executed otherwise than it is recorded, in folders never. */
function findLoose(
  context: WorkTreeContext,
  entries: readonly TreeEntry[],
  { print: { hash, isexec }, path }: Target,
): readonly TreeEntry[] {
  const { cache } = context;
  const types = [firstType(context, path)];
  return entries.filter(({ md5, relpath }) => {
    const place = placeOf(path, relpath);
    if (!cache.has(md5, hash) || isExecutable(place) !== (relpath === '' && isexec === true)) return false;
    return needsRelink(types, { object: cache.pathOf(md5, hash), path: place });
  });
}

function isExecutable(path: string): boolean {
  return (statSync(path).mode & 0o100) !== 0;
}

const UNCHANGED: CheckoutResult = { change: 'unchanged', files: { added: [], modified: [], deleted: [] } };

function unchanged(wanted: readonly TreeEntry[]): CheckoutPlan {
  return { added: [], modified: [], replaced: [], deleted: [], unchanged: wanted };
}

interface Present {
  readonly found: Content | undefined;
  /** Absolute: links that lead nowhere, which are not in what was found. */
  readonly dead: readonly string[];
}

/**
 * Links that lead nowhere hold no bytes: those into the cache give way to what is recorded.
 * @throws CheckoutConflict for one that leads elsewhere, which somebody else made.
 */
async function readPresent(
  context: WorkTreeContext,
  path: string,
  { force, ...options }: ReadOptions,
): Promise<Present> {
  const found = await readContent(context, path, { ...options, deadLinks: 'list' });
  const dead = found ? found.scan.dead.map(name => placeOf(path, name)) : isLink(path) ? [path] : [];
  const foreign = dead.filter(link => !readlinkSync(link).startsWith(context.cache.folder + sep));
  if (foreign.length > 0 && !force) throw new CheckoutConflict(foreign);
  return { found, dead };
}

type ReadOptions = NonNullable<Parameters<typeof readContent>[2]> & { readonly force: boolean };

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function refuseLoss(
  cache: ObjectCache,
  {
    path,
    plan,
    hash,
  }: { readonly path: string; readonly plan: CheckoutPlan; readonly hash: 'md5' | 'md5-dos2unix' },
): void {
  const lost = findWithoutCopy(cache, [...plan.replaced, ...plan.deleted], { path, hash });
  if (lost.length > 0) throw new CheckoutConflict(lost.map(({ relpath }) => placeOf(path, relpath)));
}

function missingFrom(path: string, entries: readonly TreeEntry[]): MissingObjects {
  return new MissingObjects(
    entries.map(({ relpath }) => placeOf(path, relpath)),
    [...new Set(entries.map(({ md5 }) => md5))],
  );
}

function toResult(before: Content | undefined, { added, modified, deleted }: CheckoutPlan): CheckoutResult {
  const names = (entries: readonly TreeEntry[]) => entries.map(({ relpath }) => relpath);
  const files = { added: names(added), modified: names(modified), deleted: names(deleted) };
  const isSame = added.length + modified.length + deleted.length === 0;
  return { change: before === undefined ? 'added' : isSame ? 'unchanged' : 'modified', files };
}
