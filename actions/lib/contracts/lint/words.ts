// Free words of the standard that tools act on: one that nobody knows does nothing, without a sound.
import type { Finding, LintRule } from '#lib/contracts/lint/finding.ts';
import { walkColumns, walkRules } from '#lib/contracts/lint/walk.ts';
import { qualityKind } from '#lib/contracts/odcs-quality.ts';
import { OWN_ENGINE } from '#lib/contracts/own-metrics.ts';
import { unitOf } from '#lib/contracts/quality-words.ts';
import { nearestWord } from '#lib/documents/nearest.ts';

const SEVERITIES = [
  'error',
  'warning',
  'info',
  'warn',
  'low',
  'minor',
  'trivial',
  'high',
  'critical',
  'major',
  'medium',
];
const STATUSES = ['proposed', 'draft', 'active', 'deprecated', 'retired'];
const SEMVER = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/u;

/** Severities and units of rules, and rules whose own name is there twice. */
export const ruleWords: LintRule = contract => {
  const seen = new Map<string, number>();
  return walkRules(contract).flatMap(({ rule, path, table, column }) => {
    const { severity, unit, engine } = rule;
    const kind = qualityKind(rule);
    const findings: Finding[] = [];
    if (severity !== undefined && !SEVERITIES.includes(severity.trim().toLowerCase())) {
      const near = nearestWord(severity, SEVERITIES);
      findings.push({
        rule: 'severity-unknown',
        message: `the severity ${severity} is not known: the rule counts as an error`,
        remedy: near ? `Did you mean "${near}"?` : 'Write error, warning or info.',
        path: [...path, 'severity'],
      });
    }
    if (kind === 'library' && unitOf(unit) === undefined) {
      findings.push({
        rule: 'unit-unknown',
        message: `the unit ${unit} is not known: the rule cannot run`,
        remedy: 'Write rows or percent.',
        path: [...path, 'unit'],
      });
    }
    if (kind === 'library' && unitOf(unit) === 'percent' && rule.metric === 'rowCount') {
      const message = 'a number of rows is not in percent';
      findings.push({ rule: 'unit-unknown', message, remedy: 'Remove unit.', path: [...path, 'unit'] });
    }
    if (
      kind === 'custom' &&
      engine !== undefined &&
      engine !== OWN_ENGINE &&
      engine.toLowerCase() === OWN_ENGINE
    ) {
      const message = `the engine is ${OWN_ENGINE}, in small letters: this rule is left to a tool named ${engine}`;
      findings.push({
        rule: 'engine-unknown',
        message,
        remedy: `Write ${OWN_ENGINE}.`,
        path: [...path, 'engine'],
      });
    }
    const own = rule.id ?? rule.name;
    const name = `${table.name}\n${column?.name ?? ''}\n${own}`;
    const before = own === undefined ? 0 : (seen.get(name) ?? 0);
    seen.set(name, before + 1);
    if (before > 0) {
      const key = rule.id === undefined ? 'name' : 'id';
      const message = `another rule here is called ${own}`;
      findings.push({ rule: 'rule-twice', message, remedy: 'Give each its own.', path: [...path, key] });
    }
    return findings;
  });
};

/** The contract's own words. */
export const documentWords: LintRule = ({ status, version }) => {
  const findings: Finding[] = [];
  if (status !== undefined && !STATUSES.includes(status)) {
    const near = nearestWord(status, STATUSES);
    findings.push({
      rule: 'status-unknown',
      message: `the status ${status} is not of the standard`,
      remedy: near ? `Did you mean "${near}"?` : `Write one of: ${STATUSES.join(', ')}.`,
      path: ['status'],
    });
  }
  if (!SEMVER.test(version)) {
    findings.push({
      rule: 'version-form',
      message: `the version ${version} is not of the form 1.2.3`,
      remedy: 'Write three numbers, so that a change can say what it breaks.',
      path: ['version'],
    });
  }
  return findings;
};

/** Columns whose type says less than it needs. */
export const columnWords: LintRule = contract =>
  walkColumns(contract).flatMap(({ column, path }): readonly Finding[] => {
    const { logicalType: type, logicalTypeOptions: options = {}, properties, items } = column;
    if (type === 'boolean' && Object.keys(options).length > 0) {
      const message = 'a boolean has no options: nothing looks at these';
      return [
        { rule: 'option-unused', message, remedy: 'Remove them.', path: [...path, 'logicalTypeOptions'] },
      ];
    }
    if (type !== undefined && type !== 'object' && properties !== undefined) {
      const message = `properties belong to an object, this is ${type}`;
      return [
        {
          rule: 'type-nesting',
          message,
          remedy: 'Write logicalType: object.',
          path: [...path, 'properties'],
        },
      ];
    }
    if (type === 'array' && items === undefined) {
      const message = 'the array does not say what it holds';
      return [{ rule: 'type-nesting', message, remedy: 'Add items.', path: [...path, 'logicalType'] }];
    }
    return [];
  });
