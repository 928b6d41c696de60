// mainline dvc repro: opens the repository, takes its lock, finishes what a killed run left and brings stages up to date.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { createParamsReader } from '#lib/dvc/pipeline/params.ts';
import type { Output, Stage } from '#lib/dvc/pipeline/stage.ts';
import type { IndexedStage } from '#lib/dvc/repository/indexed-stage.ts';
import type { DvcRepository } from '#lib/dvc/repository/repository.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import { selectTargets } from '#lib/dvc/repository/targets.ts';
import { writeRecord } from '#lib/dvc/repository/write-record.ts';
import type { Content } from '#lib/dvc/run/content.ts';
import { recoverLeftOver } from '#lib/dvc/run/journal.ts';
import type { ReproduceEvent, StageStatus } from '#lib/dvc/run/progress.ts';
import { type ReproduceAllOptions, reproduceAll, type WorkResult } from '#lib/dvc/run/reproduce-all.ts';
import type { Outcome } from '#lib/dvc/run/schedule.ts';
import { createStageLogs } from '#lib/dvc/run/stage-log.ts';
import { namesContracts } from '#lib/dvc/run/stage-rules-read.ts';
import { formatReason } from '#lib/dvc/run/status.ts';
import { buildWorkGraph, type WorkGraph } from '#lib/dvc/run/work.ts';
import type { Answer, Workshop } from '#lib/dvc/run/workshop.ts';
import { openGitignore } from '#lib/dvc/tracked/gitignore.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';
import type { Question } from '#lib/flows/dvc/answer.ts';
import { openContracts } from '#lib/flows/dvc/contracts.ts';
import { stageWritten, type Written } from '#lib/flows/dvc/git-index.ts';
import { withLock } from '#lib/flows/dvc/locked.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';
import { watchFor } from '#lib/flows/dvc/remember-answer.ts';
import { openRunFiles, type RunFiles } from '#lib/flows/dvc/repro-git.ts';
import type { ReproPull } from '#lib/flows/dvc/repro-pull.ts';
import { openRunContent } from '#lib/flows/dvc/run-content.ts';
import { createRunner } from '#lib/processes/run.ts';

export interface ReproOptions extends OpenOptions {
  /** None for the dvc.yaml of the folder. */
  readonly targets: readonly string[];
  readonly force?: boolean | undefined;
  readonly single?: boolean | undefined;
  /** The whole pipelines of the targets. */
  readonly pipeline?: boolean | undefined;
  /** Everything in the repository. */
  readonly allPipelines?: boolean | undefined;
  readonly recursive?: boolean | undefined;
  readonly downstream?: boolean | undefined;
  readonly forceDownstream?: boolean | undefined;
  readonly pull?: boolean | undefined;
  readonly allowMissing?: boolean | undefined;
  readonly dry?: boolean | undefined;
  readonly onError?: 'fail' | 'keep-going' | 'ignore' | undefined;
  readonly glob?: boolean | undefined;
  readonly commit?: boolean | undefined;
  readonly useRuns?: boolean | undefined;
  readonly jobs?: number | undefined;
  readonly waitForLock?: boolean | undefined;
  /** As the user typed it. */
  readonly command: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: ReproEvent) => void;
  readonly onWait: (who: string) => void;
  readonly onNote: (text: string) => void;
  /** A killed run had finished so many stages beyond dvc.lock, which are in it now. */
  readonly onRecovered: (stages: number) => void;
  /** Asked before each stage that runs. */
  readonly confirm?: ((stage: string) => Promise<Answer>) | undefined;
  /** Set where the same may be asked again, without further options. */
  readonly question?: Question | undefined;
}

/** An event with its reasons in words. */
export type ReproEvent =
  | Exclude<ReproduceEvent, { readonly reasons: unknown }>
  | (DistributiveOmit<Extract<ReproduceEvent, { readonly reasons: unknown }>, 'reasons'> & {
      readonly reasons: readonly string[];
    });

type DistributiveOmit<Event, Key extends PropertyKey> = Event extends unknown ? Omit<Event, Key> : never;

export interface ReproResult {
  readonly stages: readonly ReproStage[];
  /** What went wrong, in the order of the stages. */
  readonly errors: readonly unknown[];
  /** What git should know of. */
  readonly written: Written;
}

export interface ReproStage {
  readonly stage: string;
  /** `left-out`: builds on one that failed. */
  readonly status: StageStatus | 'failed' | 'left-out';
  readonly reasons: readonly string[];
}

/** @throws ConfigurationError for what is wrong before anything runs; failed stages are results. */
export async function reproduceRepository(options: ReproOptions): Promise<ReproResult> {
  const watch = watchFor(options, options.question);
  const repository = await openDvcRepository({ ...options, onLook: watch?.onLook });
  const { root } = repository;
  return withLock(root, options, async () => {
    const recovered = await recoverLeftOver(root);
    if (recovered > 0) options.onRecovered(recovered);
    const index = await repository.readIndex();
    const graph = buildWorkGraph(index, repository.directory);
    const content = openRunContent(repository);
    const files = openRunFiles(repository);
    const pull = options.pull ? await openPull(repository, { options, content, graph }) : undefined;
    try {
      const outcomes = await reproduceAll({
        ...{ index, graph, asked: findAsked(index, graph, { options, repository }) },
        single: options.single && !options.pipeline && !options.allPipelines,
        whole: options.pipeline,
        downstream: options.downstream && !options.pipeline && !options.allPipelines,
        forceDownstream: options.forceDownstream,
        jobs: options.jobs ?? 1,
        onError: options.onError ?? 'fail',
        workshop: { ...openWorkshop(repository, { options, files }), content, pull },
        readLockText: readIfThere,
        onLock: files.note,
        saveTracked: createSaver(root, files),
      });
      const result = toResult(outcomes);
      if (result.errors.length > 0 && options.onError !== 'ignore') files.giveUp();
      else if (!options.dry) await files.complete(outcomes.flatMap(cachedOutputs));
      const written = await stageWritten(repository, files.written);
      const isPlain = files.written.size === 0 && isAllDone(outcomes, repository);
      if (isPlain) watch?.remember({ repository, index, stages: result.stages.map(({ stage }) => stage) });
      return { ...result, written };
    } finally {
      pull?.close();
      repository.workTree.save();
    }
  });
}

