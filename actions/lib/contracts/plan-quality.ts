// Quality rules as checks: the library's metrics and queries run; rules in text or for another engine are planned as skipped.
import {
  type Begin,
  type Check,
  type Condition,
  explainLimit,
  formatLimit,
  type Limit,
  type Measure,
  NO_ROWS,
} from '#lib/contracts/check.ts';
import { isPrivate, nameOf } from '#lib/contracts/column.ts';
import { OPERATORS, type Operator, type Quality, qualityKind } from '#lib/contracts/odcs-quality.ts';
import type { Column } from '#lib/contracts/odcs-schema.ts';
import { type OwnMetric, ownMetricOf } from '#lib/contracts/own-metrics.ts';
import { planStatistic } from '#lib/contracts/plan-statistic.ts';
import { severityOf, unitOf } from '#lib/contracts/quality-words.ts';
import { sayMetric } from '#lib/contracts/say-metric.ts';
import type { KeyPath } from '#lib/documents/document.ts';
import { nearestWord } from '#lib/documents/nearest.ts';

interface QualityPlace {
  readonly begin: Begin;
  readonly path: KeyPath;
  /** The column the rule stands at; absent for a rule of the table. */
  readonly column?: Column;
  /** The table's columns, for rules that name them. */
  readonly columns?: readonly Column[];
}

/** One rule. */
export function planQuality(rule: Quality, place: QualityPlace): Check {
  const own = ownMetricOf(rule);
  if (own) return planOwn(rule, own, place);
  const kind = qualityKind(rule);
  const { begin, path } = place;
  const metric = kind === 'library' ? (rule.metric ?? rule.rule ?? '') : kind;
  const limit = limitOf(rule);
  return begin(metric, {
    path,
    name: rule.id ?? rule.name,
    severity: severityOf(rule.severity),
    limit,
    ...(rule.dimension !== undefined && { dimension: rule.dimension }),
    ...(rule.tags !== undefined && { tags: rule.tags }),
    ...(kind === 'library'
      ? {
          says: sayMetric(rule, metric, { limit: operatorOf(rule) && limit, column: place.column }),
          ...measureOf(rule, metric, { ...place, limit }),
        }
      : { says: sayOther(rule, kind, limit), measure: otherMeasure(rule, kind, limit) }),
  });
}

function planOwn(rule: Quality, own: OwnMetric, { begin, path, column, columns = [] }: QualityPlace): Check {
  const { says, ...part } = planStatistic(own, { column, columns });
  const { description, name, severity, dimension, tags } = rule;
  return begin(own.metric, {
    path,
    name: rule.id ?? name,
    says: description ?? says,
    severity: severityOf(severity),
    ...(dimension !== undefined && { dimension }),
    ...(tags !== undefined && { tags }),
    ...part,
  });
}

type OtherKind = Exclude<ReturnType<typeof qualityKind>, 'library'>;

function sayOther(rule: Quality, kind: OtherKind, limit: Limit): string {
  const own = rule.description ?? rule.name;
  return own ?? (kind === 'sql' ? `the query gives ${formatLimit(limit)}` : `a ${kind} rule`);
}

function otherMeasure(rule: Quality, kind: OtherKind, limit: Limit): Measure {
  if (kind === 'text') return skipped('a rule in words is for people to check');
  if (kind === 'custom') return skipped(`rules of ${rule.engine ?? 'another engine'} are left to it`);
  if (!operatorOf(rule)) return skipped('the query has no operator to hold its number against');
  const reason = explainLimit(limit);
  return reason === undefined ? { kind: 'query', query: rule.query ?? '' } : skipped(reason);
}

function operatorOf(rule: Quality): Operator | undefined {
  return OPERATORS.find(candidate => rule[candidate] !== undefined);
}

function limitOf(rule: Quality): Limit {
  const operator = operatorOf(rule);
  if (!operator) return NO_ROWS;
  return { operator, operand: rule[operator], unit: unitOf(rule.unit) ?? 'rows' };
}

type Measured = Pick<Check, 'measure'> & Partial<Pick<Check, 'isPrivate'>>;

