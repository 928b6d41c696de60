// Evidence with something in every part, so that a test of what is rendered meets all of it. The numbers are made up.
import type { Evidence } from '#lib/registry/evidence.ts';
import { evidence } from './proposal.ts';

const interval = (low: number, high: number): [number, number] => [low, high];

const answer = (score: number, word: string | null) => ({ score, answer: word });

/** Everything that can be found, found. */
export const fullEvidence: Pick<
  Evidence,
  'sides' | 'worstSlices' | 'fairness' | 'behaviour' | 'robustness' | 'seasons' | 'explanation' | 'threshold'
> = {
  sides: {
    n: 163,
    better: {
      n: 30,
      byTruth: [{ truth: 'late', n: 12, of: 40 }],
      rows: [{ key: 'p1', truth: 12.2, now: 12.4, before: 15.1 }],
    },
    worse: { n: 21, byTruth: [], rows: [{ key: 'p2', truth: 'late', now: 'early', before: 'late' }] },
    p: 0.26,
    tolerance: { gained: 12, lost: 9, p: 0.66 },
  },
  worstSlices: {
    ...{ metric: 'rmse', overall: 2.05, looked: 120, smallest: 50 },
    slices: [
      {
        words: 'distance of 9 or more and day = Sun',
        columns: ['distance', 'day'],
        ...{ n: 52, value: 3.1, ci95: interval(2.6, 3.6), effect: 0.4, p: 0.004 },
        change: { reference: 2.4, difference: 0.7, ci95: interval(0.2, 1.2), p: 0.01, verdict: 'worse' },
      },
    ],
  },
  fairness: [
    {
      column: 'day',
      smallest: 30,
      groups: [
        {
          ...{ group: 'Sun', n: 60, compared: true },
          values: [{ name: 'mean_error', value: 0.4, ci95: interval(0.1, 0.7), n: 60 }],
        },
        { group: '', n: 3, compared: false, values: [{ name: 'mean_error', value: null, ci95: null, n: 3 }] },
      ],
      differences: [
        {
          ...{ measure: 'mean_error_difference', value: 0.5, ci95: interval(0.1, 0.9) },
          ...{ groups: ['Mon', 'Sun'], n: 120, reason: null },
        },
        {
          measure: 'error_ratio',
          value: null,
          ci95: null,
          groups: [],
          n: 0,
          reason: 'fewer than two groups',
        },
      ],
    },
  ],
  behaviour: {
    results: [
      {
        ...{ name: 'Farther is never faster', kind: 'direction', severity: 'block', why: 'Roads.' },
        ...{ status: 'failed', n: 163, held: 120, share: 0.736, ci95: interval(0.66, 0.8), required: 1 },
        sentence: '120 of 163 rows answer as they should.',
        examples: [
          {
            ...{ row: 'p7', changed: 'day "Sun" instead of "Mon"' },
            ...{ before: answer(12.2, null), after: answer(11.1, 'positive'), problem: 'expected more' },
          },
        ],
      },
      {
        ...{ name: 'Every parcel gets an answer', kind: 'edge', severity: 'warn', why: null },
        ...{ status: 'passed', n: 12, held: 12, share: 1, ci95: null, required: 1 },
        ...{ sentence: '12 of 12 rows get an answer.', examples: [] },
      },
    ],
    ...{ scored: 338, passed: false },
  },
  robustness: {
    stability: evidence.robustness.stability,
    adversarial: {
      ...{ n: 163, metric: 'rmse', before: 2.05 },
      budgets: [{ budget: 0.05, after: 3.9, drop: 1.85, flipped: 40 }],
      flippedBy: [{ column: 'distance', rows: 40 }],
    },
    confidence: {
      ...{ n: 163, histogram: [], within: 0.1, unanswered: 0 },
      low: {
        ...{ n: 20, share: 0.12, ci95: interval(0.08, 0.18) },
        ...{ right: 12, accuracy: 0.6, accuracyCi95: interval(0.4, 0.8) },
      },
      high: {
        ...{ n: 143, share: 0.88, ci95: interval(0.82, 0.92) },
        ...{ right: 140, accuracy: 0.98, accuracyCi95: interval(0.94, 1) },
      },
    },
  },
  seasons: {
    contexts: [{ name: 'christmas', training: 0, test: 3 }],
    ...{ neverTrained: ['christmas'], notEvaluated: [], unreadable: { training: 0, test: 0 } },
    ...{ status: 'not covered', words: 'trained without christmas' },
  },
  explanation: {
    importance: {
      ...{ loss: 'absolute_error', meanLoss: 1.6, n: 163, repeats: 5 },
      columns: [{ column: 'distance', importance: 3.2, ci95: interval(2.8, 3.6), share: 0.9 }],
    },
    stability: {
      ...{ rankCorrelation: 0.5, meanChange: 0.2, limit: 0.15, passed: false },
      columns: [{ column: 'distance', share: 0.9, reference: 0.7, change: 0.2 }],
    },
    dependence: [
      {
        ...{ column: 'day', kind: 'string', n: 437 },
        points: [{ value: 'Sun', share: 0.3, mean: 18.2, low: 12, high: 24 }],
      },
    ],
    examples: [
      {
        ...{ why: 'the highest answer', row: 'p9', answer: 24.9, truth: 25.3, method: 'trees' },
        reasons: [
          {
            ...{ column: 'distance', direction: 'raises', share: 0.8 },
            words: 'distance 9.9 adds 8.1 min to the predicted minutes.',
          },
        ],
      },
    ],
  },
  threshold: {
    ...{
      metric: 'f1',
      better: 'higher',
      limit: null,
      isWorse: true,
      reason: 'all rows have the same answer',
    },
    declared: {
      ...{
        threshold: 0.5,
        precision: 0.6,
        recall: 0.4,
        falsePositiveRate: 0.1,
        flagged: 0.2,
        objective: 0.48,
      },
    },
    chosen: {
      ...{
        threshold: 0.4,
        precision: 0.5,
        recall: 0.6,
        falsePositiveRate: 0.2,
        flagged: 0.3,
        objective: 0.55,
      },
    },
    ci95: interval(0.35, 0.45),
    behind: { value: 0.07, ci95: interval(0.01, 0.13) },
    points: [
      {
        ...{
          threshold: 0.5,
          precision: 0.6,
          recall: 0.4,
          falsePositiveRate: 0.1,
          flagged: 0.2,
          objective: 0.48,
        },
      },
    ],
  },
};
