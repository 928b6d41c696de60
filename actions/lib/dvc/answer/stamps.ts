// What a place looked like to the file system: enough to tell that nothing happened there since, without reading it.
import { lstatSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSettled } from '#lib/dvc/scan/settled.ts';
import { hasCode } from '#lib/errors.ts';

/**
 * A path and its numbers: none when nothing is there, one for its kind alone, else mode, inode number, size and the times
 * of the last change of content and inode in milliseconds; of a symbolic link, then those of what it leads to.
 */
export type Row = readonly [path: string, ...numbers: readonly number[]];

const KIND = 0o170000;
const OPTIONS = { throwIfNoEntry: false } as const;

/** Where an answer comes from. */
export interface Places {
  /** Nothing may happen to these. */
  readonly whole: Iterable<string>;
  /** These only have to stay there or not there, and folder or file. */
  readonly kinds: Iterable<string>;
}

/**
 * Undefined when something changed too short a time before the answer began to be looked up: it could change again, or
 * have changed meanwhile, without other numbers.
 * @param beganAt milliseconds since 1970
 */
export function takeRows({ whole, kinds }: Places, beganAt: number): readonly Row[] | undefined {
  const rows: Row[] = [];
  const quiet = new Map<string, boolean>();
  for (const path of whole) {
    const numbers = numbersOf(path);
    const isQuiet = numbers.length === 0 ? isQuietAbove(path, beganAt, quiet) : areSettled(numbers, beganAt);
    if (!isQuiet) return undefined;
    rows.push([path, ...numbers]);
  }
  for (const path of kinds) rows.push([path, ...kindOf(path)]);
  return rows;
}

/** True when every place looks as it did. */
export function isUnchanged(rows: readonly Row[]): boolean {
  return rows.every(row => {
    const [path] = row;
    const numbers = row.length === 2 ? kindOf(path) : numbersOf(path);
    return numbers.length === row.length - 1 && numbers.every((number, index) => number === row[index + 1]);
  });
}

const STAMP = 5;

function numbersOf(path: string): readonly number[] {
  const info = look(path);
  if (info === undefined) return [];
  if (!info.isSymbolicLink()) return toNumbers(info);
  const target = statSync(path, OPTIONS);
  return target ? [...toNumbers(info), ...toNumbers(target)] : toNumbers(info);
}

function kindOf(path: string): readonly number[] {
  const info = look(path);
  return info ? [info.mode & KIND] : [];
}

function toNumbers({ mode, ino, size, mtimeMs, ctimeMs }: Stats): readonly number[] {
  return [mode, ino, size, mtimeMs, ctimeMs];
}

function look(path: string): Stats | undefined {
  try {
    return lstatSync(path, OPTIONS);
  } catch (cause) {
    if (hasCode(cause, 'ENOTDIR')) return undefined;
    throw cause;
  }
}

function areSettled(numbers: readonly number[], beganAt: number): boolean {
  for (let at = 0; at < numbers.length; at += STAMP) {
    const [mtime = Number.NaN, ctime = Number.NaN] = numbers.slice(at + 3, at + STAMP);
    if (!isSettled(mtime, ctime, beganAt)) return false;
  }
  return true;
}

/** What is not there may have gone while the answer was looked up: the folder that it lay in would tell. */
function isQuietAbove(path: string, beganAt: number, known: Map<string, boolean>): boolean {
  const folder = dirname(path);
  const before = known.get(folder);
  if (before !== undefined) return before;
  const numbers = numbersOf(folder);
  const isQuiet = numbers.length === 0 ? isQuietAbove(folder, beganAt, known) : areSettled(numbers, beganAt);
  known.set(folder, isQuiet);
  return isQuiet;
}
