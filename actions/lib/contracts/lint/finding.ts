// What lint says of one place of a contract. A rule is a function from a contract to its findings; places are paths into
// the document, so that rules know nothing of files.
import type { Contract } from '#lib/contracts/odcs.ts';
import type { KeyPath } from '#lib/documents/document.ts';

export interface Finding {
  /** The name of the rule, stable, for those who filter. */
  readonly rule: string;
  readonly message: string;
  readonly remedy: string;
  readonly path: KeyPath;
}

/** One thing to look for. */
export type LintRule = (contract: Contract) => readonly Finding[];
