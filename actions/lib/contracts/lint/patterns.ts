// Patterns that the engine cannot run, or that match more than their author thinks.
import type { Finding, LintRule } from '#lib/contracts/lint/finding.ts';
import { walkColumns, walkRules } from '#lib/contracts/lint/walk.ts';
import { isPattern } from '#lib/contracts/odcs-options.ts';
import { toRe2 } from '#lib/contracts/re2.ts';
import type { KeyPath } from '#lib/documents/document.ts';

/** Of logicalTypeOptions and of invalidValues. */
export const patterns: LintRule = contract => [
  ...walkColumns(contract).flatMap(({ column, path }) =>
    column.logicalType === 'string'
      ? patternFindings(column.logicalTypeOptions?.['pattern'], [...path, 'logicalTypeOptions', 'pattern'])
      : [],
  ),
  ...walkRules(contract).flatMap(({ rule, path }) =>
    patternFindings(rule.arguments?.['pattern'], [...path, 'arguments', 'pattern']),
  ),
];

function patternFindings(pattern: unknown, path: KeyPath): readonly Finding[] {
  if (typeof pattern !== 'string') return [];
  if (!isPattern(pattern)) {
    const message = 'this is not a regular expression, so the rule cannot run';
    return [{ rule: 'pattern-invalid', message, remedy: 'Write it as ECMA-262 has it.', path }];
  }
  const { reason } = toRe2(pattern);
  const findings: Finding[] = [];
  if (reason !== undefined) {
    findings.push({
      rule: 'pattern-engine',
      message: `the SQL engine has nothing for this pattern: ${reason}`,
      remedy: 'Write it without, or as two rules: one pattern for what must be there, one for what must not.',
      path,
    });
  }
  if (!/^\^|^\(\?:?\^|\$\)?$/u.test(pattern)) {
    findings.push({
      rule: 'pattern-anywhere',
      message: 'the pattern may match anywhere in the text',
      remedy: 'Begin it with ^ and end it with $ where the whole text is meant.',
      path,
    });
  }
  return findings;
}
