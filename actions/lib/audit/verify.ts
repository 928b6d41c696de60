// Finds what was done to a chain of audit records behind its back, from the files alone.
import { type AuditRecord, auditPath, isIntact, readAuditRecord } from '#lib/audit/record.ts';
import { digestBytes } from '#lib/documents/canonical.ts';
import { ConfigurationError } from '#lib/errors.ts';

/** A file of the state branch. */
export interface AuditFile {
  readonly path: string;
  readonly text: string;
}

export interface ChainProblem {
  readonly path: string;
  readonly kind: 'not readable' | 'edited' | 'wrong path' | 'out of order' | 'gap' | 'broken link';
  /** What was expected and found. */
  readonly message: string;
}

/**
 * Checks one model's whole chain, in the order git lists it (by path); empty when nothing is wrong. An edit, a
 * deletion, a swap or a copy of any file shows. What cannot show in a chain alone: that its newest records are missing,
 * and a newest record that was written anew with its digest; the history of the append-only branch shows those.
 */
export function verifyChain(files: readonly AuditFile[]): readonly ChainProblem[] {
  return files.flatMap((file, index) => {
    const problem = problemOf(file, files[index - 1], files[0]?.path.split('/')[1]);
    return problem ? [{ path: file.path, ...problem }] : [];
  });
}

type Finding = Omit<ChainProblem, 'path'>;

/** The first thing wrong with a file, given the one before it. */
function problemOf(
  { path, text }: AuditFile,
  before: AuditFile | undefined,
  model: string | undefined,
): Finding | undefined {
  const record = read(path, text);
  if ('message' in record) return record;
  if (!isIntact(record, text)) {
    return { kind: 'edited', message: `its content is not what its hash ${record.hash} was made of` };
  }
  if (auditPath(record) !== path || record.model !== model) {
    return { kind: 'wrong path', message: `it is the record ${auditPath(record)}` };
  }
  const expected = before ? numberIn(before.path) + 1 : 1;
  if (record.n < expected) {
    return { kind: 'out of order', message: `number ${record.n} comes where ${expected} was expected` };
  }
  if (record.n > expected) {
    return { kind: 'gap', message: `number ${expected} is missing before number ${record.n}` };
  }
  const link = before ? digestBytes(before.text) : null;
  if (record.prev === link) return undefined;
  return {
    kind: 'broken link',
    message: `it follows ${record.prev ?? 'nothing'}, the file before is ${link ?? 'none'}`,
  };
}

function read(path: string, text: string): AuditRecord | Finding {
  try {
    return readAuditRecord(text, path);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { kind: 'not readable', message: error.message.replaceAll('\n', '; ') };
  }
}

/** The number a file claims by its name, so that a file that cannot be read is one problem and not two. */
function numberIn(path: string): number {
  return Number(/\/(\d{6})-[a-z]+\.json$/u.exec(path)?.[1] ?? Number.NaN);
}
