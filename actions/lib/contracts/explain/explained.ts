// One rule of a contract in words. The id is the one that results of checks carry.
import type { LogicalType } from '#lib/contracts/odcs-options.ts';
import type { KeyPath } from '#lib/documents/document.ts';

export interface ExplainedRule {
  /** `hour.minimum`; the rule's own id or name in place of its kind. */
  readonly id: string;
  readonly table: string;
  /** Null for a rule of the table. */
  readonly column: string | null;
  /** What kind of rule it is: minimum, unique, nullValues. */
  readonly rule: string;
  /** The rule as one sentence. */
  readonly says: string;
  /** What is measured. */
  readonly counts: string;
  /** What has to hold. */
  readonly passes: string;
  readonly severity: 'error' | 'warning';
  readonly path: KeyPath;
}

/** What all rules of one place share. */
export interface RulePlace {
  readonly table: string;
  /** The name in the contract; absent for the table itself. */
  readonly column?: string;
  /** The column's, where the contract says. */
  readonly type?: LogicalType | undefined;
  readonly path: KeyPath;
}

/** Begins a rule of a place: whatever breaks it counts, and none may. */
export function explained(
  { table, column, path }: RulePlace,
  part: Pick<ExplainedRule, 'rule' | 'says' | 'counts'> & {
    readonly at: KeyPath;
    readonly name?: string | undefined;
  } & Partial<Pick<ExplainedRule, 'passes' | 'severity'>>,
): ExplainedRule {
  const { at, name, rule, says, counts, passes = 'passes when there are none', severity = 'error' } = part;
  const own = name ?? rule;
  return {
    id: column === undefined ? own : `${column}.${own}`,
    table,
    column: column ?? null,
    rule,
    says,
    counts,
    passes,
    severity,
    path: [...path, ...at],
  };
}
