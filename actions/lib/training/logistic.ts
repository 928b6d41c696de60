// Logistic regression with an L2 penalty, by iteratively reweighted least squares (Newton's method).
import { exp, log1p, logit, sigmoid } from '#lib/stats/elementary.ts';
import { type Design, learnDesign } from '#lib/training/design.ts';
import { multiplyDesign, solveRidge } from '#lib/training/least-squares.ts';
import { linearParametersSchema } from '#lib/training/linear.ts';
import { fitLinearModel } from '#lib/training/linear-model.ts';
import { sigmoidLink } from '#lib/training/links.ts';
import { defineTrainer } from '#lib/training/trainer.ts';

const MAX_STEPS = 50;
const MAX_HALVINGS = 20;
/** The loss must fall by more than this part of itself for another step. */
const TOLERANCE = 1e-10;
/** Keeps rows that are predicted with certainty from dividing by zero. */
const MIN_WEIGHT = 1e-9;

const facts = { name: 'logistic', version: 1 } as const;

export const logistic = defineTrainer({
  ...facts,
  tasks: ['binary-classification'],
  summary: 'Log-odds as a weighted sum of the features; calibrated, quick, and easy to explain.',
  parameters: linearParametersSchema,
  fit({ task, features, target }, { lambda, maxCategories }) {
    const design = learnDesign(features, maxCategories);
    const solution = iterate(design, target, lambda);
    return fitLinearModel(design, solution, {
      algorithm: facts.name,
      version: facts.version,
      task,
      link: sigmoidLink,
    });
  },
});

/** Newton steps from the base rate, each halved until the penalised loss falls. */
function iterate(design: Design, target: Float64Array, lambda: number): Float64Array {
  let solution: Float64Array = new Float64Array(design.width + 1);
  solution[0] = logit(target.reduce((sum, value) => sum + value, 0) / target.length);
  let loss = penalisedLoss(design, target, { solution, lambda });
  for (let step = 0; step < MAX_STEPS; step++) {
    const goal = newtonGoal(design, target, solution);
    const next = shorten(solution, solveRidge(design, goal, lambda), candidate => {
      const candidateLoss = penalisedLoss(design, target, { solution: candidate, lambda });
      return candidateLoss < loss ? candidateLoss : undefined;
    });
    if (!next) break;
    const isDone = loss - next.loss <= TOLERANCE * loss;
    solution = next.solution;
    loss = next.loss;
    if (isDone) break;
  }
  return solution;
}

/** The least-squares problem whose solution is the full Newton step. */
function newtonGoal(
  design: Design,
  target: Float64Array,
  solution: Float64Array,
): { readonly target: Float64Array; readonly weights: Float64Array } {
  const sums = multiplyDesign(design, solution);
  const probabilities = sums.map(sigmoid);
  const weights = probabilities.map(p => Math.max(MIN_WEIGHT, p * (1 - p)));
  return {
    weights,
    target: sums.map((sum, row) => sum + (target[row]! - probabilities[row]!) / weights[row]!),
  };
}

/** The first point on the way to the full step, halving each time, whose loss is accepted. */
function shorten(
  from: Float64Array,
  to: Float64Array,
  accept: (solution: Float64Array) => number | undefined,
): { readonly solution: Float64Array; readonly loss: number } | undefined {
  let share = 1;
  for (let halving = 0; halving < MAX_HALVINGS; halving++) {
    const solution = from.map((value, i) => value + share * (to[i]! - value));
    const loss = accept(solution);
    if (loss !== undefined) return { solution, loss };
    share /= 2;
  }
  return undefined;
}

/** Half the penalty and the negative log-likelihood: log(1 + e^s) - y s per row, without overflow. */
function penalisedLoss(
  design: Design,
  target: Float64Array,
  { solution, lambda }: { solution: Float64Array; lambda: number },
): number {
  const penalty = solution.subarray(1).reduce((sum, weight) => sum + weight * weight, 0);
  return multiplyDesign(design, solution).reduce(
    (sum, s, row) => sum + Math.max(s, 0) + log1p(exp(-Math.abs(s))) - target[row]! * s,
    (lambda / 2) * penalty,
  );
}
