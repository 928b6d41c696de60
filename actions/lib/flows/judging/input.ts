// What is judged, by what, beside whom: everything a verdict needs that is not in the repository's own files.
import type { ContractResult } from '#lib/contracts/result.ts';
import type { Cost } from '#lib/evaluation/cost.ts';
import type { FoundChampion } from '#lib/flows/champion.ts';
import type { openScorer } from '#lib/onnx/session.ts';
import type { Model } from '#lib/registry/model.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import type { Selection } from '#lib/training/selection.ts';

export interface JudgeInput {
  readonly root: string;
  readonly model: Model;
  readonly artifact: Uint8Array;
  readonly found: FoundChampion;
  /** The pinned version; undefined where none is pinned. */
  readonly baseline: FoundChampion | undefined;
  readonly selection: Selection | null;
  readonly contracts: readonly ContractResult[];
  readonly uncovered: readonly string[];
  readonly cost: Cost;
  readonly engine: SqlEngine;
  /** Such as 2026-11-21: overrides end, and data grows old. */
  readonly today: string;
  /** How models are opened: in a limited process where a stranger built them, in ours where our own stages just did. */
  readonly open?: typeof openScorer;
}