function measureOf(rule: Quality, metric: string, place: QualityPlace & { readonly limit: Limit }): Measured {
  const reason =
    explainLimit(place.limit) ?? explainUnit(rule, metric) ?? explainArguments(rule, metric, place.column);
  if (reason !== undefined) return { measure: skipped(reason) };
  // Version 3.0 asks for none, and does not say what that would mean.
  if (!operatorOf(rule)) return { measure: skipped('the rule has no operator to hold its number against') };
  if (metric === 'rowCount') return { measure: { kind: 'row-count' } };
  if (metric === 'duplicateValues') return duplicates(rule, place);
  if (!place.column) return { measure: skipped(`${metric} needs a column`) };
  const column = nameOf(place.column);
  if (metric === 'nullValues') return where({ kind: 'missing', column, words: [] });
  if (metric === 'missingValues')
    return where({ kind: 'missing', column, words: plainValues(rule.arguments?.['missingValues'] ?? []) });
  return where({ kind: 'any', conditions: invalidConditions(rule, column) });
}

function explainUnit({ unit = 'rows' }: Quality, metric: string): string | undefined {
  const known = unitOf(unit);
  if (!known) return `the unit ${unit} is not known, only rows and percent`;
  return metric === 'rowCount' && known === 'percent' ? 'a number of rows is not in percent' : undefined;
}

/** The arguments of each metric. */
const ARGUMENTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['rowCount', []],
  ['nullValues', []],
  ['missingValues', ['missingValues']],
  ['invalidValues', ['validValues', 'pattern']],
  ['duplicateValues', ['properties']],
]);

/** Why a metric cannot run with the arguments it has. Nothing is guessed: a rule half understood checks too little. */
function explainArguments(rule: Quality, metric: string, column: Column | undefined): string | undefined {
  const known = ARGUMENTS.get(metric);
  if (!known) return `the metric ${metric} is not known`;
  const given = rule.arguments ?? {};
  const unknown = Object.keys(given).find(key => !known.includes(key));
  if (unknown !== undefined) {
    const near = nearestWord(unknown, known);
    return `${metric} has no argument ${unknown}${near ? `, did you mean ${near}?` : ''}`;
  }
  const wrong = known.find(key => key in given && !isArgument(key, given[key]));
  if (wrong !== undefined)
    return `the argument ${wrong} is not ${wrong === 'pattern' ? 'text' : 'a list of plain values'}`;
  const isEmpty = Object.keys(given).length === 0;
  if (metric === 'invalidValues' && isEmpty) return 'invalidValues needs validValues or a pattern';
  if (metric === 'duplicateValues' && column && !isEmpty) return 'properties belongs to a rule of the table';
  return undefined;
}

function isArgument(key: string, value: unknown): boolean {
  if (key === 'pattern') return typeof value === 'string';
  return Array.isArray(value) && value.every(item => item === null || typeof item !== 'object');
}

function duplicates(rule: Quality, { column, columns = [] }: QualityPlace): Measured {
  if (column) return { measure: { kind: 'duplicates', columns: [nameOf(column)] } };
  const names = plainValues(rule.arguments?.['properties'] ?? []).map(String);
  if (names.length === 0) return { measure: skipped('duplicateValues of a table needs properties') };
  const named = names.map(name => columns.find(candidate => candidate.name === name));
  const unknown = names.find((_, i) => named[i] === undefined);
  if (unknown !== undefined) return { measure: skipped(`the contract has no column ${unknown}`) };
  const keys = named.filter(key => key !== undefined);
  return { measure: { kind: 'duplicates', columns: keys.map(nameOf) }, isPrivate: keys.some(isPrivate) };
}

function invalidConditions(rule: Quality, column: string): readonly Condition[] {
  const { validValues, pattern } = rule.arguments ?? {};
  return [
    ...(validValues === undefined
      ? []
      : [{ kind: 'not-among', column, values: plainValues(validValues) } as const]),
    ...(typeof pattern === 'string' ? [{ kind: 'not-matching', column, pattern } as const] : []),
  ];
}

function where(condition: Condition): Measured {
  return { measure: { kind: 'rows-where', condition } };
}

function skipped(reason: string): Measure {
  return { kind: 'skipped', reason };
}

/** A list as numbers and texts; null stands for a missing value, which is no value to compare to. */
function plainValues(list: unknown): readonly (string | number)[] {
  const values: readonly unknown[] = Array.isArray(list) ? list : [];
  return values
    .filter(value => value !== null)
    .map(value => (typeof value === 'number' ? value : String(value)));
}
