// Random forest: trees grown apart on bootstrap samples, averaged. Shares the histogram grower with boosting.
// Leaves are bounded, so that a hundred trees stay a file of a megabyte or two.
import { z } from 'zod';
import { bootstrapRows, createRandom, type Random, sampleRows } from '#lib/stats/random.ts';
import { type BinnedRows, binRows } from '#lib/training/bins.ts';
import { encodeTable, learnFeatures } from '#lib/training/encoding.ts';
import { squaredLossGradients } from '#lib/training/gradients.ts';
import { growTree } from '#lib/training/grow.ts';
import { clipLink, identityLink } from '#lib/training/links.ts';
import { defineTrainer } from '#lib/training/trainer.ts';
import type { Tree } from '#lib/training/tree.ts';
import { fitEnsemble } from '#lib/training/tree-ensemble.ts';

const parametersSchema = z.strictObject({
  trees: z
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .describe('Trees; more steady the average and enlarge the file.'),
  leaves: z.int().min(2).max(1024).default(256).describe('Most leaves of one tree.'),
  minLeafRows: z.int().min(1).default(5).describe('Fewest training rows in a leaf.'),
  featureShare: z
    .number()
    .gt(0)
    .max(1)
    .default(0.4)
    .describe('Share of features each split may choose from.'),
  rowShare: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('Rows drawn for each tree, with repeats, as a share of all.'),
  bins: z.int().min(2).max(255).default(255).describe('Most steps a number is cut into.'),
});

type Parameters = z.output<typeof parametersSchema>;

const facts = { name: 'random-forest', version: 1 } as const;

export const randomForest = defineTrainer({
  ...facts,
  tasks: ['regression', 'binary-classification'],
  summary: 'The average of many trees on random samples; needs little tuning.',
  parameters: parametersSchema,
  fit({ task, features: table, target }, parameters, { seed }) {
    const features = learnFeatures(table);
    const binned = binRows(encodeTable(features, table), parameters.bins);
    const gains = new Float64Array(features.length);
    const base = Math.fround(target.reduce((sum, value) => sum + value, 0) / target.length);
    const trees = growForest(binned, { target, base, gains }, { parameters, seed });
    const link = task === 'regression' ? identityLink : clipLink;
    return fitEnsemble(trees, base, {
      algorithm: facts.name,
      version: facts.version,
      task,
      features,
      link,
      gains,
    });
  },
});

interface Goal {
  readonly target: Float64Array;
  readonly base: number;
  readonly gains: Float64Array;
}

/** Squared loss for both tasks: for 0/1 targets it ranks splits as the Gini impurity does. */
function growForest(
  binned: BinnedRows,
  { target, base, gains }: Goal,
  { parameters, seed }: { parameters: Parameters; seed: number },
): readonly Tree[] {
  const gradients = squaredLossGradients(target, new Float64Array(target.length).fill(base));
  return Array.from({ length: parameters.trees }, (_, tree) => {
    const random = createRandom(seed, tree);
    return growTree(
      binned,
      { gradients, rows: drawRows(target.length, parameters.rowShare, random) },
      {
        leaves: parameters.leaves,
        minLeafRows: parameters.minLeafRows,
        lambda: 0,
        scale: 1 / parameters.trees,
        pickFeatures: () => drawFeatures(binned.columns.length, parameters.featureShare, random),
        onSplit: (feature, gain) => {
          gains[feature]! += gain;
        },
      },
    );
  });
}

function drawRows(count: number, share: number, random: Random): Uint32Array {
  return bootstrapRows(count, random).subarray(0, Math.max(1, Math.round(count * share)));
}

function drawFeatures(count: number, share: number, random: Random): Uint32Array {
  return sampleRows(count, Math.max(1, Math.round(count * share)), random);
}
