// Gradient boosting: each tree corrects the sum of those before. Leaf-wise trees on histograms, second-order steps.
import { z } from 'zod';
import { logit, sigmoid } from '#lib/stats/elementary.ts';
import { createRandom, type Random, sampleRows } from '#lib/stats/random.ts';
import { type BinnedRows, binRows } from '#lib/training/bins.ts';
import { encodeTable, learnFeatures } from '#lib/training/encoding.ts';
import { type Gradients, logisticLossGradients, squaredLossGradients } from '#lib/training/gradients.ts';
import { type GrowRules, growTree } from '#lib/training/grow.ts';
import { identityLink, sigmoidLink } from '#lib/training/links.ts';
import { defineTrainer } from '#lib/training/trainer.ts';
import type { Task, TrainingSet } from '#lib/training/training-set.ts';
import { addTreeAnswers, type Tree } from '#lib/training/tree.ts';
import { fitEnsemble } from '#lib/training/tree-ensemble.ts';

const parametersSchema = z.strictObject({
  trees: z.int().min(1).max(2000).default(100).describe('Trees; more learn finer and risk learning noise.'),
  leaves: z.int().min(2).max(1024).default(31).describe('Most leaves of one tree.'),
  learningRate: z
    .number()
    .gt(0)
    .max(1)
    .default(0.1)
    .describe('How much of its correction each tree applies.'),
  minLeafRows: z.int().min(1).default(20).describe('Fewest training rows in a leaf.'),
  lambda: z.number().min(0).default(1).describe('Shrinks the answers of small leaves; 0 is none.'),
  bins: z.int().min(2).max(255).default(255).describe('Most steps a number is cut into.'),
  featureShare: z.number().gt(0).max(1).default(1).describe('Share of features each tree may use.'),
  rowShare: z.number().gt(0).max(1).default(1).describe('Share of rows each tree learns from.'),
});

type Parameters = z.output<typeof parametersSchema>;

const facts = { name: 'gradient-boosting', version: 1 } as const;

export const gradientBoosting = defineTrainer({
  ...facts,
  tasks: ['regression', 'binary-classification'],
  summary: 'Many small trees, each correcting the ones before; the most accurate on most tables.',
  parameters: parametersSchema,
  fit(set, parameters, { seed }) {
    const features = learnFeatures(set.features);
    const columns = encodeTable(features, set.features);
    const gains = new Float64Array(features.length);
    const base = baseOf(set);
    const trees = boost(set, { columns, base, gains }, { parameters, random: createRandom(seed) });
    const link = set.task === 'regression' ? identityLink : sigmoidLink;
    return fitEnsemble(trees, base, {
      algorithm: facts.name,
      version: facts.version,
      task: set.task,
      features,
      link,
      gains,
    });
  },
});

interface Rows {
  readonly columns: readonly Float32Array[];
  readonly base: number;
  readonly gains: Float64Array;
}

function boost(
  { task, target }: TrainingSet,
  { columns, base, gains }: Rows,
  { parameters, random }: { parameters: Parameters; random: Random },
): readonly Tree[] {
  const binned = binRows(columns, parameters.bins);
  const sums = new Float64Array(target.length).fill(base);
  const trees: Tree[] = [];
  for (let round = 0; round < parameters.trees; round++) {
    const rules = growRules(parameters, binned, random);
    const tree = growTree(
      binned,
      {
        gradients: gradientsOf(task, target, sums),
        rows: sampleShare(binned.rows, parameters.rowShare, random),
      },
      { ...rules, onSplit: (feature, gain) => (gains[feature]! += gain) },
    );
    addTreeAnswers(tree, columns, sums);
    trees.push(tree);
  }
  return trees;
}

function growRules(
  parameters: Parameters,
  { columns }: BinnedRows,
  random: Random,
): Omit<GrowRules, 'onSplit'> {
  const features = sampleShare(columns.length, parameters.featureShare, random);
  return { ...parameters, scale: parameters.learningRate, pickFeatures: () => features };
}

/** All of them without a draw when the share is 1. */
function sampleShare(count: number, share: number, random: Random): Uint32Array {
  if (share === 1) return Uint32Array.from({ length: count }, (_, i) => i);
  return sampleRows(count, Math.max(1, Math.round(count * share)), random);
}

function gradientsOf(task: Task, target: Float64Array, sums: Float64Array): Gradients {
  return task === 'regression'
    ? squaredLossGradients(target, sums)
    : logisticLossGradients(target, sums.map(sigmoid));
}

/** The best constant answer as a float32: the mean, or its log-odds. */
function baseOf({ task, target }: TrainingSet): number {
  const mean = target.reduce((sum, value) => sum + value, 0) / target.length;
  return Math.fround(task === 'regression' ? mean : logit(mean));
}
