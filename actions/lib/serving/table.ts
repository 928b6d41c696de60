// The routing table: who serves what, as one immutable value. A change of main or of the state makes a new one; nothing
// of an old one is ever edited, so a request sees either all of a change or nothing of it.
import type { Counts } from '#lib/serving/counts.ts';
import type { Signature } from '#lib/serving/signature.ts';
import type { Table } from '#lib/tables/table.ts';

/** A model in memory, known by the digest of its bytes. */
export interface LoadedModel {
  readonly digest: string;
  readonly signature: Signature;
  /** As many numbers a row as the signature says. @throws when the model fails. */
  score(rows: Table): Promise<Float64Array>;
  close(): Promise<void>;
}

/** Percent by version. */
export type Shares = Readonly<Record<string, number>>;

/** What serves one model now. */
export interface Route {
  /** Where the rollout wants to be: the version a sticky key is measured against. */
  readonly challenger: string;
  /** Sums to 100; every version in it is loaded. */
  readonly traffic: Shares;
  readonly mirror: Shares;
  /** The header whose value keeps a caller on one version, in small letters. */
  readonly stickyHeader: string | undefined;
  /** All that can be called, those kept warm included. */
  readonly versions: ReadonlyMap<string, LoadedModel>;
  /** Of the rollout's spec on main. */
  readonly intent: string;
  /** Steps of the plan that are done; null when no rollout has accepted this intent. */
  readonly step: number | null;
  readonly why: string;
  /** Commits this was decided from. */
  readonly commits: Commits;
  /** Of answers and of copies since this step began. */
  readonly counts: StepCounts;
}

export interface StepCounts {
  readonly answers: Counts;
  readonly copies: Counts;
}

export interface Commits {
  readonly main: string;
  readonly state: string | null;
}

/** Why a model keeps its last good state. */
export interface Problem {
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly remedy: string | null;
}

export interface ServedModel {
  readonly name: string;
  readonly environment: string;
  /** Undefined while nothing good was ever seen. */
  readonly route: Route | undefined;
  readonly problem: Problem | null;
}

export interface ServingTable {
  readonly models: ReadonlyMap<string, ServedModel>;
  /** What was read last, whether or not every model could follow; undefined before the first reading. */
  readonly commits: Commits | undefined;
}

/** Before anything was read. */
export const EMPTY_TABLE: ServingTable = { models: new Map(), commits: undefined };

/** All models a table can reach. */
export function loadedModels(table: ServingTable): ReadonlySet<LoadedModel> {
  return new Set([...table.models.values()].flatMap(({ route }) => [...(route?.versions.values() ?? [])]));
}
