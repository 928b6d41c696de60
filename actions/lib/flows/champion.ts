// The champion and its bytes: the version that serves production, else the newest registered, else what the base has.
// Bytes come from the cache, the store, or a rebuild of its commit; without them the comparison says "can't tell".
import { readFile } from 'node:fs/promises';
import { digestBytes, digestValue } from '#lib/documents/canonical.ts';
import type { Lock } from '#lib/dvc/lock/lock.ts';
import { isIntact } from '#lib/dvc/objects/intact.ts';
import { hashBytes } from '#lib/dvc/objects/md5.ts';
import { objectPath } from '#lib/dvc/objects/object-path.ts';
import type { Base, BaseModel } from '#lib/flows/base.ts';
import type { Workspace } from '#lib/flows/workspace.ts';
import type { Model } from '#lib/registry/model.ts';
import type { Champion } from '#lib/registry/proposal.ts';
import type { VersionRecord } from '#lib/registry/version-record.ts';

/** How a model turns its output into an answer. */
export type Answering = Pick<Model['spec'], 'features' | 'threshold' | 'classes'>;

export interface FoundChampion {
  readonly champion: Champion;
  /** Present when its state is known or same. */
  readonly bytes?: Uint8Array;
  /** Its own, not the proposal's. */
  readonly answering?: Answering;
}

/** A version of the registry that a proposal is held against. */
export interface RegisteredChampion {
  /** Where it was found, such as `production (1.2.0.1)`. */
  readonly name: string;
  readonly record: VersionRecord;
  /** Its bytes from the store, if they are there. */
  readonly stored: () => Promise<Uint8Array | undefined>;
}

export interface FindChampionOptions {
  readonly base: Base | null;
  /** The model at the base. */
  readonly before: BaseModel | undefined;
  readonly registered: RegisteredChampion | undefined;
  readonly model: Model;
  readonly artifact: Uint8Array;
  /** Brings the bytes into the cache; says why when it cannot. Only asked for deterministic pipelines. */
  readonly rebuild: (base: Base) => Promise<string | undefined>;
}

/** What the champion's bytes are known by. */
interface Wanted {
  readonly name: string;
  readonly md5: string;
  readonly spec: Answering & { readonly positive?: string | undefined };
  readonly stored: () => Promise<Uint8Array | undefined>;
  readonly rebuild: (() => Promise<string | undefined>) | undefined;
}

/** The version that model.yaml pins; undefined where it pins none. */
export async function findBaseline(
  workspace: Workspace,
  options: FindChampionOptions,
): Promise<FoundChampion | undefined> {
  const { baseline } = options.model.spec;
  if (baseline === undefined) return undefined;
  if (options.registered) return findChampion(workspace, options);
  return unknown('baseline', `version ${baseline} is not in the registry of this repository`);
}

/** Finds the champion of a proposal. */
export async function findChampion(
  workspace: Workspace,
  options: FindChampionOptions,
): Promise<FoundChampion> {
  const wanted = options.registered ? ofRegistry(options, options.registered) : ofBase(options);
  return 'md5' in wanted ? bring(workspace, wanted, options) : wanted;
}

function ofRegistry(
  { model, rebuild }: FindChampionOptions,
  { name, record, stored }: RegisteredChampion,
): Wanted {
  const { spec } = record;
  const from = { name, commit: spec.source.commit };
  return {
    name,
    md5: spec.artifact.md5,
    spec,
    stored,
    rebuild: model.spec.deterministic ? () => rebuild(from) : undefined,
  };
}

function ofBase({ base, before, model, rebuild }: FindChampionOptions): Wanted | FoundChampion {
  const none = (why: string): FoundChampion => ({
    champion: { state: 'none', name: 'none', why, sha256: null },
  });
  if (!base) return none('there is no git history to find a champion in');
  const name = `${base.name} (${base.commit.slice(0, 7)})`;
  // Evidence holds the reasons, and must not depend on the commit: squashed and rebased it stays the same.
  if (!before) return none(`${base.name} has no ${model.metadata.name} yet`);
  if (!before.lock) return none(`${base.name} has no trained ${model.metadata.name} yet`);
  const locked = findOutput(before.lock, before.model.spec.artifact.path);
  if (!locked) return unknown(name, `no stage of ${base.name} makes its ${before.model.spec.artifact.path}`);
  const [was, is] = [before.model.spec.evaluation.target, model.spec.evaluation.target];
  if (was !== is) return unknown(name, `it predicts ${JSON.stringify(was)}, this one ${JSON.stringify(is)}`);
  const isDeterministic = before.model.spec.deterministic || model.spec.deterministic;
  return {
    name,
    md5: locked.md5,
    spec: before.model.spec,
    stored: async () => undefined,
    rebuild: isDeterministic ? () => rebuild(base) : undefined,
  };
}

async function bring(
  { cache }: Workspace,
  wanted: Wanted,
  { model, artifact }: FindChampionOptions,
): Promise<FoundChampion> {
  const { name, md5, spec: answering } = wanted;
  if (answering.positive !== model.spec.positive) {
    return unknown(
      name,
      `its positive answer is ${saySide(answering.positive)}, this one's ${saySide(model.spec.positive)}`,
    );
  }
  if (hashBytes(artifact) === md5 && answersAlike(answering, model.spec)) {
    const why = 'this proposal has the same model';
    return {
      champion: { state: 'same', name, why, sha256: digestBytes(artifact) },
      bytes: artifact,
      answering,
    };
  }
  const brought = await findBytes(cache, wanted);
  if (typeof brought === 'string') return unknown(name, brought);
  const why = 'compared on the same test rows';
  return { champion: { state: 'known', name, why, sha256: digestBytes(brought) }, bytes: brought, answering };
}

function unknown(name: string, why: string): FoundChampion {
  return { champion: { state: 'unknown', name, why, sha256: null } };
}

/** Scores for one word say nothing of another: held against the wrong one, a good model looks bad. */
function saySide(positive: string | undefined): string {
  return positive === undefined ? 'none' : JSON.stringify(positive);
}

/** The same bytes are the same model only with the same threshold, words of the answers and order of features. */
function answersAlike(a: Wanted['spec'], b: Wanted['spec']): boolean {
  const parts = ({ positive, classes, threshold, features }: Wanted['spec']) =>
    digestValue({ positive, classes, threshold, features });
  return parts(a) === parts(b);
}

/** The bytes, or why they could not be had. */
async function findBytes(cache: string, { md5, stored, rebuild }: Wanted): Promise<Uint8Array | string> {
  if (isIntact(cache, md5)) return readFile(objectPath(cache, md5));
  const kept = await stored();
  if (kept) return kept;
  const missing = `the champion's bytes (md5 ${md5}) are not in the cache`;
  if (!rebuild) return missing;
  const problem = await rebuild();
  if (problem !== undefined) return `${missing}, and building them again failed: ${problem}`;
  if (isIntact(cache, md5)) return readFile(objectPath(cache, md5));
  return `${missing}, and building them again gave others: is the pipeline deterministic?`;
}

/** The locked output of that path, whatever stage makes it. */
export function findOutput(lock: Lock, path: string): { readonly md5: string } | undefined {
  return [...lock.stages.values()].flatMap(({ entry }) => entry.outs).find(out => out.path === path);
}
