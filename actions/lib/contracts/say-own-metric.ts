// A metric of our own as a sentence: what it measures, and against what.
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import type { OwnMetric } from '#lib/contracts/own-metrics.ts';

/** The width of each fence where the rule gives none. */
export const FENCE_WIDTHS = { robust: 3, iqr: 1.5 } as const;

/**
 * What the rule measures at a column (or the table): `the population stability index of hour against main`.
 * @param type of the column, where the contract says
 */
export function sayOwnMetric(metric: OwnMetric, name: string, type?: LogicalType): string {
  switch (metric.metric) {
    case 'psi':
      return `the population stability index of ${name} against ${metric.reference}, ${sayBins(metric, type)}`;
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

/** Numbers and moments have quantiles; what else there is has categories. Without a type the data itself decides. */
function sayBins({ bins }: { readonly bins: number }, type: LogicalType | undefined): string {
  if (type === undefined) return `over ${bins} bins or the categories`;
  const isNumeric = ['integer', 'number', 'date', 'timestamp'].includes(type);
  return isNumeric ? `over ${bins} bins` : 'over the categories';
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
