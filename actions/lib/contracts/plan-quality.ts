// Quality rules as checks: the library's metrics run; rules in SQL, text or another engine are planned as skipped.
import {
  type Begin,
  type Check,
  type Condition,
  formatLimit,
  type Limit,
  type Measure,
} from '#lib/contracts/check.ts';
import { OPERATORS, type Quality, qualityKind } from '#lib/contracts/odcs-quality.ts';
import type { Column } from '#lib/contracts/odcs-schema.ts';
import type { KeyPath } from '#lib/documents/document.ts';

interface QualityPlace {
  readonly begin: Begin;
  readonly path: KeyPath;
  /** The column the rule stands at; absent for a rule of the table. */
  readonly column?: Column;
  /** The table's columns, for rules that name them. */
  readonly columns?: readonly Column[];
}

const WARNINGS = /^(warning|warn|info|low|minor|trivial)$/i;

/** One rule. */
export function planQuality(rule: Quality, place: QualityPlace): Check {
  const kind = qualityKind(rule);
  const severity = WARNINGS.test(rule.severity ?? '') ? 'warning' : 'error';
  const { begin, path } = place;
  if (kind !== 'library') {
    const reason =
      kind === 'text' ? 'a rule in words is for people to check' : `${kind} rules are not checked yet`;
    return begin(rule.name ?? kind, {
      path,
      says: describe(rule, kind),
      severity,
      measure: { kind: 'skipped', reason },
    });
  }
  const limit = limitOf(rule);
  const metric = rule.metric ?? rule.rule ?? '';
  return begin(rule.name ?? metric, {
    path,
    says: sayMetric(rule, metric, { limit, place }),
    severity,
    limit,
    measure: measureOf(rule, metric, place),
  });
}

function limitOf(rule: Quality): Limit {
  const operator = OPERATORS.find(candidate => rule[candidate] !== undefined) ?? 'mustBe';
  return { operator, operand: rule[operator], unit: rule.unit === 'percent' ? 'percent' : 'rows' };
}

function measureOf(rule: Quality, metric: string, { column, columns = [] }: QualityPlace): Measure {
  if (metric === 'rowCount') return { kind: 'row-count' };
  const name = column && (column.physicalName ?? column.name);
  if (metric === 'duplicateValues') {
    const keys = texts(rule.arguments?.['properties']).map(
      key => columns.find(candidate => candidate.name === key)?.physicalName ?? key,
    );
    return { kind: 'duplicates', columns: name === undefined ? keys : [name] };
  }
  if (name === undefined) return { kind: 'skipped', reason: `${metric} needs a column` };
  if (metric === 'nullValues') return where({ kind: 'missing', column: name, words: [] });
  if (metric === 'missingValues')
    return where({ kind: 'missing', column: name, words: texts(rule.arguments?.['missingValues']) });
  if (metric === 'invalidValues') return where({ kind: 'any', conditions: invalidConditions(rule, name) });
  return { kind: 'skipped', reason: `the metric ${metric} is not known` };
}

function invalidConditions(rule: Quality, column: string): readonly Condition[] {
  const { validValues, pattern } = rule.arguments ?? {};
  return [
    ...(Array.isArray(validValues)
      ? [
          {
            kind: 'not-among',
            column,
            values: validValues.map(value => (typeof value === 'number' ? value : String(value))),
          } as const,
        ]
      : []),
    ...(typeof pattern === 'string' ? [{ kind: 'not-matching', column, pattern } as const] : []),
  ];
}

function where(condition: Condition): Measure {
  return { kind: 'rows-where', condition };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(item => item !== null).map(String) : [];
}

function describe(rule: Quality, kind: string): string {
  return rule.description ?? rule.name ?? `a ${kind} rule`;
}

const LONGEST_LIST = 8;

function sayMetric(
  rule: Quality,
  metric: string,
  { limit, place }: { readonly limit: Limit; readonly place: QualityPlace },
): string {
  if (rule.description) return rule.description;
  const name = place.column?.name ?? 'the table';
  const { validValues, pattern } = rule.arguments ?? {};
  const isStrict = limit.operator === 'mustBe' && limit.operand === 0;
  if (metric === 'invalidValues' && isStrict && Array.isArray(validValues)) {
    const more = validValues.length - LONGEST_LIST;
    return `${name} is one of ${validValues.slice(0, LONGEST_LIST).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  }
  if (metric === 'invalidValues' && isStrict && typeof pattern === 'string')
    return `${name} matches ${pattern}`;
  const words: Readonly<Record<string, string>> = {
    rowCount: 'number of rows',
    nullValues: `missing values of ${name}`,
    missingValues: `missing values of ${name}`,
    invalidValues: `invalid values of ${name}`,
    duplicateValues: `repeated values of ${place.column ? name : texts(rule.arguments?.['properties']).join(' and ')}`,
  };
  return `${words[metric] ?? metric} ${formatLimit(limit)}`;
}
