// Which rows changed side against the champion. Two models with the same accuracy can be right about different people, and
// a reviewer should see who pays: how many of each kind, whether that is chance, and the rows that moved most, by key.
import { z } from 'zod';
import { compareText } from '#lib/documents/canonical.ts';
import type { MetricTask, Sample } from '#lib/evaluation/metric.ts';
import { roundSignificant } from '#lib/stats/round.ts';
import { mcnemarTest } from '#lib/stats/tests/contingency.ts';

const answerSchema = z.union([z.number(), z.string()]);

const moverSchema = z.strictObject({
  key: z.string(),
  /** An amount, or the word of a class. */
  truth: answerSchema,
  /** The score or amount of this model, or the word of its class. */
  now: answerSchema,
  /** The champion's. */
  before: answerSchema,
});

const sideSchema = z.strictObject({
  n: z.number(),
  /** Of each truth the rows that moved, of how many; empty for amounts. */
  byTruth: z.array(z.strictObject({ truth: z.string(), n: z.number(), of: z.number() })).readonly(),
  /** Largest change first, then by key. */
  rows: z.array(moverSchema).readonly(),
});

export const sidesSchema = z.strictObject({
  n: z.number(),
  /** Wrong before and right now; for amounts nearer to the truth. */
  better: sideSchema,
  /** Right before and wrong now; for amounts farther from the truth. */
  worse: sideSchema,
  /** That as many go one way as the other (exact McNemar; for amounts the sign test). */
  p: z.number(),
  /** Rows that came within the declared tolerance and that left it; null without one. */
  tolerance: z.strictObject({ gained: z.number(), lost: z.number(), p: z.number() }).nullable(),
});

export type Sides = Readonly<z.output<typeof sidesSchema>>;
type Side = Sides['better'];

export interface SidesOptions {
  readonly task: MetricTask;
  /** Names of the rows, in their order; they are shown. */
  readonly keys: readonly string[];
  /** Rows shown of each side. */
  readonly most?: number;
  /** What 0 and 1 are called (binary). */
  readonly words?: readonly [string, string];
}

interface Pair {
  readonly sample: Sample;
  /** The champion on the same rows. */
  readonly reference: Sample;
}

/** Each model is judged at its own threshold. */
export function findSides(pair: Pair, options: SidesOptions): Sides {
  const { sample, reference } = pair;
  const isAmount = options.task === 'regression';
  const judge = isAmount ? movesOfAmounts(pair) : movesOfAnswers(pair, options.task);
  const [better, worse] = [1, -1].map(way => sideOf(way, judge, { ...options, ...pair })) as [Side, Side];
  return {
    n: sample.truth.length,
    better,
    worse,
    p: pOf(better.n, worse.n),
    tolerance: isAmount ? toleranceOf(sample, reference) : null,
  };
}

function pOf(gained: number, lost: number): number {
  return roundSignificant(mcnemarTest(gained, lost).exactP);
}

/** Per row: 1 better, -1 worse, 0 the same. */
type Moves = Int8Array;

function movesOfAnswers({ sample, reference }: Pair, task: MetricTask): Moves {
  const isRight = ({ truth, prediction, threshold }: Sample, row: number): number => {
    const answer = prediction[row] ?? Number.NaN;
    return Number(
      task === 'binary-classification' ? Number(answer >= threshold) === truth[row] : answer === truth[row],
    );
  };
  return Int8Array.from(sample.truth, (_, row) => isRight(sample, row) - isRight(reference, row));
}

/** Of the largest of the three amounts: models answer in 32 bits, and other processors round otherwise. */
const NOISE = 1e-6;

function movesOfAmounts({ sample, reference }: Pair): Moves {
  return Int8Array.from(sample.truth, (truth, row) => {
    const [now, before] = [sample.prediction[row] ?? Number.NaN, reference.prediction[row] ?? Number.NaN];
    const gain = Math.abs(before - truth) - Math.abs(now - truth);
    const noise = NOISE * Math.max(Math.abs(truth), Math.abs(now), Math.abs(before));
    return Math.abs(gain) > noise ? Math.sign(gain) : 0;
  });
}

function toleranceOf(sample: Sample, reference: Sample): Sides['tolerance'] {
  const { truth, tolerance } = sample;
  if (tolerance === undefined) return null;
  const isNear = ({ prediction }: Sample, row: number): boolean =>
    Math.abs((prediction[row] ?? Number.NaN) - (truth[row] ?? 0)) <= tolerance;
  let [gained, lost] = [0, 0];
  truth.forEach((_, row) => {
    const [now, before] = [isNear(sample, row), isNear(reference, row)];
    if (now && !before) gained += 1;
    if (before && !now) lost += 1;
  });
  return { gained, lost, p: pOf(gained, lost) };
}

function sideOf(way: number, moves: Moves, options: SidesOptions & Pair): Side {
  const { sample, task } = options;
  const count = (belongs: (row: number) => boolean): number =>
    sample.truth.reduce((sum, _, row) => sum + Number(belongs(row)), 0);
  const names = task === 'regression' ? [] : namesOf(options);
  return {
    n: count(row => moves[row] === way),
    byTruth: names.map((truth, index) => ({
      truth,
      n: count(row => moves[row] === way && sample.truth[row] === index),
      of: count(row => sample.truth[row] === index),
    })),
    rows: largest(way, moves, options).map(row => moverOf(row, options)),
  };
}

function namesOf({ sample, words = ['negative', 'positive'] }: SidesOptions & Pair): readonly string[] {
  return sample.classes?.names ?? words;
}

/** By how far the score of the truth moved, to six digits, so that noise in the last bits orders nothing. */
function changeOf(row: number, { sample, reference }: Pair): number {
  const scoreOf = ({ classes, prediction }: Sample): number =>
    classes
      ? (classes.probabilities[row * classes.names.length + (sample.truth[row] ?? 0)] ?? 0)
      : (prediction[row] ?? 0);
  return roundSignificant(Math.abs(scoreOf(sample) - scoreOf(reference)));
}

function largest(way: number, moves: Moves, options: SidesOptions & Pair): readonly number[] {
  const { keys, most = 5 } = options;
  const best: { readonly row: number; readonly change: number }[] = [];
  moves.forEach((move, row) => {
    if (move !== way) return;
    const change = changeOf(row, options);
    const last = best.at(-1);
    if (best.length === most && last && change < last.change) return;
    best.push({ row, change });
    best.sort((a, b) => b.change - a.change || compareText(keys[a.row] ?? '', keys[b.row] ?? ''));
    if (best.length > most) best.pop();
  });
  return best.map(({ row }) => row);
}

function moverOf(row: number, options: SidesOptions & Pair): Side['rows'][number] {
  const { keys, task, sample, reference } = options;
  const wordOf = (index: number | undefined): string => namesOf(options)[index ?? -1] ?? '';
  const answerOf = ({ prediction }: Sample): number | string =>
    task === 'multiclass-classification'
      ? wordOf(prediction[row])
      : roundSignificant(prediction[row] ?? Number.NaN);
  return {
    key: keys[row] ?? '',
    truth:
      task === 'regression' ? roundSignificant(sample.truth[row] ?? Number.NaN) : wordOf(sample.truth[row]),
    now: answerOf(sample),
    before: answerOf(reference),
  };
}
