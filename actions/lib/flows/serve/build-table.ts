// From what the two branches say to a routing table. Each model stands for itself: one whose files are bad, or whose bytes
// are missing, keeps what it served last and says why, while the others go on.
import { ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';
import type { ModelCache } from '#lib/flows/serve/model-cache.ts';
import type { ModelFiles, Snapshot } from '#lib/flows/serve/snapshot.ts';
import { readVersionRecord, type VersionRecord } from '#lib/registry/version-record.ts';
import { type Intent, readRollout } from '#lib/rollout/intent.ts';
import { type Progress, readProgress } from '#lib/rollout/progress.ts';
import { type Decision, decideTraffic } from '#lib/rollout/traffic.ts';
import { createCounts } from '#lib/serving/counts.ts';
import type { Commits, LoadedModel, Problem, Route, ServedModel, ServingTable } from '#lib/serving/table.ts';

export interface BuildOptions {
  readonly environment: string;
  readonly commits: Commits;
  /** What is served now. */
  readonly previous: ServingTable;
  readonly cache: ModelCache;
}

/** Builds the next table; never rejects for what the files say. */
export async function buildTable(snapshot: Snapshot, options: BuildOptions): Promise<ServingTable> {
  const models = await Promise.all(snapshot.models.map(files => serveModel(files, snapshot, options)));
  return { models: new Map(models.map(model => [model.name, model])), commits: options.commits };
}

async function serveModel(
  files: ModelFiles,
  snapshot: Snapshot,
  options: BuildOptions,
): Promise<ServedModel> {
  const { environment, previous } = options;
  const name = files.model;
  const before = previous.models.get(name)?.route;
  try {
    const route = await buildRoute(files, snapshot, { ...options, before });
    return { name, environment, route, problem: null };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { name, environment, route: before, problem: describe(error) };
  }
}

async function buildRoute(
  { model, rollout, progress: written }: ModelFiles,
  snapshot: Snapshot,
  { environment, commits, before, cache }: BuildOptions & { readonly before: Route | undefined },
): Promise<Route> {
  const intent = readRollout(rollout.text, { file: rollout.path, model, environment });
  const progress = written && readProgress(written.text, written.path, { model, environment, intent });
  const decision = decideTraffic(intent, progress);
  if (decision.source === 'none') {
    throw new ConfigurationError(`${model} keeps what it serves: ${decision.why}`, {
      at: { file: rollout.path },
      remedy: `Run: mainline rollout ${model} --in ${environment}`,
    });
  }
  const versions = await loadVersions({ model, intent, progress, decision }, snapshot, cache);
  const { version, sticky, judge } = intent.rollout.spec;
  const step = progress?.spec.of === intent.digest ? progress.spec.step : null;
  const slow = (judge?.guards ?? []).flatMap(({ overMs }) => overMs ?? []);
  const isSameStep = before?.intent === intent.digest && before.step === step;
  return {
    challenger: version,
    traffic: decision.traffic,
    mirror: decision.mirror,
    stickyHeader: sticky?.key.replace(/^header:/u, '').toLowerCase(),
    versions,
    intent: intent.digest,
    step,
    why: decision.why,
    commits,
    counts: isSameStep ? before.counts : { answers: createCounts(slow), copies: createCounts(slow) },
  };
}

interface Decided {
  readonly model: string;
  readonly intent: Intent;
  readonly progress: Progress | undefined;
  readonly decision: Decision;
}

/** Those with traffic or copies have to be there; those that were live before are kept warm where they can be. */
async function loadVersions(
  { model, intent, progress, decision }: Decided,
  snapshot: Snapshot,
  cache: ModelCache,
): Promise<ReadonlyMap<string, LoadedModel>> {
  const { revisions } = intent.rollout.spec;
  const needed = [...new Set([...Object.keys(decision.traffic), ...Object.keys(decision.mirror)])];
  const warm = (progress?.spec.live ?? []).slice(0, 2).filter(({ version }) => !needed.includes(version));
  const wanted = [
    ...needed.map(version => ({ version, digest: revisions[version]?.model ?? '', isNeeded: true })),
    ...warm.map(({ version, model: digest }) => ({ version, digest, isNeeded: false })),
  ];
  const records = await snapshot.readRecords(
    model,
    wanted.map(({ version }) => version),
  );
  const loaded = await Promise.all(
    wanted.map(async ({ version, digest, isNeeded }) => {
      try {
        const file = records.get(version);
        const record = file && readVersionRecord(file.text, file.path);
        return [[version, await cache.load(requireRecord(record, { model, version, digest }))]] as const;
      } catch (error) {
        if (isNeeded || !(error instanceof ConfigurationError)) throw error;
        return [];
      }
    }),
  );
  return new Map(loaded.flat());
}

/** @throws ConfigurationError when the registry lacks the version, or knows it with other bytes */
function requireRecord(
  record: VersionRecord | undefined,
  { model, version, digest }: { readonly model: string; readonly version: string; readonly digest: string },
): VersionRecord {
  if (!record) {
    throw new ConfigurationError(`${model} has no version ${version} in the registry`, {
      remedy: 'Promote a released version: mainline promote writes the file.',
    });
  }
  const { sha256 } = record.spec.artifact;
  if (sha256 === digest) return record;
  throw new ConfigurationError(`${model} ${version} is ${sha256} in the registry, not ${digest}`, {
    remedy: 'Promote the version again: mainline promote writes the digest.',
  });
}

function describe(error: ConfigurationError): Problem {
  const first = error instanceof ConfigurationErrors ? (error.problems[0] ?? error) : error;
  return {
    message: first.message,
    file: first.at?.file ?? null,
    line: first.at?.line ?? null,
    remedy: first.remedy ?? null,
  };
}
