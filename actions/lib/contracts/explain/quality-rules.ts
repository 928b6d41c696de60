// Quality rules in words, of every kind.
import { type ExplainedRule, explained, type RulePlace } from '#lib/contracts/explain/explained.ts';
import { sayLimit } from '#lib/contracts/explain/say-limit.ts';
import { type Quality, qualityKind } from '#lib/contracts/odcs-quality.ts';
import { OPERATORS } from '#lib/contracts/operators.ts';
import { ownMetricOf } from '#lib/contracts/own-metrics.ts';
import { severityOf, unitOf } from '#lib/contracts/quality-words.ts';
import { sayOwnMetric } from '#lib/contracts/say-own-metric.ts';

const LONGEST_LIST = 8;

/** All quality rules of one place. */
export function explainQuality(rules: readonly Quality[] = [], place: RulePlace): readonly ExplainedRule[] {
  return rules.map((rule, index) => {
    const { kind, counts, passes } = measured(rule, place);
    return explained(place, {
      rule: kind,
      name: rule.id ?? rule.name,
      says: rule.description ?? `${counts.replace(/^(counts|measures) /u, '')} ${requirement(passes)}`,
      counts,
      passes,
      severity: severityOf(rule.severity),
      at: ['quality', index],
    });
  });
}

/** `passes below 5 percent` as what is asked of a measure. */
function requirement(passes: string): string {
  if (passes === 'passes when there are none') return 'do not occur';
  return passes.startsWith('passes ') ? passes.replace('passes', 'must be') : `(${passes})`;
}

interface Measured {
  readonly kind: string;
  readonly counts: string;
  readonly passes: string;
}

function measured(rule: Quality, { column, table, type }: RulePlace): Measured {
  const kind = qualityKind(rule);
  const name = column ?? table;
  if (kind === 'text') {
    return { kind, counts: 'measures nothing', passes: 'a person looks at it in review' };
  }
  if (kind === 'custom') {
    const own = ownMetricOf(rule);
    if (!own) {
      const engine = rule.engine ?? 'another tool';
      return {
        kind,
        counts: `measures what ${engine} makes of it`,
        passes: `${engine} says whether it passes`,
      };
    }
    const { operator, operand, metric, filter } = own;
    const where = filter === undefined ? '' : `, of rows where ${filter}`;
    const counts = `measures ${sayOwnMetric(own, name, type)}${where}`;
    return { kind: metric, counts, passes: sayLimit({ operator, operand, unit: '' }) };
  }
  const operator = OPERATORS.find(one => rule[one] !== undefined);
  const percent = unitOf(rule.unit) === 'percent' ? 'percent of the rows' : 'rows';
  const isCount = kind === 'library' && rule.metric !== 'rowCount';
  const unit = kind === 'sql' ? '' : isCount ? percent : 'rows';
  const passes = operator
    ? sayLimit({ operator, operand: rule[operator], unit })
    : 'it has no limit, so it cannot run';
  if (kind === 'sql') return { kind, counts: 'measures what one SQL query gives', passes };
  const metric = rule.metric ?? rule.rule ?? '';
  return { kind: metric, counts: `counts ${sayCount(rule, metric, name)}`, passes };
}

function sayCount({ arguments: given = {} }: Quality, metric: string, name: string): string {
  const { missingValues, validValues, pattern, properties } = given;
  switch (metric) {
    case 'rowCount':
      return `the rows of ${name}`;
    case 'nullValues':
      return `rows without ${name}`;
    case 'missingValues':
      return `rows whose ${name} is missing: empty or ${list(missingValues)}`;
    case 'duplicateValues':
      return `rows that repeat ${Array.isArray(properties) ? properties.map(String).join(' and ') : name}`;
    case 'invalidValues': {
      const forms = [
        ...(validValues === undefined ? [] : [`none of ${list(validValues)}`]),
        ...(pattern === undefined ? [] : [`not like ${String(pattern)}`]),
      ];
      return `rows whose ${name} is ${forms.join(', or ') || 'invalid'}`;
    }
    default:
      return `what ${metric} means, which nothing here knows`;
  }
}

function list(values: unknown): string {
  const all: readonly unknown[] = Array.isArray(values) ? values : [values];
  const shown = all
    .slice(0, LONGEST_LIST)
    .map(value => (typeof value === 'string' ? value || '""' : JSON.stringify(value)));
  const more = all.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
