// What the server says about itself, as plain values: the protocol's metadata and our extension `mainline_rollout`, which
// `advance` reads to judge a step.
import type { Counts, VersionCounts } from '#lib/serving/counts.ts';
import { Refusal } from '#lib/serving/refusal.ts';
import { inputMetadata, outputMetadata } from '#lib/serving/signature.ts';
import type { LoadedModel, Problem, Route, ServedModel, ServingTable, Shares } from '#lib/serving/table.ts';

/** GET /v2/models/<m>/rollout: what serves since when and why, and what it did in this step. */
export interface RolloutStatus {
  readonly model: string;
  readonly environment: string;
  /** Of the rollout's spec that is obeyed; null while nothing is served. */
  readonly intent: string | null;
  readonly step: number | null;
  readonly commits: { readonly main: string | null; readonly state: string | null };
  readonly traffic: Shares;
  readonly mirror: Shares;
  readonly why: string | null;
  /** Why a newer state is not obeyed, or null. */
  readonly problem: Problem | null;
  /** Since this step began on this server. */
  readonly counts: Readonly<Record<string, VersionCounts>>;
  /** Of copies; nobody waited for these. */
  readonly mirrorCounts: Readonly<Record<string, VersionCounts>>;
}

/** @throws Refusal 404 */
export function requireModel({ models, commits }: ServingTable, name: string): ServedModel {
  const model = models.get(name);
  if (model) return model;
  if (!commits) throw new Refusal(503, 'Nothing was read from the repository yet', { 'retry-after': '1' });
  throw new Refusal(
    404,
    `There is no model of this name; served: ${[...models.keys()].join(', ') || 'none'}`,
  );
}

/** @throws Refusal 503 while nothing good was ever seen of the model, 404 for a version that is not loaded */
export function requireRoute({ name, route, problem }: ServedModel, version: string | undefined): Route {
  if (!route) {
    throw new Refusal(503, `${name} cannot be served yet: ${problem?.message ?? 'it is being loaded'}`);
  }
  if (version === undefined || route.versions.has(version)) return route;
  throw new Refusal(
    404,
    `This version of ${name} is not loaded; loaded: ${[...route.versions.keys()].join(', ')}`,
  );
}

/** GET /v2/models/<m> and /versions/<v>. */
export function describeModel(model: ServedModel, version: string | undefined): object {
  const { name, environment, route, problem } = model;
  if (version !== undefined) requireRoute(model, version);
  const main = version ?? mainVersion(route);
  const loaded: LoadedModel | undefined = main === undefined ? undefined : route?.versions.get(main);
  return {
    name,
    versions: version === undefined ? [...(route?.versions.keys() ?? [])] : [version],
    platform: 'onnx_onnxv1',
    inputs: loaded ? inputMetadata(loaded.signature) : [],
    outputs: loaded ? outputMetadata(loaded.signature) : [],
    parameters: {
      environment,
      ...(main === undefined ? {} : { version: main }),
      ...(problem === null ? {} : { problem: problem.message }),
    },
  };
}

/** The version with most traffic; the first of equals. */
function mainVersion(route: Route | undefined): string | undefined {
  const shares = Object.entries(route?.traffic ?? {});
  return shares.toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

/** GET /v2/models/<m>/rollout. */
export function describeRollout({ name, environment, route, problem }: ServedModel): RolloutStatus {
  return {
    model: name,
    environment,
    intent: route?.intent ?? null,
    step: route?.step ?? null,
    commits: { main: route?.commits.main ?? null, state: route?.commits.state ?? null },
    traffic: route?.traffic ?? {},
    mirror: route?.mirror ?? {},
    why: route?.why ?? null,
    problem,
    counts: toRecord(route?.counts.answers),
    mirrorCounts: toRecord(route?.counts.copies),
  };
}

function toRecord(counts: Counts | undefined): Readonly<Record<string, VersionCounts>> {
  return Object.fromEntries(counts?.read() ?? []);
}
