// Looks a contract over: first whether the standard allows it, then what it will not do though it looks as if.

import { ruleArguments } from '#lib/contracts/lint/arguments.ts';
import { bounds, names, primaryKeys } from '#lib/contracts/lint/columns.ts';
import type { LintRule } from '#lib/contracts/lint/finding.ts';
import { limits } from '#lib/contracts/lint/limits.ts';
import { patterns } from '#lib/contracts/lint/patterns.ts';
import { relationships } from '#lib/contracts/lint/relationships.ts';
import { serviceLevels } from '#lib/contracts/lint/service-levels.ts';
import { columnWords, documentWords, ruleWords } from '#lib/contracts/lint/words.ts';
import { contractForm, fittingForm } from '#lib/contracts/odcs.ts';
import { checkContract } from '#lib/contracts/read.ts';
import type { Document } from '#lib/documents/document.ts';
import { type CheckedDocument, checkDocument } from '#lib/documents/read.ts';
import { type ConfigurationError, ConfigurationErrors } from '#lib/errors.ts';

/** One line each; the order of the findings is that of the file. */
const RULES: readonly LintRule[] = [
  documentWords,
  names,
  columnWords,
  primaryKeys,
  bounds,
  ruleArguments,
  limits,
  patterns,
  ruleWords,
  relationships,
  serviceLevels,
];

/** What lint says of one place of a file. */
export interface Remark {
  readonly severity: 'error' | 'warning';
  readonly rule: string;
  readonly message: string;
  readonly remedy: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}

/** Everything there is to say of a document, in the order of the file. */
export function lintContract(document: Document): readonly Remark[] {
  const checked = attempt(() => checkContract(document));
  if (Array.isArray(checked)) return inOrder(checked.map(problem => remarkOf(problem, 'error')));
  const contract = checked as CheckedDocument<Parameters<LintRule>[0]>;
  const found = RULES.flatMap(rule => rule(contract.value)).map(({ path, ...finding }): Remark => {
    const { line = 1, column = 1 } = contract.locateKey(path);
    return { severity: 'warning', ...finding, line, column };
  });
  return inOrder([...found, ...openPlaces(document)]);
}

/** What the schema of 3.0 leaves open and that of 3.1 refuses: nothing reads it. */
function openPlaces(document: Document): readonly Remark[] {
  if (fittingForm(document.value) !== contractForm(0)) return [];
  const problems = attempt(() => checkDocument(document, contractForm(1)));
  return Array.isArray(problems)
    ? problems.map(problem => ({
        ...remarkOf(problem, 'warning'),
        rule: 'open-in-3.0',
        message: `${problem.message} (version 3.0 lets it pass, 3.1 does not)`,
      }))
    : [];
}

function attempt<Value>(read: () => Value): Value | readonly ConfigurationError[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigurationErrors) return error.problems;
    throw error;
  }
}

/** A problem of reading as a remark. */
export function remarkOf(problem: ConfigurationError, severity: Remark['severity']): Remark {
  const { message, remedy = '', at } = problem;
  return { severity, rule: 'standard', message, remedy, line: at?.line ?? 1, column: at?.column ?? 1 };
}

function inOrder(remarks: readonly Remark[]): readonly Remark[] {
  return remarks.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
