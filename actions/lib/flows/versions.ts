// The registry as the state branch has it: records of a model, and which of them a proposal has to beat.

import { nearestWord } from '#lib/documents/nearest.ts';
import { ConfigurationError } from '#lib/errors.ts';
import type { RegisteredChampion } from '#lib/flows/champion.ts';
import { liveVersion, readEnvironment } from '#lib/flows/environments.ts';
import { type Host, MAIN_REF } from '#lib/flows/host.ts';
import { readState, type State } from '#lib/flows/state.ts';
import type { Model } from '#lib/registry/model.ts';
import { compareVersions } from '#lib/registry/version.ts';
import { readVersionRecord, type VersionRecord, versionRecordPath } from '#lib/registry/version-record.ts';

/** All records of a model, oldest number first. */
export async function listVersions(state: State, model: string): Promise<readonly VersionRecord[]> {
  const files = await state.readAll(`models/${model}/versions/`);
  return files
    .map(({ path, text }) => readVersionRecord(text, path))
    .toSorted((a, b) => compareVersions(a.metadata.version, b.metadata.version));
}

/**
 * One record.
 * @throws ConfigurationError naming the versions there are.
 */
export async function readVersion(state: State, model: string, version: string): Promise<VersionRecord> {
  const path = versionRecordPath(model, version);
  const text = await state.read(path);
  if (text !== undefined) return readVersionRecord(text, path);
  const known = (await listVersions(state, model)).map(record => record.metadata.version);
  const near = nearestWord(version, known);
  throw new ConfigurationError(`${model} has no version ${version}`, {
    remedy:
      known.length === 0
        ? 'None is released yet: merge a proposal, then run mainline release.'
        : near
          ? `Did you mean ${near}?`
          : `Versions: ${known.slice(-10).join(', ')}.`,
  });
}

/** The registered versions a proposal is held against: the champion, and the baseline that model.yaml pins. */
export async function findReferences(
  host: Pick<Host, 'repository' | 'store'>,
  { metadata, spec }: Model,
  at: { readonly state?: State; readonly main?: string } = {},
): Promise<{ readonly registered?: RegisteredChampion; readonly baseline?: RegisteredChampion }> {
  const environment = spec.environments.at(-1) ?? 'production';
  const state = at.state ?? (await readState(host.repository));
  const registered = await findRegisteredChampion(host, metadata.name, { environment, ...at, state });
  const record = (await listVersions(state, metadata.name)).find(
    one => one.metadata.version === spec.baseline,
  );
  return {
    ...(registered ? { registered } : {}),
    ...(record ? { baseline: asReference(host, 'the baseline', record) } : {}),
  };
}

function asReference(
  { store }: Pick<Host, 'store'>,
  where: string,
  record: VersionRecord,
): RegisteredChampion {
  return {
    name: `${where} (${record.metadata.version})`,
    record,
    stored: () => store.read(record.spec.artifact.sha256),
  };
}

/** The version that serves the last environment, else the newest registered, else undefined. */
export async function findRegisteredChampion(
  host: Pick<Host, 'repository' | 'store'>,
  model: string,
  { environment, state, main }: { environment: string; state?: State; main?: string },
): Promise<RegisteredChampion | undefined> {
  const at = state ?? (await readState(host.repository));
  const records = await listVersions(at, model);
  const commit = main ?? (await host.repository.resolve(MAIN_REF));
  if (records.length === 0 || commit === undefined) return undefined;
  const serving = await servingVersion(host, { main: commit, state: at }, { model, environment });
  const live = records.find(({ metadata }) => metadata.version === serving);
  const record = live ?? records.at(-1);
  if (!record) return undefined;
  return asReference(host, live ? environment : 'the registry', record);
}

/** A rollout file that cannot be read names no champion; whoever works on rollouts is told, a proposal is not stopped. */
async function servingVersion(
  host: Pick<Host, 'repository'>,
  at: { readonly main: string; readonly state: State },
  place: { readonly model: string; readonly environment: string },
): Promise<string | undefined> {
  try {
    return liveVersion(await readEnvironment(host, at, place));
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}
