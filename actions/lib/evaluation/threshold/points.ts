// A few thresholds side by side with what each would mean: what a reviewer needs to move one.
import { z } from 'zod';
import { cellsAt, type Ladder, type Steps, shortThreshold } from '#lib/evaluation/threshold/ladder.ts';
import type { Objective } from '#lib/evaluation/threshold/objective.ts';
import { roundSignificant } from '#lib/stats/round.ts';

const shareSchema = z.number().nullable();

/** Shares are null where nothing is divided, as a precision without flagged rows. */
export const thresholdPointSchema = z.strictObject({
  threshold: z.number(),
  precision: shareSchema,
  recall: shareSchema,
  falsePositiveRate: shareSchema,
  /** Share of all rows that are flagged. */
  flagged: shareSchema,
  /** The metric of the rule. */
  objective: z.number().nullable(),
});

export type ThresholdPoint = Readonly<z.output<typeof thresholdPointSchema>>;

/** The thresholds of a sample with the cells at each, and what is wanted. */
export interface Ranked {
  readonly ladder: Ladder;
  readonly steps: Steps;
  readonly objective: Objective;
}

/** What a step means; the declared threshold as it is declared, any other as the shortest decimal. */
export function pointAt({ ladder, steps, objective }: Ranked, step: number): ThresholdPoint {
  const cells = cellsAt(steps, step);
  const { truePositives, falsePositives } = cells;
  const flagged = truePositives + falsePositives;
  return {
    threshold: step === ladder.declared ? (ladder.thresholds[step] ?? 0) : shortThreshold(ladder, step),
    precision: quotient(truePositives, flagged),
    recall: quotient(truePositives, steps.positives),
    falsePositiveRate: quotient(falsePositives, steps.negatives),
    flagged: quotient(flagged, steps.positives + steps.negatives),
    objective: finite(objective.measured(cells)),
  };
}

function quotient(part: number, whole: number): number | null {
  return finite(part / whole);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? roundSignificant(value) : null;
}

const RECALLS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

/** Ascending: the highest threshold that finds each of these shares of the positive rows, the declared and the chosen. */
export function pointsOf(ranked: Ranked, chosen: number | undefined): readonly ThresholdPoint[] {
  const { ladder, steps } = ranked;
  const rungs = RECALLS.map(wanted =>
    steps.truePositives.findIndex(found => found > 0 && found >= wanted * steps.positives),
  ).filter(step => step >= 0);
  const named = [ladder.declared, ...(chosen === undefined ? [] : [chosen])];
  const flags = new Set(named.map(step => ladder.flagged[step]));
  const others = rungs.filter(step => !flags.has(ladder.flagged[step]));
  return [...new Set([...named, ...others])].sort((a, b) => b - a).map(step => pointAt(ranked, step));
}
