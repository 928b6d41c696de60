// Measures one metric of our own. What the contract asks for and nobody can measure fails; a version to compare with that is
// not there yet is no fault of the data, and the check is skipped.
import type { Measure, StatisticColumn } from '#lib/contracts/check.ts';
import type { DataPart } from '#lib/contracts/data/data.ts';
import type { OwnMetric } from '#lib/contracts/own-metrics.ts';
import type { Measured } from '#lib/contracts/run/measured.ts';
import type { Partials } from '#lib/contracts/run/partials.ts';
import { measureCorrelations } from '#lib/contracts/run/statistics/correlations.ts';
import { measureKs, measurePsi } from '#lib/contracts/run/statistics/distances.ts';
import { measureOutliers } from '#lib/contracts/run/statistics/outliers.ts';
import { columnOf, NoStatistic, type Side } from '#lib/contracts/run/statistics/side.ts';
import { takeValue, type ValueMetric } from '#lib/contracts/run/statistics/values.ts';
import type { OpenVersion } from '#lib/contracts/run/statistics/version.ts';
import type { RowFilter } from '#lib/contracts/sql/statistics.ts';
import { nearestWord } from '#lib/documents/nearest.ts';
import { errorMessage } from '#lib/errors.ts';
import type { SqlEngine } from '#lib/sql/engine.ts';
import { roundSignificant } from '#lib/stats/round.ts';

type Statistic = Extract<Measure, { kind: 'statistic' }>;

export interface StatisticContext {
  readonly parts: readonly DataPart[];
  readonly engine: SqlEngine;
  readonly partials: Partials;
  readonly openVersion: OpenVersion;
  /** False shows no value of the data. */
  readonly showSamples?: boolean | undefined;
}

/** So many digits are the same wherever and however it runs. */
const DIGITS = 12;

/** The value, and in words what it was made of; or why there is none. */
export async function measureStatistic(
  { metric, columns, rowTypes }: Statistic,
  context: StatisticContext,
): Promise<Measured> {
  try {
    const filter = await readFilter(metric.filter, rowTypes, context.engine);
    const { engine, partials } = context;
    const current: Side = { name: 'the data', parts: context.parts, filter, engine, partials };
    const reference = await openReference(metric, columns, { current, openVersion: context.openVersion });
    if (typeof reference === 'string') return { value: null, skipped: reference };
    const shown = columns.map(column => ({
      ...column,
      isPrivate: column.isPrivate || context.showSamples === false,
    }));
    const { value, detail = [], isHidden = false } = await dispatch(metric, shown, { current, reference });
    return {
      ...(isHidden && { isHidden }),
      value: value === null ? null : roundSignificant(value, DIGITS),
      ...(detail.length > 0 && { detail }),
    };
  } catch (error) {
    if (error instanceof NoStatistic) return { value: null, problem: error.message };
    if (metric.filter === undefined) throw error;
    // Whatever follows the kind quotes what a row holds, which may be a person's.
    const [kind = ''] = errorMessage(error).split(':', 1);
    return { value: null, problem: `the filter does not run in every row (${kind})` };
  }
}

interface Sides {
  readonly current: Side;
  readonly reference: Side | undefined;
}

function dispatch(
  metric: OwnMetric,
  columns: readonly StatisticColumn[],
  { current, reference }: Sides,
): Promise<Measured> {
  const [column] = columns;
  if (metric.metric === 'correlationStability') {
    if (!reference) throw new Error('correlations are compared with a version');
    return measureCorrelations(metric, { columns, current, reference });
  }
  if (!column) throw new Error(`${metric.metric} is of one column`);
  if (metric.metric === 'psi' || metric.metric === 'ks' || metric.metric === 'outlierShare') {
    if (!reference) throw new Error(`${metric.metric} is compared with a version`);
    const compared = { column, current, reference };
    if (metric.metric === 'psi') return measurePsi(compared, metric.bins);
    return metric.metric === 'ks' ? measureKs(compared) : measureOutliers(metric, compared);
  }
  return measureValue(metric, column, { current, reference });
}

/** The value itself, or how far it lies from the reference's, whichever way. */
async function measureValue(
  metric: ValueMetric,
  column: StatisticColumn,
  { current, reference }: Sides,
): Promise<Measured> {
  const now = await takeValue(metric, column, current);
  // A quantile is somebody's value.
  const isHidden = column.isPrivate && metric.metric === 'quantile';
  if (!reference) return { value: now, isHidden };
  const before = await takeValue(metric, column, reference);
  const detail = isHidden ? [] : [`${roundSignificant(before)} before, ${roundSignificant(now)} now`];
  const gap = Math.abs(now - before);
  if (metric.change !== 'relative' || gap === 0) return { value: gap, detail };
  if (before === 0) throw new NoStatistic(`it is 0 in ${reference.name}, which nothing is a share of`);
  return { value: gap / Math.abs(before), detail };
}

async function openReference(
  { reference: name }: OwnMetric,
  columns: readonly StatisticColumn[],
  { current, openVersion }: { readonly current: Side; readonly openVersion: OpenVersion },
): Promise<Side | string | undefined> {
  if (name === undefined) return undefined;
  const parts = await openVersion(name);
  if ('reason' in parts) return parts.reason;
  const [column, ...more] = columns;
  const isAbsent = column && more.length === 0 && !parts.some(part => columnOf(part, column));
  return isAbsent ? `${name} has no column ${column.name}` : { ...current, name, parts };
}

/** @throws NoStatistic for a filter that may not run, or names what the contract does not */
async function readFilter(
  text: string | undefined,
  columns: readonly StatisticColumn[],
  engine: SqlEngine,
): Promise<RowFilter | undefined> {
  if (text === undefined) return undefined;
  const read = await engine.readExpression(text);
  if ('problem' in read) throw new NoStatistic(`the filter ${read.problem}`);
  const named = new Map<string, StatisticColumn>();
  for (const name of read.columns) {
    const found = columns.find(column => column.name.toLowerCase() === name.toLowerCase());
    const near = nearestWord(
      name,
      columns.map(column => column.name),
    );
    const hint = near ? `; did you mean "${near}"?` : '';
    if (!found)
      throw new NoStatistic(`the filter names "${name}", which is no column of the contract${hint}`);
    named.set(found.name, found);
  }
  return { text, columns: [...named.values()] };
}
