// mainline dvc add: data goes into the cache, a small .dvc file that names it goes beside it, and git ignores the data.
import { globSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { replaceWhole } from '#lib/documents/write.ts';
import type { Fingerprint, Hashed, ObjectProgress } from '#lib/dvc/objects/object.ts';
import { indexedStages } from '#lib/dvc/repository/indexed-stage.ts';
import { refuseOverlap } from '#lib/dvc/repository/overlap.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { writeRecord } from '#lib/dvc/repository/write-record.ts';
import { type Gitignore, openGitignore } from '#lib/dvc/tracked/gitignore.ts';
import { newTracked, renewTracked } from '#lib/dvc/tracked/new-tracked.ts';
import { replacePart } from '#lib/dvc/tracked/partial-tree.ts';
import type { TrackedFile } from '#lib/dvc/tracked/tracked.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { type AddTarget, resolveTarget } from '#lib/flows/dvc/add-target.ts';
import { bringIn } from '#lib/flows/dvc/bring-in.ts';
import { listWritten, refuseTrackedByGit, stageWritten, type Written } from '#lib/flows/dvc/git-index.ts';
import { rememberCheckouts } from '#lib/flows/dvc/linked.ts';
import { type LockedOptions, withLock } from '#lib/flows/dvc/locked.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';

export interface AddOptions extends OpenOptions, LockedOptions {
  readonly targets: readonly string[];
  /** Targets may hold wildcards. */
  readonly glob?: boolean | undefined;
  /** False to only record, without the cache. */
  readonly commit?: boolean | undefined;
  /** Where a source from elsewhere is to be put. */
  readonly out?: string | undefined;
  readonly force?: boolean | undefined;
  /** Nobody is told what git lacks, so git is not asked, unless it is to take the files in. */
  readonly quiet?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ObjectProgress) => void) | undefined;
  /** Told what was done already when a later target cannot be added. */
  readonly onStopped?: ((done: AddResult) => void) | undefined;
}

export interface AddResult {
  readonly added: readonly AddedFile[];
  readonly written: Written;
}

export interface AddedFile {
  /** The .dvc file, relative to where the user stands. */
  readonly file: string;
  readonly fingerprint: Fingerprint;
  /** False when it said the same before. */
  readonly changed: boolean;
}

/** @throws ConfigurationError for what cannot be tracked; of several targets those before it are. */
export async function addData(options: AddOptions): Promise<AddResult> {
  const repository = await openDvcRepository(options);
  return withLock(repository.root, options, async () => {
    const source = options.out === undefined ? undefined : bringIn(options, repository);
    try {
      return await addTargets(
        source ? [source.place] : findTargets(options, repository),
        options,
        repository,
      );
    } catch (error) {
      source?.undo();
      throw error;
    } finally {
      repository.workTree.save();
    }
  });
}

async function addTargets(
  names: readonly string[],
  options: AddOptions,
  repository: DvcRepository,
): Promise<AddResult> {
  const index = await repository.readIndex();
  const targets = names.map(name => resolveTarget(name, index, repository));
  const fresh = targets.filter(({ known }) => !known).map(({ path, file }) => ({ path, file }));
  refuseOverlap(fresh, indexedStages(index, repository.directory), repository.directory);
  await refuseTrackedByGit(repository, [...new Set(targets.map(({ output }) => output))], options.now);
  const gitignore = openGitignore(repository.gitRoot);
  const touched = new Set<string>();
  const added: AddedFile[] = [];
  try {
    for (const target of targets) {
      added.push(await addTarget(target, { options, repository, gitignore, touched }));
    }
  } catch (error) {
    if (added.length > 0) options.onStopped?.({ added, written: await listWritten(repository, touched) });
    throw error;
  } finally {
    rememberCheckouts(
      repository.root,
      added.map(({ fingerprint }, i) => ({ path: targets[i]?.output ?? '', md5: fingerprint.md5 })),
    );
  }
  const isAsked = !options.quiet || repository.config.autostage;
  const asking = isAsked ? stageWritten(repository, touched) : { files: [], staged: false };
  // While git looks.
  repository.workTree.save();
  return { added, written: await asking };
}

interface AddWork {
  readonly options: AddOptions;
  readonly repository: DvcRepository;
  readonly gitignore: Gitignore;
  /** Files that git should know of. */
  readonly touched: Set<string>;
}

async function addTarget(target: AddTarget, work: AddWork): Promise<AddedFile> {
  const { repository, gitignore, touched } = work;
  const { output, file, known } = target;
  let changed: boolean | undefined;
  const record = async (fingerprint: Fingerprint): Promise<void> => {
    changed ??= await writeTracked(target, fingerprint, repository);
  };
  const isWhole = target.path === output;
  const fingerprint = isWhole ? await takeIn(target, work, record) : await takeInPart(target, work);
  await record(fingerprint);
  if (known?.output.cache !== false) {
    const ignoring = gitignore.add(output);
    if (ignoring !== undefined) touched.add(ignoring);
  }
  touched.add(file);
  return { file: relative(repository.directory, file), fingerprint, changed: changed ?? false };
}

