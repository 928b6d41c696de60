// A metric of our own as a sentence: what it measures, and against what.
import type { OwnMetric } from '#lib/contracts/own-metrics.ts';

/** The width of each fence where the rule gives none. */
export const FENCE_WIDTHS = { robust: 3, iqr: 1.5 } as const;

/** What the rule measures at a column (or the table): `the population stability index of hour against main`. */
export function sayOwnMetric(metric: OwnMetric, name: string): string {
  switch (metric.metric) {
    case 'psi':
      return `the population stability index of ${name} against ${metric.reference}, over ${metric.bins} bins`;
    case 'ks':
      return `the largest distance between the distributions of ${name} here and in ${metric.reference}`;
    case 'mean':
      return valued(`the mean of ${name}`, metric);
    case 'stddev':
      return valued(`the standard deviation of ${name}`, metric);
    case 'quantile':
      return valued(
        `${metric.quantile === 0.5 ? 'the median' : `the ${metric.quantile} quantile`} of ${name}`,
        metric,
      );
    case 'nullRate':
      return valued(`the share of rows without ${name}`, metric);
    case 'labelRate':
      return valued(`the share of rows whose ${name} is ${String(metric.label)}`, metric);
    case 'outlierShare':
      return `the share of values of ${name} outside the fence of ${metric.reference} (${sayFence(metric)})`;
    case 'correlationStability':
      return `the share of pairs of ${metric.columns?.join(', ') ?? 'numeric columns'} whose ${metric.method} correlation moved by less than ${metric.limit} against ${metric.reference}`;
  }
}

interface Valued {
  readonly reference?: string | undefined;
  readonly change?: 'absolute' | 'relative' | undefined;
}

function valued(what: string, { reference, change = 'absolute' }: Valued): string {
  if (reference === undefined) return what;
  const how = change === 'relative' ? 'relative change' : 'change';
  return `the ${how} of ${what.replace(/^the /u, '')} since ${reference}`;
}

function sayFence({
  fence,
  width,
}: {
  readonly fence: 'robust' | 'iqr';
  readonly width?: number | undefined;
}): string {
  const wide = width ?? FENCE_WIDTHS[fence];
  return fence === 'robust'
    ? `${wide} robust standard deviations around the median`
    : `${wide} times the distance of the quartiles beyond them`;
}
