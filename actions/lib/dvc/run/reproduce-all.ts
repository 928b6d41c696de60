// Brings what was asked for up to date, over all pipelines of a repository: several stages at a time where the graph
// allows it, with a dvc.lock in the end that does not tell how many.
import { dirname, join } from 'node:path';
import { EMPTY_LOCK } from '#lib/dvc/lock/lock.ts';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import type { IndexedStage } from '#lib/dvc/repository/indexed-stage.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import { contractsOf } from '#lib/dvc/run/contract-check.ts';
import { type Journal, type OpenLock, openJournal } from '#lib/dvc/run/journal.ts';
import type { StageStatus } from '#lib/dvc/run/progress.ts';
import { type Outcome, runSchedule } from '#lib/dvc/run/schedule.ts';
import type { StageRules } from '#lib/dvc/run/stage-rules.ts';
import { readStageRules } from '#lib/dvc/run/stage-rules-read.ts';
import { updateStage } from '#lib/dvc/run/stage-update.ts';
import type { StaleReason } from '#lib/dvc/run/status.ts';
import { type SaveTracked, updateTracked } from '#lib/dvc/run/tracked-update.ts';
import { planWork, type WorkGraph } from '#lib/dvc/run/work.ts';
import type { Workshop } from '#lib/dvc/run/workshop.ts';
import type { TrackedFile } from '#lib/dvc/tracked/tracked.ts';

/** Long runs write dvc.lock now and then, so that who looks at it meanwhile sees how far they are. */
const FOLD_MS = 1000;

export interface ReproduceAllOptions {
  readonly index: RepositoryIndex;
  readonly graph: WorkGraph;
  /** None for the whole repository. */
  readonly asked: readonly IndexedStage[];
  readonly single?: boolean | undefined;
  readonly whole?: boolean | undefined;
  readonly downstream?: boolean | undefined;
  /** What builds on a stage that ran runs too, changed or not. */
  readonly forceDownstream?: boolean | undefined;
  readonly jobs: number;
  readonly onError: 'fail' | 'keep-going' | 'ignore';
  readonly workshop: Workshop;
  /** By absolute path; undefined when there is no such file. */
  readonly readLockText: (file: string) => string | undefined;
  readonly saveTracked: SaveTracked;
  /** Told of each lock file that was written. */
  readonly onLock?: ((file: string) => void) | undefined;
}

export interface WorkResult {
  readonly status: StageStatus;
  readonly reasons: readonly StaleReason[];
}

/** @returns in the order of DVC's serial run. @throws ConfigurationErrors for what is wrong before anything runs. */
export async function reproduceAll(
  options: ReproduceAllOptions,
): Promise<readonly Outcome<IndexedStage, WorkResult>[]> {
  const { graph, asked, single, workshop, jobs, onError, forceDownstream = false } = options;
  const plan = planWork(graph, asked, options);
  const rules = await readStageRules(plan);
  await planContracts(plan, rules, workshop);
  const journal = openJournal(workshop.root, openLocks(plan, options), options.onLock);
  const known = recordedOutputs(graph.works);
  const forced = new Set<IndexedStage>();
  let foldedAt = workshop.now();
  const run = async (work: IndexedStage): Promise<WorkResult> => {
    const force = workshop.force || forced.has(work);
    const result = await bringUp(work, {
      ...options,
      journal,
      known,
      workshop: { ...workshop, force, rules: rules.get(work), lockedOutput: path => known.get(path) },
    });
    if (forceDownstream && (result.status !== 'skipped' || force)) {
      for (const other of graph.neededBy.get(work) ?? []) forced.add(other);
    }
    if (workshop.now() - foldedAt > FOLD_MS) {
      foldedAt = workshop.now();
      await journal.fold();
    }
    return result;
  };
  try {
    return await runSchedule(plan, {
      needs: single ? new Map() : graph.needs,
      jobs: single ? 1 : jobs,
      mutexesOf: work => rules.get(work)?.mutexes ?? [],
      run,
      onError,
      signal: workshop.signal,
    });
  } finally {
    await journal.close();
  }
}

/** All of them, before the first command runs; one that a stage of this run makes is read when it is there. */
async function planContracts(
  plan: readonly IndexedStage[],
  rules: ReadonlyMap<IndexedStage, StageRules>,
  { contracts, root }: Workshop,
): Promise<void> {
  const all = [...rules].flatMap(([{ stage }, own]) =>
    stage ? contractsOf(stage, { rules: own, root }) : [],
  );
  if (all.length === 0) return;
  const isMade = (file: string) =>
    plan.some(({ outs }) => outs.some(({ absolute }) => isWithin(absolute, join(root, file))));
  await contracts?.plan(all.filter(({ file }) => !isMade(file)));
}

function openLocks(
  plan: readonly IndexedStage[],
  { index, readLockText }: ReproduceAllOptions,
): ReadonlyMap<string, OpenLock> {
  const locks = new Map(index.pipelines.map(({ pipeline, lock }) => [lockFileOf(pipeline.file), lock]));
  const order = Map.groupBy(
    plan.filter(work => work.stage),
    work => lockFileOf(work.file),
  );
  return new Map(
    [...order].map(([file, works]) => {
      const names = works.flatMap(({ stage }) => stage?.name ?? []);
      return [file, { text: readLockText(file), lock: locks.get(file) ?? EMPTY_LOCK, order: names }] as const;
    }),
  );
}

function lockFileOf(dvcYaml: string): string {
  return join(dirname(dvcYaml), 'dvc.lock');
}

interface Bench extends ReproduceAllOptions {
  readonly journal: Journal;
  readonly known: Recorded;
}

async function bringUp(work: IndexedStage, bench: Bench): Promise<WorkResult> {
  const { workshop, known, journal } = bench;
  const onEvent: Workshop['onEvent'] = event => workshop.onEvent({ ...event, stage: work.name });
  if (isTracked(work)) {
    const result = await updateTracked(work, { ...workshop, onEvent }, bench.saveTracked);
    setRecorded(known, work, result.outs);
    return result;
  }
  const { stage, entry } = work;
  if (!stage) throw new Error(`${work.name} is neither a stage nor a .dvc file`);
  const env = { ...workshop.env, DVC_STAGE: work.name };
  const result = await updateStage(stage, entry, { ...workshop, env, onEvent });
  if (result.status !== 'skipped' && !workshop.dry) {
    journal.add(lockFileOf(work.file), stage.name, result.entry);
    setRecorded(known, work, new Map(result.entry.outs.map(out => [out.path, out])));
  }
  return result;
}

function isTracked(work: IndexedStage): work is IndexedStage & { readonly tracked: TrackedFile } {
  return work.tracked !== undefined;
}

/** What is recorded of every output at this moment of the run, by absolute path. */
type Recorded = Map<string, Fingerprint>;

function recordedOutputs(works: readonly IndexedStage[]): Recorded {
  return new Map(
    works.flatMap(({ outputs }) =>
      outputs.flatMap(({ output, locked }) => (locked ? [[output.absolute, locked] as const] : [])),
    ),
  );
}

function setRecorded(known: Recorded, work: IndexedStage, outs: ReadonlyMap<string, Fingerprint>): void {
  for (const { path, absolute } of work.outs) {
    const print = outs.get(path);
    if (print) known.set(absolute, print);
  }
}
