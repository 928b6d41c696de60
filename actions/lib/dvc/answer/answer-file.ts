// An answer as it lies on disk, with what it rests on. It is written whole under another name and then renamed, but not
// synced: whatever a power cut leaves of it is no JSON, and whatever else happens to it only makes a place look changed.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isUnchanged, type Row } from '#lib/dvc/answer/stamps.ts';
import { createNames } from '#lib/dvc/objects/temporary.ts';

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
  const temporary = createNames(dirname(file))();
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(temporary, JSON.stringify(written), { flag: 'wx' });
    renameSync(temporary, file);
  } catch {
    rmSync(temporary, { force: true });
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
