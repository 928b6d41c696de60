// From the two branches to the next table. Each model stands for itself: one whose files are bad, or whose bytes are
// missing, keeps the route it had and says why, while the others go on.
import type { ServeEvent } from '#lib/flows/serve/events.ts';
import type { ModelCache } from '#lib/flows/serve/model-cache.ts';
import { isSameShares, type PlanInput, type PlanTools, planRoute } from '#lib/flows/serve/plan-route.ts';
import { describeProblem, isSameProblem } from '#lib/flows/serve/problem.ts';
import type { ModelFiles, Snapshot } from '#lib/flows/serve/snapshot.ts';
import type { Commits, Route, ServedModel, ServingTable } from '#lib/serving/table.ts';

export interface BuildOptions {
  readonly environment: string;
  readonly commits: Commits;
  /** What is served now. */
  readonly previous: ServingTable;
  readonly cache: ModelCache;
}

/** Builds the next table; never rejects for what the files say or the store lacks. */
export async function buildTable(snapshot: Snapshot, options: BuildOptions): Promise<ServingTable> {
  const models = await Promise.all(snapshot.models.map(files => buildModel(files, snapshot, options)));
  return { models: new Map(models.map(model => [model.name, model])), commits: options.commits };
}

async function buildModel(
  files: ModelFiles,
  snapshot: Snapshot,
  { environment, commits, previous, cache }: BuildOptions,
): Promise<ServedModel> {
  const before = previous.models.get(files.model)?.route;
  const named = { name: files.model, environment };
  const plan = { ...files, environment, commits, previous: before };
  try {
    const { route, warning } = await planRoute(plan, { snapshot, cache });
    return { ...named, route, problem: warning === undefined ? null : describeProblem(warning) };
  } catch (error) {
    const route = before ?? (await recallRoute(plan, { snapshot, cache }));
    return { ...named, route, problem: describeProblem(error) };
  }
}

/** The last good state of a server that began after it: history has it, so that a restart is no worse than none. */
async function recallRoute(plan: PlanInput, tools: PlanTools): Promise<Route | undefined> {
  for (const rollout of await tools.snapshot.readEarlierRollouts(plan.model)) {
    try {
      return (await planRoute({ ...plan, rollout }, tools)).route;
    } catch {
      // The one before it, then.
    }
  }
  return undefined;
}

/** What changed from one table to the next, for people. */
export function tellChanges(before: ServingTable, after: ServingTable): readonly ServeEvent[] {
  const changed = [...after.models.values()].flatMap(model =>
    tellModel(before.models.get(model.name), model),
  );
  const gone = [...before.models.keys()].filter(name => !after.models.has(name));
  return [...changed, ...gone.map((model): ServeEvent => ({ kind: 'gone', model }))];
}

function tellModel(
  before: ServedModel | undefined,
  { name: model, route, problem }: ServedModel,
): readonly ServeEvent[] {
  const events: ServeEvent[] = [];
  if (route && !isSameRoute(before?.route, route)) {
    const { traffic, mirror, why, commits } = route;
    events.push({ kind: 'serving', model, traffic, mirror, why, commits });
  }
  const old = before?.problem ?? null;
  if (problem && !isSameProblem(old, problem)) events.push({ kind: 'problem', model, problem });
  if (!problem && old) events.push({ kind: 'mended', model });
  return events;
}

function isSameRoute(a: Route | undefined, b: Route): boolean {
  if (!a || a.intent !== b.intent || a.step !== b.step || a.why !== b.why) return false;
  return isSameShares(a.traffic, b.traffic) && isSameShares(a.mirror, b.mirror);
}
