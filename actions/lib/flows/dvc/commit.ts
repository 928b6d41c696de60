// mainline dvc commit: what lies in the work tree is taken as it is, into the cache and into .dvc files and dvc.lock.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LockedStage } from '#lib/dvc/lock/entry.ts';
import { EMPTY_LOCK, formatLock, parseLock, setLockedStage } from '#lib/dvc/lock/lock.ts';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import { createParamsReader } from '#lib/dvc/pipeline/params.ts';
import type { Stage } from '#lib/dvc/pipeline/stage.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import { type Selected, selectTargets } from '#lib/dvc/repository/targets.ts';
import { writeRecord } from '#lib/dvc/repository/write-record.ts';
import { checkContracts } from '#lib/dvc/run/contract-check.ts';
import { recoverLeftOver } from '#lib/dvc/run/journal.ts';
import { findReasons, observeInputs, toStageInputs } from '#lib/dvc/run/stage-inputs.ts';
import { keepOutputs, storeLostOutputs } from '#lib/dvc/run/stage-outputs.ts';
import { readStageRules } from '#lib/dvc/run/stage-rules-read.ts';
import { formatReason } from '#lib/dvc/run/status.ts';
import type { Workshop } from '#lib/dvc/run/workshop.ts';
import type { TrackedFile } from '#lib/dvc/tracked/tracked.ts';
import { editTracked } from '#lib/dvc/tracked/write-tracked.ts';
import { ConfigurationError } from '#lib/errors.ts';
import { openContracts } from '#lib/flows/dvc/contracts.ts';
import { stageWritten, type Written } from '#lib/flows/dvc/git-index.ts';
import { rememberCheckouts } from '#lib/flows/dvc/linked.ts';
import { type LockedOptions, withLock } from '#lib/flows/dvc/locked.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';
import { openRunFiles, type RunFiles } from '#lib/flows/dvc/repro-git.ts';
import { openRunContent } from '#lib/flows/dvc/run-content.ts';
import { createRunner } from '#lib/processes/run.ts';

export interface CommitOptions extends OpenOptions, LockedOptions {
  /** None for everything. */
  readonly targets: readonly string[];
  readonly force?: boolean | undefined;
  readonly withDeps?: boolean | undefined;
  readonly recursive?: boolean | undefined;
  /** What DVC 2 hashed gets DVC 3's hash even if it did not change. */
  readonly renewsLegacy?: boolean | undefined;
  /** Asked for each stage that is not as recorded, with the changes in words. */
  readonly confirm: (address: string, changes: readonly string[]) => Promise<boolean>;
  /** Told of contracts that are not kept by what is recorded all the same, because of `force`. */
  readonly onBrokenContract?: ((problem: ConfigurationError) => void) | undefined;
  /** Told of an output that was checked and keeps its contract. */
  readonly onKeptContract?: ((contract: string, checks: number) => void) | undefined;
}

export interface CommitResult {
  /** Addresses of what is recorded anew. */
  readonly committed: readonly string[];
  readonly written: Written;
}

/** @throws ConfigurationError when something changed and nobody says that it is to be taken so. */
export async function commitData(options: CommitOptions): Promise<CommitResult> {
  const repository = await openDvcRepository(options);
  const { root, directory } = repository;
  return withLock(root, options, async () => {
    await recoverLeftOver(root);
    try {
      const index = await repository.readIndex();
      const files = openRunFiles(repository);
      const work: Work = {
        repository,
        options,
        workshop: openWorkshop(repository, { options, files }),
        touched: new Set(),
      };
      const committed: string[] = [];
      for (const selected of selectTargets(index, options.targets, { ...options, directory })) {
        if (await commitOne(selected, work)) committed.push(selected.stage.name);
      }
      return {
        committed,
        written: await stageWritten(repository, new Set([...work.touched, ...files.written])),
      };
    } finally {
      repository.workTree.save();
    }
  });
}

interface Work {
  readonly repository: DvcRepository;
  readonly options: CommitOptions;
  readonly workshop: Workshop;
  /** Files that git should know of. */
  readonly touched: Set<string>;
}

function openWorkshop(
  repository: DvcRepository,
  { options, files }: { options: CommitOptions; files: RunFiles },
): Workshop {
  const { now, force, renewsLegacy } = options;
  const content = openRunContent(repository);
  return {
    ...{ root: repository.root, cacheDir: repository.cache.folder, now, env: {} },
    // Where an old hash cannot be had, nothing is the same as before: it gets a new one.
    content: renewsLegacy
      ? { ...content, hash: async (path, name) => (name === 'md5-dos2unix' ? undefined : content.hash(path)) }
      : content,
    run: createRunner(),
    readParamsFile: createParamsReader(),
    force: force ?? false,
    contracts: openContracts(repository.root, now),
    onBrokenContract: force ? options.onBrokenContract : undefined,
    onEvent: event => {
      if (event.kind === 'contract-kept') options.onKeptContract?.(event.contract, event.checks);
    },
    ignoreOutputs: files.ignore,
  };
}

