// Quality rules whose thresholds a clean table keeps, some of them only just: one row more or less would break them.
import { judge, keeps } from './judge.ts';
import {
  type Column,
  inData,
  isNestedType,
  type Planted,
  type Row,
  type Rule,
  type Table,
  type Value,
} from './planted-table.ts';
import type { Draw } from './random-columns.ts';

interface Ruled extends Pick<Planted, 'table' | 'shops' | 'clean' | 'rows'> {}

/** The table with up to six quality rules more. */
export function drawRules(draw: Draw, { table, shops, clean, rows }: Ruled): Table {
  let drawn = table;
  for (let n = draw.below(7); n > 0; n--) {
    const isOfTable = draw.chance(25);
    const column = draw.one(table.properties);
    const rule = isOfTable ? tableRule(draw, table, n) : columnRule(draw, column, { n, rows: clean });
    const place = isOfTable ? undefined : column;
    const asked = { table: withRule(drawn, place, rule), shops };
    const id = isOfTable ? rule.id : `${column.name}.${rule.id}`;
    // Files of text and others say the same of plain values.
    const [before, after] = [clean, rows].map(some => judge(asked, some, 'native').checks.get(id)?.value);
    if (typeof before !== 'number' || typeof after !== 'number') continue;
    drawn = withRule(drawn, place, withLimit(draw, rule, { before, after, rows: rows.length }));
  }
  return drawn;
}

function withRule(table: Table, column: Column | undefined, rule: Rule): Table {
  if (!column) return { ...table, quality: [...(table.quality ?? []), rule] };
  const properties = table.properties.map(one =>
    one.name === column.name ? { ...one, quality: [...(one.quality ?? []), rule] } : one,
  );
  return { ...table, properties };
}

function shared(draw: Draw, n: number): Rule {
  return { id: `q${n}`, ...(draw.chance(20) && { severity: 'warning' }) };
}

function tableRule(draw: Draw, { properties }: Table, n: number): Rule {
  const plain = properties.filter(({ logicalType }) => !isNestedType(logicalType)).map(({ name }) => name);
  const named = plain.filter(() => draw.chance(40));
  if (named.length === 0 || draw.chance(40)) return { ...shared(draw, n), metric: 'rowCount' };
  const unit = draw.chance(50) ? { unit: 'percent' } : {};
  return { ...shared(draw, n), metric: 'duplicateValues', arguments: { properties: named }, ...unit };
}

interface RulePlace {
  readonly n: number;
  readonly rows: readonly Row[];
}

function columnRule(draw: Draw, column: Column, { n, rows }: RulePlace): Rule {
  const { logicalType = '' } = column;
  const base = { ...shared(draw, n), ...(draw.chance(50) ? { unit: draw.one(['percent', 'rows']) } : {}) };
  if (draw.chance(20)) return shareRule(draw, column, { n, rows });
  if (isNestedType(logicalType) || draw.chance(20)) return { ...base, metric: 'nullValues' };
  const isListed = logicalType !== 'date' && logicalType !== 'time' && logicalType !== 'timestamp';
  const values = rows.map(row => row[inData(column)] ?? null);
  const some = values.filter((value): value is string => value !== null && draw.chance(40));
  const metric = draw.one(
    isListed ? ['missingValues', 'invalidValues', 'duplicateValues'] : ['duplicateValues'],
  );
  if (metric === 'duplicateValues') return { ...base, metric };
  if (metric === 'missingValues') return { ...base, metric, arguments: { missingValues: [...some, null] } };
  const pattern =
    logicalType === 'string' && draw.chance(50) ? { pattern: draw.one(['[a-z]', '^.{0,3}$', '\\d']) } : {};
  return {
    ...base,
    metric,
    arguments: {
      ...(pattern.pattern === undefined || draw.chance(50) ? { validValues: some } : {}),
      ...pattern,
    },
  };
}

function shareRule(draw: Draw, { logicalType, ...column }: Column, { n, rows }: RulePlace): Rule {
  const filter = draw.chance(50) ? { filter: `part = '${draw.one(['a', 'b'])}'` } : {};
  const label: Value = rows[0]?.[inData(column)] ?? null;
  const isLabelled =
    (logicalType === 'string' || logicalType === 'boolean') && label !== null && draw.chance(60);
  const metric = isLabelled ? { metric: 'labelRate', label } : { metric: 'nullRate' };
  return { ...shared(draw, n), type: 'custom', engine: 'mainline', implementation: { ...metric, ...filter } };
}

interface Measured {
  /** Of the clean table, which has to keep the limit, and of the other one. */
  readonly before: number;
  readonly after: number;
  readonly rows: number;
}

/** The rule with an operator that the clean table keeps, and the other one perhaps just not, or just still. */
function withLimit(draw: Draw, rule: Rule, { before, after, rows }: Measured): Rule {
  const isShare = rule.type === 'custom';
  // As it would be measured some rows away.
  const step = 1 + draw.below(3);
  const away = (by: number) => (rule.unit === 'percent' ? (by * 100) / rows : isShare ? by / 8 : by);
  const bounds = [before, after, before - away(step), before + away(step), after - away(1), after + away(1)];
  const pairs = bounds.flatMap(low => bounds.flatMap(high => (low < high ? [[low, high] as const] : [])));
  const limits = [
    ...bounds.flatMap(bound => [
      ...[{ mustBe: bound }, { mustNotBe: bound }],
      ...[{ mustBeGreaterThan: bound }, { mustBeGreaterOrEqualTo: bound }],
      ...[{ mustBeLessThan: bound }, { mustBeLessOrEqualTo: bound }],
    ]),
    ...pairs.flatMap(pair => [{ mustBeBetween: pair }, { mustNotBeBetween: pair }]),
  ];
  const kept = limits.filter(limit => keeps(before, limit));
  const operator = draw.one([...new Set(kept.map(limit => Object.keys(limit)[0]))]);
  const limit = draw.one(kept.filter(one => Object.keys(one)[0] === operator));
  return isShare ? { ...rule, implementation: { ...rule.implementation, ...limit } } : { ...rule, ...limit };
}