interface Asked {
  readonly options: ReproOptions;
  readonly repository: DvcRepository;
}

/** Without a target the dvc.yaml right here, as DVC has it. */
function findAsked(
  index: RepositoryIndex,
  { works }: WorkGraph,
  { options, repository }: Asked,
): readonly IndexedStage[] {
  if (options.allPipelines) return [];
  const { directory } = repository;
  const { recursive, glob } = options;
  const targets = options.targets.length > 0 ? options.targets : ['dvc.yaml'];
  const byName = new Map(works.map(work => [keyOf(work), work]));
  return selectTargets(index, targets, { directory, recursive, glob }).flatMap(({ stage, within }) => {
    if (within !== undefined) throw refuseOutput(relative(directory, within), stage);
    return byName.get(keyOf(stage)) ?? [];
  });
}

/** As DVC has it: a path could as well mean one output of several. */
function refuseOutput(path: string, { name, file, tracked }: IndexedStage): ConfigurationError {
  return new ConfigurationError(`${path} is no stage: ${name} ${tracked ? 'tracks' : 'makes'} it`, {
    at: { file },
    remedy: `Name what is to be reproduced: mainline dvc repro ${name}`,
  });
}

function keyOf({ file, name }: IndexedStage): string {
  return `${file}\0${name}`;
}

/** Remotes are loaded for those who ask for them. */
async function openPull(
  repository: DvcRepository,
  { options, content, graph }: { options: ReproOptions; content: Content; graph: WorkGraph },
): Promise<ReproPull> {
  const { createPull } = await import('#lib/flows/dvc/repro-pull.ts');
  const { env, signal, onNote } = options;
  return createPull(repository, {
    ...{ env, signal, content, onNote },
    outputs: graph.works.flatMap(w => w.outputs),
  });
}

function openWorkshop(
  repository: DvcRepository,
  { options, files }: { options: ReproOptions; files: RunFiles },
): Omit<Workshop, 'content'> {
  const { root, cache } = repository;
  const { confirm, env } = options;
  return {
    ...{ root, cacheDir: cache.folder, now: options.now, signal: options.signal },
    onEvent: event =>
      options.onEvent('reasons' in event ? { ...event, reasons: event.reasons.map(formatReason) } : event),
    run: createRunner(),
    readParamsFile: createParamsReader(),
    force: options.force ?? false,
    env: env.DVC_ROOT === undefined ? { DVC_ROOT: root } : {},
    ...{ useRuns: options.useRuns, commit: options.commit, dry: options.dry },
    allowMissing: options.allowMissing,
    contracts: openContracts(root, options.now),
    ignoreOutputs: files.ignore,
    openLog: createStageLogs(root),
    confirm: async (stage: Stage) => {
      await files.prepare(stage.outs);
      return confirm ? confirm(stage.name) : 'yes';
    },
  };
}

function createSaver(root: string, files: RunFiles): ReproduceAllOptions['saveTracked'] {
  return async (tracked, outs) => {
    const { editTracked } = await import('#lib/dvc/tracked/write-tracked.ts');
    const edits = tracked.outs.map(({ output }) => {
      const fingerprint = outs.get(output.path);
      return fingerprint && { fingerprint };
    });
    files.note(tracked.file);
    writeRecord(root, tracked.file, await editTracked(tracked, root, { outs: edits }));
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined;
    throw cause;
  }
}

/**
 * True when there was nothing to do, and nothing that only others know had a part in that: whether git tracks an output,
 * and what contracts say.
 */
function isAllDone(
  outcomes: readonly Outcome<IndexedStage, WorkResult>[],
  { gitRoot }: DvcRepository,
): boolean {
  const { has } = openGitignore(gitRoot);
  return outcomes.every(outcome => {
    if (outcome.kind !== 'done' || outcome.result.status !== 'skipped') return false;
    return !namesContracts(outcome.work) && cachedOutputs(outcome).every(({ absolute }) => has(absolute));
  });
}

/** DVC leaves those of stages that it skips; after a failed run they would never be ignored. */
function cachedOutputs({ kind, work }: Outcome<IndexedStage, WorkResult>): readonly Output[] {
  return kind === 'done' ? work.outputs.map(({ output }) => output).filter(({ cache }) => cache) : [];
}

function toResult(outcomes: readonly Outcome<IndexedStage, WorkResult>[]): Omit<ReproResult, 'written'> {
  return {
    stages: outcomes.map((outcome): ReproStage => {
      const stage = outcome.work.name;
      if (outcome.kind === 'failed') return { stage, status: 'failed', reasons: [] };
      if (outcome.kind === 'skipped')
        return { stage, status: 'left-out', reasons: [`builds on ${outcome.because.name}`] };
      const { status, reasons } = outcome.result;
      return { stage, status, reasons: reasons.map(formatReason) };
    }),
    errors: outcomes.flatMap(outcome => (outcome.kind === 'failed' ? [outcome.error] : [])),
  };
}