async function commitOne({ stage: selected }: Selected, work: Work): Promise<boolean> {
  const { name, file, stage, entry, tracked } = selected;
  if (!stage) return tracked ? commitTracked(tracked, name, work) : false;
  const rules = (await readStageRules([selected])).get(selected);
  return commitStage(stage, { name, file, entry }, { ...work, workshop: { ...work.workshop, rules } });
}

interface StagePlace {
  readonly name: string;
  readonly file: string;
  readonly entry: LockedStage | undefined;
}

async function commitStage(stage: Stage, { name, file, entry }: StagePlace, work: Work): Promise<boolean> {
  const { workshop, touched } = work;
  const { reasons, outs } = await findReasons({ ...stage, alwaysChanged: false }, entry, workshop);
  const isSame = reasons.every(({ kind }) => kind === 'always-changed');
  if (isSame && entry && !workshop.force) {
    await checkContracts(stage, new Map(outs.map(({ output, print }) => [output.path, print])), workshop);
    await storeLostOutputs(stage, { outs, locked: entry }, workshop);
    return false;
  }
  await askFor(name, reasons.map(formatReason), work);
  const inputs = await toStageInputs(stage, await observeInputs(stage, entry, workshop));
  const next = await keepOutputs(stage, { inputs, locked: entry }, workshop);
  const lockFile = join(dirname(file), 'dvc.lock');
  const lock = existsSync(lockFile) ? await parseLock(readFileSync(lockFile, 'utf8'), lockFile) : EMPTY_LOCK;
  writeRecord(workshop.root, lockFile, formatLock(setLockedStage(lock, stage.name, next)));
  touched.add(lockFile);
  const cached = stage.outs.filter(({ cache }) => cache);
  const md5s = new Map(next.outs.map(({ path, md5 }) => [path, md5]));
  rememberCheckouts(
    workshop.root,
    cached.map(({ path, absolute }) => ({ path: absolute, md5: md5s.get(path) })),
  );
  return true;
}

async function commitTracked(tracked: TrackedFile, name: string, work: Work): Promise<boolean> {
  const { workshop, touched } = work;
  const { content } = workshop;
  const prints: (Fingerprint | undefined)[] = [];
  const changes: string[] = [];
  for (const { output, locked } of tracked.outs) {
    const legacy = locked?.hash && (await content.hash(output.absolute, locked.hash))?.fingerprint;
    const isLegacy = legacy !== undefined && legacy.md5 === locked?.md5;
    const found = isLegacy
      ? { ...legacy, hash: locked?.hash }
      : (await content.hash(output.absolute))?.fingerprint;
    prints.push(found);
    if (!found) changes.push(`${output.path} is gone`);
    else if (found.md5 !== locked?.md5) changes.push(`${output.path} changed`);
  }
  if (changes.length > 0) await askFor(name, changes, work);
  for (const [index, { output }] of tracked.outs.entries()) {
    if (!prints[index]) throw missing(output.path, tracked);
    if (output.cache) await workshop.ignoreOutputs?.([output]);
    const print = prints[index];
    if (output.cache && !(print.hash !== undefined && content.has(print)))
      await content.keep(output.absolute);
  }
  const edit = {
    outs: prints.map(fingerprint => fingerprint && { fingerprint }),
    seal: tracked.deps.length > 0,
  };
  const isSaved = changes.length > 0 || workshop.force;
  const text = await editTracked(tracked, workshop.root, isSaved ? edit : {});
  if (text !== tracked.text) writeRecord(workshop.root, tracked.file, text);
  touched.add(tracked.file);
  rememberCheckouts(
    workshop.root,
    tracked.outs.map(({ output }, at) => ({ path: output.absolute, md5: prints[at]?.md5 })),
  );
  return isSaved;
}

async function askFor(name: string, changes: readonly string[], { options }: Work): Promise<void> {
  if (options.force || (await options.confirm(name, changes))) return;
  throw new ConfigurationError(`${name} is not as recorded: ${changes.join(', ')}`, {
    remedy: `Take it as it is with: mainline dvc commit --force ${name}`,
  });
}

function missing(path: string, { file, address }: TrackedFile): ConfigurationError {
  return new ConfigurationError(`${path} does not exist`, {
    at: { file },
    remedy: `Put it back: mainline dvc checkout ${address}`,
  });
}
