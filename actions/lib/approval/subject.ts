// What an approval is given for, as one digest: a push that leaves it alone leaves the approval standing.
import { compareText, digestValue } from '#lib/documents/canonical.ts';

/** A changed file; a deletion, also the old name of a rename, has no blob. */
export interface SubjectFile {
  readonly path: string;
  /** The digest git gives its content. */
  readonly blob: string | null;
}

/** A version that goes to an environment, and what speaks for it. */
export interface SubjectPromotion {
  readonly model: string;
  readonly version: string;
  readonly environment: string;
  /** `sha256:` of the bytes that will serve. */
  readonly artifact: string;
  /** The digest of the evidence it was judged on. */
  readonly evidence: string;
}

/** All that a change would bring to main. */
export interface Subject {
  readonly files: readonly SubjectFile[];
  readonly promotions: readonly SubjectPromotion[];
}

/** `sha256:` and 64 hex digits; the order of the lists does not matter, everything else does. */
export function digestSubject({ files, promotions }: Subject): string {
  return digestValue({
    kind: 'ApprovalSubject',
    files: files.map(({ path, blob }) => [path, blob]).toSorted(compareRows),
    promotions: promotions
      .map(({ model, environment, version, artifact, evidence }) => [
        model,
        environment,
        version,
        artifact,
        evidence,
      ])
      .toSorted(compareRows),
  });
}

/** Both have the same number of cells; a missing blob sorts before every other. */
function compareRows(a: readonly (string | null)[], b: readonly (string | null)[]): number {
  return a.reduce((order, cell, index) => order || compareText(cell ?? '', b[index] ?? ''), 0);
}
