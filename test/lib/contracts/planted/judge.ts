// What a table's contract says of its rows, by loops over the rows: the value of every check, and which rows break it.
// Written against the words of the standard; nothing of the program that is tested is used.
import { type Form, isAmong, isMap, isUnchecked, valueRules } from './judge-values.ts';
import { type Column, inData, type Planted, type Row, type Rule, type Value } from './planted-table.ts';

/** What one check has to say. */
export interface Expected {
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly value: number | null;
  /** Places of the rows that break it, ascending; null for a check that counts no rows. */
  readonly failing: readonly number[] | null;
  readonly isShown: boolean;
  readonly isWarning: boolean;
  /** The columns of a key that stands there twice. */
  readonly key?: readonly string[];
}

export interface Verdict {
  /** By id. */
  readonly checks: ReadonlyMap<string, Expected>;
  readonly passed: boolean;
  readonly schemaCompliance: number;
  readonly completeness: number;
}

type Item = Omit<Column, 'name'>;
/** All values that a row has at a place. */
type Reach = (row: Row) => readonly Value[];

/** Judges a table. */
export function judge(
  { table, shops }: Pick<Planted, 'table' | 'shops'>,
  rows: readonly Row[],
  form: Form,
): Verdict {
  const checks = new Map<string, Expected>();
  const wrong = new Set<number>();
  const incomplete = new Set<number>();
  const where = (breaks: (row: Row) => boolean) => rows.flatMap((row, i) => (breaks(row) ? [i] : []));
  const put = (id: string, part: Partial<Expected>, rule: Partial<Rule> = {}) => {
    const { failing = null } = part;
    const counted = part.value !== undefined ? part.value : (failing?.length ?? null);
    const value = rule.unit === 'percent' && counted !== null ? (counted * 100) / rows.length : counted;
    const outcome = value === null ? 'skipped' : keeps(value, rule) ? 'passed' : 'failed';
    const isWarning = rule.severity === 'warning';
    // An object may be required, and require members.
    checks.set(checks.has(id) ? `${id}-2` : id, {
      isShown: true,
      outcome,
      ...part,
      failing,
      value,
      isWarning,
    });
  };
  const isShown = ({ classification = 'public' }: Item) => classification === 'public';

  put('rows', { value: rows.length }, { mustBeGreaterThan: 0 });
  const known = table.properties.map(inData);
  put('columns', { value: Object.keys(rows[0] ?? {}).filter(name => !known.includes(name)).length });
  for (const column of table.properties) {
    put(`${column.name}.present`, { value: 1 }, { mustBe: 1 });
    judgeItem(column, column.name, row => [row[inData(column)] ?? null], column);
    for (const rule of column.quality ?? []) judgeRule(rule, column);
    for (const { to } of column.relationships ?? []) judgeKey(`${column.name}.relationship`, [column], [to]);
  }
  const key = table.properties.filter(({ primaryKey }) => primaryKey);
  key.sort((a, b) => (a.primaryKeyPosition ?? 0) - (b.primaryKeyPosition ?? 0));
  if (key.length > 0) putRepeated('primaryKey', key);
  for (const rule of table.quality ?? []) {
    const named = (rule.arguments?.properties ?? []) as readonly string[];
    if (rule.metric === 'rowCount') put(rule.id, { value: rows.length }, rule);
    else putRepeated(rule.id, named.map(columnCalled), rule);
  }
  for (const { from, to } of table.relationships ?? [])
    judgeKey(
      'relationship',
      from.map(one => columnCalled(one.split('.')[1] ?? '')),
      to,
    );

  const failed = [...checks.values()].some(({ outcome, isWarning }) => outcome === 'failed' && !isWarning);
  return {
    checks,
    passed: !failed,
    schemaCompliance: 1 - wrong.size / rows.length,
    completeness: 1 - incomplete.size / rows.length,
  };

  function columnCalled(name: string): Column {
    const found = table.properties.find(column => column.name === name);
    if (!found) throw new Error(`no column ${name}`);
    return found;
  }

  /** @param top the column it is in, or is */
  function judgeItem(item: Item, id: string, reach: Reach, top: Column): void {
    const shown = { isShown: isShown(top) };
    const isSkipped = isUnchecked(top, form);
    for (const rule of valueRules(item, form)) {
      const failing = where(row => reach(row).some(rule.breaks));
      if (rule.isRequired) for (const i of failing) incomplete.add(i);
      if (rule.isOfType && !isSkipped) for (const i of failing) wrong.add(i);
      put(
        `${id}.${rule.id}`,
        isSkipped && !rule.isRequired ? { value: null, ...shown } : { failing, ...shown },
      );
    }
    if (item.unique) putRepeated(`${id}.unique`, [top]);
    if (isSkipped) return;
    for (const member of item.properties ?? []) {
      put(`${id}.${member.name}.present`, { failing: [], ...shown });
      const inner: Reach = row => reach(row).flatMap(one => (isMap(one) ? [one[member.name] ?? null] : []));
      judgeItem(member, `${id}.${member.name}`, inner, top);
    }
    const inner: Reach = row => reach(row).flatMap(one => (Array.isArray(one) ? (one as Value[]) : []));
    if (item.items) judgeItem(item.items, `${id}.items`, inner, top);
  }

  /** The later rows of each key that stands there more than once. */
  function putRepeated(id: string, columns: readonly Column[], rule?: Rule): void {
    const seen = new Set<string>();
    const names = columns.map(inData);
    const failing = where(row => {
      const values = names.map(name => row[name] ?? null);
      if (values.includes(null)) return false;
      const isRepeated = seen.has(JSON.stringify(values));
      seen.add(JSON.stringify(values));
      return isRepeated;
    });
    put(id, { failing, isShown: columns.every(isShown), key: names }, rule);
  }

  function judgeRule(rule: Rule, column: Column): void {
    const id = `${column.name}.${rule.id}`;
    if (rule.type === 'custom') judgeShare(id, rule, row => row[inData(column)] ?? null);
    else if (rule.metric === 'duplicateValues') putRepeated(id, [column], rule);
    else judgeMetric(id, rule, column);
  }

  function judgeMetric(id: string, rule: Rule, column: Column): void {
    const { missingValues, validValues, pattern } = (rule.arguments ?? {}) as Record<string, never[]>;
    const failing = where(row => {
      const value = row[inData(column)] ?? null;
      if (rule.metric === 'nullValues') return value === null;
      if (rule.metric === 'missingValues') return value === null || isAmong(value, missingValues ?? []);
      if (value === null) return false;
      const isUnlisted = validValues !== undefined && !isAmong(value, validValues);
      return isUnlisted || (pattern !== undefined && !new RegExp(String(pattern), 'u').test(String(value)));
    });
    put(id, { failing, isShown: isShown(column) }, rule);
  }

  /** A metric of our own: a share of the rows for which its filter, one comparison, holds. */
  function judgeShare(id: string, rule: Rule, valueIn: (row: Row) => Value): void {
    const { filter, metric, label } = rule.implementation ?? {};
    const [, name = '', text = ''] = /^(\w+) = '(\w+)'$/.exec(String(filter)) ?? [];
    const asked = rows.filter(row => filter === undefined || row[name] === text);
    const met = asked.filter(row => (metric === 'nullRate' ? valueIn(row) === null : valueIn(row) === label));
    const value = asked.length === 0 ? null : Number((met.length / asked.length).toPrecision(12));
    // What was asked for and cannot be measured fails.
    put(id, { value, ...(value === null && { outcome: 'failed' }) }, { ...rule, ...rule.implementation });
  }

  function judgeKey(id: string, columns: readonly Column[], to: readonly string[]): void {
    const names = to.map(one => one.split('.')[1] ?? '');
    const known = new Set(shops.map(shop => JSON.stringify(names.map(name => shop[name]))));
    const failing = where(row => {
      const values = columns.map(column => row[inData(column)] ?? null);
      return !values.includes(null) && !known.has(JSON.stringify(values));
    });
    put(id, { failing, isShown: columns.every(isShown) });
  }
}

/** Whether a value keeps the one operator of a rule; none means that there must be 0. */
export function keeps(value: number, rule: Readonly<Record<string, unknown>>): boolean {
  const bound = (name: string) => rule[name] as number | undefined;
  const pair = (name: string) => rule[name] as readonly [number, number] | undefined;
  const [less, notLess] = [bound('mustBeLessThan'), bound('mustBeGreaterOrEqualTo')];
  const [more, notMore] = [bound('mustBeGreaterThan'), bound('mustBeLessOrEqualTo')];
  const [within, outside] = [pair('mustBeBetween'), pair('mustNotBeBetween')];
  if (bound('mustNotBe') !== undefined) return value !== bound('mustNotBe');
  if (less !== undefined) return value < less;
  if (notLess !== undefined) return value >= notLess;
  if (more !== undefined) return value > more;
  if (notMore !== undefined) return value <= notMore;
  if (within) return within[0] < value && value < within[1];
  if (outside) return !(outside[0] < value && value < outside[1]);
  return value === (bound('mustBe') ?? 0);
}