/** @returns whether it said something else before. */
export async function writeTracked(
  target: AddTarget,
  fingerprint: Fingerprint,
  { root }: DvcRepository,
): Promise<boolean> {
  const { output, file, tracked } = target;
  const text = tracked
    ? await changeText(target, tracked, { fingerprint, root })
    : newTracked(basename(output), fingerprint);
  const changed = text !== tracked?.text;
  if (changed) writeRecord(root, file, text);
  return changed;
}

/** The editor of people's own files is loaded for these alone. */
async function changeText(
  target: AddTarget,
  tracked: TrackedFile,
  { fingerprint, root }: { readonly fingerprint: Fingerprint; readonly root: string },
): Promise<string> {
  const { known } = target;
  const renewed = known && renewTracked(tracked, fingerprint);
  if (renewed !== undefined) return renewed;
  const { editTracked } = await import('#lib/dvc/tracked/write-tracked.ts');
  const place = Math.max(known ? tracked.outs.indexOf(known) : 0, 0);
  const outs = tracked.outs.map((_, index) => (index === place ? edit(target, fingerprint) : undefined));
  return editTracked(tracked, root, { outs });
}

/** A .dvc file of that name may have tracked something else until now. */
function edit({ output, known }: AddTarget, fingerprint: Fingerprint) {
  return known ? { fingerprint } : { fingerprint, path: basename(output) };
}

async function takeIn(
  { path, known }: AddTarget,
  { options, repository }: AddWork,
  onStored: (fingerprint: Fingerprint) => Promise<void>,
): Promise<Fingerprint> {
  const { workTree, cache, directory } = repository;
  const { signal, onProgress } = options;
  const legacy = known?.locked?.hash;
  if (legacy !== undefined && known?.locked) {
    const before = await workTree.hash(path, { hash: legacy, signal });
    const isSame = before?.fingerprint.md5 === known.locked.md5;
    if (before && isSame && cache.missing(known.locked.md5, legacy).length === 0) {
      return { ...before.fingerprint, hash: legacy };
    }
  }
  const isKept = options.commit !== false && known?.output.cache !== false;
  const found = isKept
    ? await workTree.keep(path, { signal, onProgress, onStored })
    : await workTree.hash(path, { signal, onProgress });
  if (found) return found.fingerprint;
  throw new ConfigurationError(`${relative(directory, path)} does not exist`, {
    at: { file: path },
    remedy: 'Correct the path; wildcards need --glob.',
  });
}

/** Only a part of a tracked folder is looked at; the rest stays as it is recorded. */
async function takeInPart(target: AddTarget, work: AddWork): Promise<Fingerprint> {
  const { path, output, known } = target;
  const { repository, options } = work;
  const { cache, workTree, directory } = repository;
  const name = relative(directory, path);
  const locked = known?.locked;
  if (locked && !locked.md5.endsWith('.dir')) {
    throw new ConfigurationError(
      `${relative(directory, output)} is tracked as a file, so ${name} cannot be a part of it`,
      {
        at: { file: target.file },
        remedy: `Take all of it in: mainline dvc add ${relative(directory, output)}`,
      },
    );
  }
  const tree = locked ? cache.readTree(locked.md5, locked.hash) : [];
  if (!tree) {
    throw new ConfigurationError(`The cache does not hold the listing of ${relative(directory, output)}`, {
      at: { file: target.file },
      remedy: 'Fetch it first: mainline dvc fetch',
    });
  }
  const isKept = options.commit !== false && known?.output.cache !== false;
  const found: Hashed | undefined = isKept ? await workTree.keep(path) : await workTree.hash(path);
  const next = replacePart({ locked, tree }, relative(output, path).replaceAll('\\', '/'), found);
  if (!next) {
    throw new ConfigurationError(`${name} does not exist, and ${known?.output.path} holds no such file`, {
      at: { file: path },
      remedy: 'Correct the path.',
    });
  }
  if (isKept) await storeListing(next.listing, next.fingerprint.md5, repository);
  return next.fingerprint;
}

async function storeListing(listing: string, md5: string, { cache }: DvcRepository): Promise<void> {
  if (cache.has(md5)) return;
  const file = cache.temporary();
  replaceWhole(file, listing);
  await cache.adopt(file, md5);
}

/** Wildcards as Python's glob has them: names that begin with a dot only where the pattern does. */
function findTargets({ targets, glob }: AddOptions, { directory }: DvcRepository): readonly string[] {
  if (!glob) return targets;
  const found = targets.flatMap(pattern => {
    const isHiddenAsked = /(?:^|\/)\./u.test(pattern.replace(/^(?:\.{1,2}\/)+/u, ''));
    return globSync(pattern, { cwd: directory })
      .filter(name => isHiddenAsked || !/(?:^|\/)\.(?!\.?(?:\/|$))/u.test(name))
      .sort();
  });
  if (found.length > 0) return found;
  throw new ConfigurationError(`Nothing fits ${targets.join(' ')}`, {
    at: { file: directory },
    remedy: 'Correct the pattern, and quote it so that the shell leaves it alone.',
  });
}
