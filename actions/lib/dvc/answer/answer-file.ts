// An answer as it lies on disk, with what it rests on. It is written whole under another name and then renamed, but not
// synced: whatever a power cut leaves of it is no JSON, and whatever else happens to it only makes a place look changed.
import { readFileSync } from 'node:fs';
import { replaceUnsynced } from '#lib/documents/write.ts';
import { isUnchanged, type Row } from '#lib/dvc/answer/stamps.ts';

/** That everything was up to date. */
export interface Answer {
  /** Stages that were found so, as the user was told. */
  readonly stages: readonly string[];
}

interface Written extends Answer {
  /** Who asked, where, and under which circumstances. */
  readonly key: string;
  readonly rows: readonly Row[];
}

/** Undefined unless the same was asked and nothing happened to what the answer rests on. */
export function readAnswer(file: string, key: string): Answer | undefined {
  try {
    const written: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isWritten(written) && written.key === key && isUnchanged(written.rows) ? written : undefined;
  } catch {
    return undefined;
  }
}

/** A folder that cannot be written to only costs time later. */
export function writeAnswer(file: string, written: Written): void {
  try {
    replaceUnsynced(file, JSON.stringify(written));
  } catch {
    // Asked again, it is looked up again.
  }
}

/** Nothing rests on nothing. */
function isWritten(value: unknown): value is Written {
  if (typeof value !== 'object' || value === null) return false;
  const { key, rows, stages }: Partial<Record<keyof Written, unknown>> = value;
  if (typeof key !== 'string' || !Array.isArray(rows) || !Array.isArray(stages)) return false;
  return rows.length > 0 && rows.every(isRow) && stages.every(stage => typeof stage === 'string');
}

function isRow(value: unknown): value is Row {
  return Array.isArray(value) && typeof value[0] === 'string';
}
