// DVC's own list of who reads and writes what, `.dvc/tmp/rwlock`: while we write we stand in it, so that a DVC started
// meanwhile refuses and names us, and what a running DVC is at is read from it.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

/** As DVC writes it. */
export interface RwlockHolder {
  readonly pid: number;
  readonly cmd: string;
}

interface Rwlock {
  readonly write: Readonly<Record<string, RwlockHolder>>;
  readonly read: Readonly<Record<string, readonly RwlockHolder[]>>;
}

export interface RwlockClaim extends RwlockHolder {
  /** Absolute paths. */
  readonly write: readonly string[];
  readonly read: readonly string[];
  /** False for processes that are gone: their entries are dropped. */
  readonly isAlive: (pid: number, command: string) => boolean;
}

/** Where the list lies. */
export const rwlockOf = (root: string): string => join(root, '.dvc', 'tmp', 'rwlock');

/**
 * Enters a claim unless a living process holds something that overlaps.
 * @returns who is in the way, or undefined once the claim stands.
 * @throws ConfigurationError when the file is not what DVC writes.
 */
export function claimPaths(root: string, claim: RwlockClaim): RwlockHolder | undefined {
  const { pid, cmd, write, read, isAlive } = claim;
  const held = dropDead(readRwlock(root), isAlive);
  const isOther = (holder: RwlockHolder): boolean => holder.pid !== pid;
  const writers = Object.entries(held.write).filter(
    ([path, holder]) => isOther(holder) && touches(path, [...write, ...read]),
  );
  const readers = Object.entries(held.read).flatMap(([path, holders]) =>
    touches(path, write) ? holders.filter(isOther) : [],
  );
  const blocker = writers[0]?.[1] ?? readers[0];
  if (blocker) return blocker;
  const own: RwlockHolder = { pid, cmd };
  writeRwlock(root, {
    write: { ...held.write, ...Object.fromEntries(write.map(path => [path, own])) },
    read: {
      ...held.read,
      ...Object.fromEntries(read.map(path => [path, [...(held.read[path] ?? []), own]])),
    },
  });
  return undefined;
}

/** Takes everything of a process out again. */
export function releasePaths(root: string, { pid, isAlive }: Pick<RwlockClaim, 'pid' | 'isAlive'>): void {
  const held = dropDead(readRwlock(root), (other, command) => other !== pid && isAlive(other, command));
  writeRwlock(root, held);
}

/** True while this process stands in the file: DVC may have written an older version over it. */
export function isClaimed(root: string, { pid, write }: Pick<RwlockClaim, 'pid' | 'write'>): boolean {
  const held = readRwlock(root);
  return write.every(path => held.write[path]?.pid === pid);
}

function touches(path: string, others: readonly string[]): boolean {
  return others.some(other => isWithin(path, other) || isWithin(other, path));
}

function dropDead({ write, read }: Rwlock, isAlive: RwlockClaim['isAlive']): Rwlock {
  return {
    write: Object.fromEntries(Object.entries(write).filter(([, { pid, cmd }]) => isAlive(pid, cmd))),
    read: Object.fromEntries(
      Object.entries(read)
        .map(([path, holders]) => [path, holders.filter(({ pid, cmd }) => isAlive(pid, cmd))] as const)
        .filter(([, holders]) => holders.length > 0),
    ),
  };
}

function readRwlock(root: string): Rwlock {
  const file = rwlockOf(root);
  try {
    const text = readFileSync(file, 'utf8');
    const value: unknown = text === '' ? {} : JSON.parse(text);
    return { write: {}, read: {}, ...(isRwlock(value) ? value : refuse(file)) };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return { write: {}, read: {} };
    if (error instanceof SyntaxError) return refuse(file);
    throw error;
  }
}

function isRwlock(value: unknown): value is Partial<Rwlock> {
  if (!isObject(value)) return false;
  const { write = {}, read = {} } = value;
  return (
    isObject(write) &&
    Object.values(write).every(isHolder) &&
    isObject(read) &&
    Object.values(read).every(list => Array.isArray(list) && list.every(isHolder))
  );
}

function isHolder(value: unknown): value is RwlockHolder {
  return isObject(value) && Number.isInteger(value.pid) && typeof value.cmd === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(file: string): never {
  throw new ConfigurationError(`${file} is not the list of locks that DVC keeps`, {
    at: { file },
    remedy: 'If no DVC is running here, delete it.',
  });
}

function writeRwlock(root: string, { write, read }: Rwlock): void {
  const file = rwlockOf(root);
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(draft, JSON.stringify({ write, read }));
    renameSync(draft, file);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}
