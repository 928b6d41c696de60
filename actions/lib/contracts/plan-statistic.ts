// Rules of the engine mainline as checks: which columns a metric is taken of, and what its value must be.
import type { Check, Limit, Measure, StatisticColumn } from '#lib/contracts/check.ts';
import { isPrivate, nameOf } from '#lib/contracts/column.ts';
import type { Column } from '#lib/contracts/odcs-schema.ts';
import { type OwnMetric, TABLE_METRICS } from '#lib/contracts/own-metrics.ts';
import { sayOwnMetric } from '#lib/contracts/say-own-metric.ts';

interface StatisticPlace {
  /** The column the rule stands at; absent for a rule of the table. */
  readonly column?: Column | undefined;
  /** All of the table. */
  readonly columns: readonly Column[];
}

/** What a check of a metric of ours has of its own. */
export function planStatistic(
  metric: OwnMetric,
  { column, columns }: StatisticPlace,
): Pick<Check, 'says' | 'measure' | 'limit'> {
  const { operator, operand } = metric;
  const limit: Limit = { operator, operand, unit: 'rows' };
  const name = column ? nameOf(column) : 'the table';
  const where = metric.filter === undefined ? '' : `, of rows where ${metric.filter}`;
  return {
    says: `${sayOwnMetric(metric, name, column?.logicalType)}${where}`,
    limit,
    measure: measureOf(metric, { column, columns }),
  };
}

function measureOf(metric: OwnMetric, { column, columns }: StatisticPlace): Measure {
  const isOfTable = TABLE_METRICS.includes(metric.metric);
  if (isOfTable && column) return unrunnable(`${metric.metric} is of a table, and this rule is of a column`);
  if (!isOfTable && !column)
    return unrunnable(`${metric.metric} is of a column, and this rule is of a table`);
  const rowTypes = columns.map(toStatistic);
  if (column) return { kind: 'statistic', metric, columns: [toStatistic(column)], rowTypes };
  const named = metric.metric === 'correlationStability' ? metric.columns : undefined;
  if (!named) return { kind: 'statistic', metric, columns: columns.map(toStatistic), rowTypes };
  const unknown = named.find(word => !columns.some(one => one.name === word));
  if (unknown !== undefined) return unrunnable(`the contract has no column ${unknown}`);
  const found = named.flatMap(word => columns.find(one => one.name === word) ?? []);
  return { kind: 'statistic', metric, columns: found.map(toStatistic), rowTypes };
}

function toStatistic(column: Column): StatisticColumn {
  return { name: nameOf(column), type: column.logicalType, isPrivate: isPrivate(column) };
}

function unrunnable(reason: string): Measure {
  return { kind: 'unrunnable', reason };
}
