// Rules of the library with what they need: where they may stand, their arguments, the columns they name.
import type { Finding, LintRule } from '#lib/contracts/lint/finding.ts';
import { columnNames, type WalkedRule, walkRules } from '#lib/contracts/lint/walk.ts';
import { qualityKind } from '#lib/contracts/odcs-quality.ts';
import { OWN_METRICS, ownMetricOf, TABLE_METRICS } from '#lib/contracts/own-metrics.ts';
import { nearestWord } from '#lib/documents/nearest.ts';

/** Arguments of each metric, and where it stands. */
const METRICS: ReadonlyMap<
  string,
  { readonly known: readonly string[]; readonly place?: 'column' | 'table' }
> = new Map([
  ['rowCount', { known: [], place: 'table' }],
  ['nullValues', { known: [], place: 'column' }],
  ['missingValues', { known: ['missingValues'], place: 'column' }],
  ['invalidValues', { known: ['validValues', 'pattern'], place: 'column' }],
  ['duplicateValues', { known: ['properties'] }],
]);

/** Each rule by itself. */
export const ruleArguments: LintRule = contract =>
  walkRules(contract).flatMap(walked => {
    const { path } = walked;
    const findings = qualityKind(walked.rule) === 'library' ? libraryFindings(walked) : ownFindings(walked);
    return findings.map(found => ({ ...found, path: [...path, ...found.path] }));
  });

function libraryFindings(walked: WalkedRule): readonly Finding[] {
  const { rule, column, table } = walked;
  const metric = rule.metric ?? rule.rule ?? '';
  const form = METRICS.get(metric);
  const key = rule.metric === undefined ? 'rule' : 'metric';
  if (!form) {
    const near = nearestWord(metric, [...METRICS.keys()]);
    const remedy = near ? `Did you mean "${near}"?` : `The library has ${[...METRICS.keys()].join(', ')}.`;
    return [{ rule: 'metric-unknown', message: `nothing runs the rule ${metric}`, remedy, path: [key] }];
  }
  const here = column ? 'column' : 'table';
  const findings: Finding[] = [];
  if (form.place !== undefined && form.place !== here) {
    const message = `${metric} is a rule of a ${form.place}, this stands at a ${here}`;
    const remedy = form.place === 'table' ? 'Move it to the quality of the table.' : 'Move it to the column.';
    findings.push({ rule: 'metric-place', message, remedy, path: [key] });
  }
  const given = rule.arguments ?? {};
  for (const name of Object.keys(given).filter(one => !form.known.includes(one))) {
    const near = nearestWord(name, form.known);
    const list =
      form.known.length > 0 ? `Its arguments: ${form.known.join(', ')}.` : 'It has none: remove it.';
    const remedy = near ? `Did you mean "${near}"?` : list;
    const message = `${metric} has no argument ${name}`;
    findings.push({ rule: 'argument-unknown', message, remedy, path: ['arguments', name] });
  }
  if (metric === 'invalidValues' && !('validValues' in given) && !('pattern' in given)) {
    const remedy = 'Add arguments with validValues or pattern.';
    findings.push({
      rule: 'argument-missing',
      message: 'it does not say which values are valid',
      remedy,
      path: [],
    });
  }
  if (metric !== 'duplicateValues' || column) return findings;
  const names = given['properties'];
  if (!Array.isArray(names) || names.length === 0) {
    const remedy = 'Add arguments with properties: the columns that make the key.';
    return [
      ...findings,
      { rule: 'argument-missing', message: 'it does not say which columns are the key', remedy, path: [] },
    ];
  }
  const known = columnNames(table);
  return [
    ...findings,
    ...unknownColumns(names, known).map(found => ({
      ...found,
      path: ['arguments', 'properties', ...found.path],
    })),
  ];
}

function ownFindings({ rule, column, table }: WalkedRule): readonly Finding[] {
  const own = ownMetricOf(rule);
  if (!own) return [];
  const isOfTable = TABLE_METRICS.includes(own.metric);
  const findings: Finding[] = [];
  if (isOfTable === (column !== undefined)) {
    const message = `${own.metric} is a rule of a ${isOfTable ? 'table' : 'column'}`;
    const others = OWN_METRICS.filter(name => TABLE_METRICS.includes(name) !== isOfTable).join(', ');
    const remedy = `Move it to the ${isOfTable ? 'table' : 'column'}; here are ${others}.`;
    findings.push({ rule: 'metric-place', message, remedy, path: ['implementation', 'metric'] });
  }
  if (own.metric !== 'correlationStability') return findings;
  const unknown = unknownColumns(own.columns ?? [], columnNames(table));
  return [
    ...findings,
    ...unknown.map(found => ({ ...found, path: ['implementation', 'columns', ...found.path] })),
  ];
}

function unknownColumns(names: readonly unknown[], known: readonly string[]): readonly Finding[] {
  return names.flatMap((name, index) => {
    if (known.includes(String(name))) return [];
    const near = nearestWord(String(name), known);
    const remedy = near ? `Did you mean "${near}"?` : 'Name a column of the table as the contract does.';
    return [
      { rule: 'column-unknown', message: `the table has no column ${String(name)}`, remedy, path: [index] },
    ];
  });
}
