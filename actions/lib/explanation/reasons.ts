// Reason codes: an explanation as sentences for the person it concerns. No word of method, no number without a meaning;
// what sampling cannot tell from chance is not said.
import { z } from 'zod';
import { formatDeclared, formatNumber } from '#lib/evaluation/format.ts';
import type { Attribution, Explanation } from '#lib/explanation/explain-rows.ts';
import type { UsualColumn } from '#lib/explanation/usual.ts';
import { Z_95 } from '#lib/stats/interval.ts';
import { roundSignificant } from '#lib/stats/round.ts';

export const reasonSchema = z.strictObject({
  column: z.string(),
  direction: z.enum(['raises', 'lowers']),
  /** Of all movement away from the usual answer, up and down together; 0 to 1. */
  share: z.number(),
  /** One sentence. */
  words: z.string(),
});

export type Reason = Readonly<z.output<typeof reasonSchema>>;

export interface ReasonOptions {
  /** From `describeUsual`; columns without an entry are not compared with anything. */
  readonly usual: readonly UsualColumn[];
  /** What is answered, such as "the probability of bad" or "the predicted time". */
  readonly subject: string;
  /** Of an amount, such as min. */
  readonly unit?: string | undefined;
  /** At most so many reasons. */
  readonly most?: number;
  /** Columns whose values nobody may see. */
  readonly hidden?: ReadonlySet<string>;
}

/** The largest movements first; fewer than asked for when fewer columns matter. */
export function giveReasons(
  { attributions, scale }: Pick<Explanation, 'attributions' | 'scale'>,
  { usual, subject, unit, most = 4, hidden = new Set() }: ReasonOptions,
): readonly Reason[] {
  const movement = attributions.reduce((sum, { attribution }) => sum + Math.abs(attribution), 0);
  const certain = attributions.filter(isCertain);
  const strongest = (direction: Reason['direction']): string | undefined =>
    certain.find(one => directionOf(one) === direction)?.column;
  return certain.slice(0, most).map(one => {
    const direction = directionOf(one);
    const share = roundSignificant(Math.abs(one.attribution) / movement, 3);
    const isStrongest = strongest(direction) === one.column;
    const effect = sayEffect(one.attribution, { scale, subject, unit, isStrongest });
    const details = [
      `${sayShare(share)} of all movement`,
      ...saySize(one, hidden.has(one.column) ? undefined : usual.find(({ column }) => column === one.column)),
    ];
    return {
      column: one.column,
      direction,
      share,
      words: `${hidden.has(one.column) ? one.column : sayValue(one)} ${effect}: ${details.join('; ')}.`,
    };
  });
}

function isCertain({ attribution, standardError }: Attribution): boolean {
  return attribution !== 0 && Math.abs(attribution) > Z_95 * (standardError ?? 0);
}

function directionOf({ attribution }: Attribution): Reason['direction'] {
  return attribution > 0 ? 'raises' : 'lowers';
}

function sayValue({ column, value }: Attribution): string {
  if (value === null) return `${column} is missing, which`;
  return typeof value === 'string' ? `${column} "${value}"` : `${column} ${sayNumber(value)}`;
}

function sayNumber(value: number): string {
  return formatDeclared(roundSignificant(value));
}

interface Effect {
  readonly scale: Explanation['scale'];
  readonly subject: string;
  readonly unit: string | undefined;
  readonly isStrongest: boolean;
}

/** Log-odds have no size a person could use: there only the direction is said. */
function sayEffect(attribution: number, { scale, subject, unit, isStrongest }: Effect): string {
  const size = Math.abs(attribution);
  const most = isStrongest ? ' most' : '';
  if (scale === 'target') {
    const amount = formatNumber(size, unit);
    return attribution > 0 ? `adds ${amount} to ${subject}` : `takes ${amount} off ${subject}`;
  }
  const verb = attribution > 0 ? 'raises' : 'lowers';
  if (scale === 'log-odds') return `${verb} ${subject}${most}`;
  return `${verb} ${subject} by ${formatNumber(size * 100)} percentage points`;
}

function sayShare(share: number): string {
  return share < 0.005 ? 'less than 1\u00a0%' : `${Math.round(share * 100)}\u00a0%`;
}

/** How the value compares with the training rows. */
function saySize({ value }: Attribution, usual: UsualColumn | undefined): readonly string[] {
  if (!usual) return [];
  if (value === null) {
    return [
      usual.missing === 0
        ? 'no training row lacks it'
        : `${sayShare(usual.missing)} of the training rows lack it`,
    ];
  }
  if (usual.kind === 'string') return [sayCategory(String(value), usual)];
  return usual.percentiles.length > 0 ? [sayPlace(Number(value), usual.percentiles)] : [];
}

function sayCategory(value: string, { categories, isCut }: Extract<UsualColumn, { kind: 'string' }>): string {
  const found = categories.find(category => category.value === value);
  if (found) return `${sayShare(found.share)} of the training rows have it`;
  return isCut ? 'rare in the training rows' : 'no training row has it';
}

/** A value that many rows share is told by how many; half of the rows count as usual; others by how many they exceed. */
function sayPlace(value: number, percentiles: readonly number[]): string {
  const near = roundSignificant(value);
  const below = percentiles.filter(percentile => percentile < near).length;
  const above = percentiles.filter(percentile => percentile > near).length;
  const all = percentiles.length;
  if (above === all) return 'lower than in any training row';
  if (below === all) return 'higher than in any training row';
  const equal = (all - below - above) / all;
  if (equal >= 0.1) return `the same in ${sayShare(equal)} of the training rows`;
  if (below > 75) return `higher than in ${sayShare(below / all)} of the training rows`;
  if (above > 75) return `lower than in ${sayShare(above / all)} of the training rows`;
  return 'within what is usual in the training rows';
}
