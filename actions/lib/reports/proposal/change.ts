// How the difference to another model is written, wherever it stands.
import type { Comparison } from '#lib/evaluation/comparison.ts';
import { bareUnit, formatDifference } from '#lib/evaluation/format.ts';
import type { Span } from '#lib/reports/inline.ts';

/** Both ends of a change with their signs. */
export function changeInterval({ ci95 }: Pick<Comparison, 'ci95'>, unit: string): string {
  return ci95.map(end => formatDifference(end, bareUnit(unit))).join(' to ');
}

const verdictTones = {
  better: 'pass',
  'not worse': undefined,
  worse: 'fail',
  "can't tell": 'warning',
} as const;

/** The verdict with its sign. */
export function verdictSpan({ verdict }: Pick<Comparison, 'verdict'>): Span {
  return { text: verdict, tone: verdictTones[verdict] };
}
