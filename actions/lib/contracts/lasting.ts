// Whether what a check found stays true as long as the bytes of its file stay the same. Ages grow by themselves, and keys,
// queries and references read other files: who remembers results by the hash of one file must leave those out.
import { OWN_METRICS } from '#lib/contracts/own-metrics.ts';
import type { CheckResult } from '#lib/contracts/result.ts';

const OF_MORE_THAN_CONTENT: readonly string[] = ['sla', 'relationship', 'sql', ...OWN_METRICS];

/** A service level that cannot be measured is skipped today and tomorrow. */
export function lastsWithContent({ rule, outcome }: Pick<CheckResult, 'rule' | 'outcome'>): boolean {
  return !OF_MORE_THAN_CONTENT.includes(rule) || (rule === 'sla' && outcome === 'skipped');
}
