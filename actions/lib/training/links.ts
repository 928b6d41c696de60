// From a model's inner sum to its answer, once in TypeScript and once as graph nodes: kept side by side to stay equal.
import { sigmoid } from '#lib/stats/elementary.ts';
import type { Link } from '#lib/training/tree-ensemble.ts';

/** The sum is the answer. */
export const identityLink: Link = { apply: sum => sum, addTo: (_, sum) => sum };

/** The sum is the log-odds of the positive class. */
export const sigmoidLink: Link = { apply: sigmoid, addTo: (graph, sum) => graph.node('Sigmoid', [sum]) };

/** The sum is a probability but for rounding just outside 0 and 1. */
export const clipLink: Link = {
  apply: sum => Math.min(1, Math.max(0, sum)),
  addTo: (graph, sum) =>
    graph.node('Clip', [sum, graph.constant('float', [], [0]), graph.constant('float', [], [1])]),
};
