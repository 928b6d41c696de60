// One command at a time changes a work tree. The lock names its holder; one left by a killed process is taken over.
import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { z } from 'zod';
import { unwritable } from '#lib/documents/write.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

const holderSchema = z.object({ pid: z.int().positive(), host: z.string(), command: z.string() });
type Holder = z.output<typeof holderSchema>;

/** Attempts to take over a stale lock before another process is believed to be faster. */
const ATTEMPTS = 5;

/**
 * Takes the lock.
 * @returns the function that gives it back.
 * @throws ConfigurationError naming who holds it.
 */
export async function acquireLock(file: string, command: string): Promise<() => Promise<void>> {
  const own: Holder = { pid: process.pid, host: hostname(), command };
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(draft, JSON.stringify(own));
  } catch (cause) {
    throw unwritable(file, cause);
  }
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (await take(draft, file)) return () => rm(file, { force: true });
      const holder = await readHolder(file);
      if (holder && isAlive(holder)) throw heldBy(holder, file);
      await bury(file);
    }
    throw heldBy(undefined, file);
  } finally {
    await rm(draft, { force: true });
  }
}

/** A hard link appears whole or not at all, and fails when the name is taken. */
async function take(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw unwritable(file, error);
  }
}

/** Moves a stale lock aside; a fresh one that came in between is put back. */
async function bury(file: string): Promise<void> {
  const grave = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(file, grave);
    const holder = await readHolder(grave);
    if (holder && isAlive(holder)) await link(grave, file);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') && !hasCode(error, 'EEXIST')) throw unwritable(file, error);
  } finally {
    await rm(grave, { force: true });
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

function heldBy(holder: Holder | undefined, file: string): ConfigurationError {
  const who = holder ? `"${holder.command}" (process ${holder.pid} on ${holder.host})` : 'another command';
  return new ConfigurationError(`${who} is working in this repository`, {
    remedy: `Wait until it ends, then run again. If it is gone for certain, delete ${file}.`,
  });
}
