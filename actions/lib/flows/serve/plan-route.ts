// From one model's files to who serves it: the rule of the data plane decides, records and digests are held against each
// other, and every version with traffic is in memory before the route exists.
import { parseDocumentText } from '#lib/documents/document.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { ModelCache } from '#lib/flows/serve/model-cache.ts';
import type { Snapshot, TextFile } from '#lib/flows/serve/snapshot.ts';
import { readVersionRecord, versionRecordPath } from '#lib/registry/version-record.ts';
import { type Intent, readRollout } from '#lib/rollout/intent.ts';
import { type Progress, readProgress } from '#lib/rollout/progress.ts';
import { type Decision, decideTraffic } from '#lib/rollout/traffic.ts';
import { createCounts } from '#lib/serving/counts.ts';
import type { Commits, LoadedModel, Route, Shares } from '#lib/serving/table.ts';

/** Versions that were live lately and stay in memory, so that going back to one needs no loading. */
const WARM = 3;

export interface PlanInput {
  readonly model: string;
  readonly environment: string;
  readonly rollout: TextFile;
  readonly progress: TextFile | undefined;
  readonly commits: Commits;
  /** Its counts go on while the step is the same. */
  readonly previous: Route | undefined;
}

export interface PlannedRoute {
  readonly route: Route;
  /** What is wrong with a version that has no traffic yet. */
  readonly warning: unknown;
}

export interface PlanTools {
  readonly snapshot: Snapshot;
  readonly cache: ModelCache;
}

/**
 * Decides and loads.
 * @throws ConfigurationError saying which file to mend; the last good route is to be kept then
 */
export async function planRoute(input: PlanInput, tools: PlanTools): Promise<PlannedRoute> {
  const { model, environment } = input;
  const intent = readRollout(input.rollout.text, { file: input.rollout.path, model, environment });
  const progress =
    input.progress && readProgress(input.progress.text, input.progress.path, { intent, model, environment });
  const decision = decideTraffic(intent, progress);
  if (decision.source === 'none') throw notAccepted(input, decision);
  const loading = await loadVersions(wantedVersions(intent, progress, decision), { input, tools });
  const failure = loading.find(({ wanted, error }) => wanted.need === 'traffic' && error !== undefined);
  if (failure) throw failure.error;
  const warning = loading.find(({ wanted }) => wanted.need === 'next')?.error;
  const versions = new Map(
    loading.flatMap(({ wanted, loaded }) => (loaded ? [[wanted.version, loaded] as const] : [])),
  );
  return { route: buildRoute(input, { intent, progress, decision, versions }), warning };
}

function notAccepted({ model, environment, rollout }: PlanInput, { why }: Decision): ConfigurationError {
  return new ConfigurationError(`${model} has no version that may serve ${environment}: ${why}`, {
    at: { file: rollout.path },
    remedy: `Run: mainline rollout ${model} --in ${environment}`,
  });
}

interface Wanted {
  readonly version: string;
  /** Of the model's bytes. */
  readonly digest: string;
  /** It answers or gets copies now; it is next or before in the rollout; or it was live lately. */
  readonly need: 'traffic' | 'next' | 'warm';
}

function wantedVersions(
  intent: Intent,
  progress: Progress | undefined,
  { traffic, mirror }: Decision,
): readonly Wanted[] {
  const hasShare = (version: string, shares: Shares): boolean => (shares[version] ?? 0) > 0;
  const named = Object.entries(intent.rollout.spec.revisions).map(([version, { model }]): Wanted => {
    const isNeeded = hasShare(version, traffic) || hasShare(version, mirror);
    return { version, digest: model, need: isNeeded ? 'traffic' : 'next' };
  });
  const live = (progress?.spec.live ?? []).slice(0, WARM);
  const warm = live
    .filter(({ version }) => !named.some(other => other.version === version))
    .map(({ version, model }): Wanted => ({ version, digest: model, need: 'warm' }));
  return [...named, ...warm];
}

interface Loading {
  readonly wanted: Wanted;
  readonly loaded?: LoadedModel;
  readonly error?: unknown;
}

async function loadVersions(
  list: readonly Wanted[],
  { input, tools }: { readonly input: PlanInput; readonly tools: PlanTools },
): Promise<readonly Loading[]> {
  const versions = list.map(({ version }) => version);
  const records = await tools.snapshot.readRecords(input.model, versions);
  return Promise.all(
    list.map(async (wanted): Promise<Loading> => {
      try {
        const record = checkRecord(wanted, records.get(wanted.version), input);
        return { wanted, loaded: await tools.cache.load(record) };
      } catch (error) {
        return { wanted, error };
      }
    }),
  );
}

function checkRecord({ version, digest }: Wanted, file: TextFile | undefined, { model, rollout }: PlanInput) {
  const { locate } = parseDocumentText(rollout.text, rollout.path);
  if (!file) {
    throw new ConfigurationError(`${model} ${version} was never released: it has no record`, {
      at: locate(['spec', 'revisions', version]),
      remedy: `Name a released version, or release it: ${versionRecordPath(model, version)} is missing on mainline/state.`,
    });
  }
  const record = readVersionRecord(file.text, file.path);
  const { metadata, spec } = record;
  if (metadata.model !== model || metadata.version !== version) {
    throw new ConfigurationError(`This is the record of ${metadata.model} ${metadata.version}`, {
      at: { file: file.path },
      remedy: 'Restore the file from the history of the state branch; only mainline writes it.',
    });
  }
  if (spec.artifact.sha256 === digest) return record;
  throw new ConfigurationError(`${version} was released with other bytes: ${spec.artifact.sha256}`, {
    at: locate(['spec', 'revisions', version, 'model']),
    remedy: `Write the digest of the record, or promote the version again.`,
  });
}

interface Planned {
  readonly intent: Intent;
  readonly progress: Progress | undefined;
  readonly decision: Decision;
  readonly versions: ReadonlyMap<string, LoadedModel>;
}

function buildRoute(
  { commits, previous }: PlanInput,
  { intent, progress, decision, versions }: Planned,
): Route {
  const { version, sticky, judge } = intent.rollout.spec;
  const isAccepted = progress?.spec.of === intent.digest;
  const step = isAccepted ? progress.spec.step : null;
  const isSameStep =
    previous?.intent === intent.digest &&
    previous.step === step &&
    isSameShares(previous.traffic, decision.traffic);
  const slowMs = judge?.guards.flatMap(({ overMs }) => overMs ?? []) ?? [];
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
    counts: isSameStep ? previous.counts : { answers: createCounts(slowMs), copies: createCounts(slowMs) },
  };
}

/** True when both give every version the same share. */
export function isSameShares(a: Shares, b: Shares): boolean {
  const shares = (list: Shares) =>
    JSON.stringify(
      Object.entries(list)
        .filter(([, percent]) => percent > 0)
        .sort(),
    );
  return shares(a) === shares(b);
}
