// Names for files that are being written. They lie in one folder of the cache, where neither DVC nor we look for
// objects, and get their real name by a rename: who is killed leaves rubbish here and nowhere else.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, sep } from 'node:path';

/** What was not written to for this long belongs to nobody any more. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;

export function temporaryFolder(cacheFolder: string): string {
  return `${cacheFolder}${sep}tmp`;
}

/** A series of names that no other process or thread uses. */
export function createNames(folder: string): () => string {
  let series: string | undefined;
  let count = 0;
  return () => {
    series ??= `${folder}${sep}mainline-${randomBytes(8).toString('hex')}-`;
    return `${series}${(count++).toString(36)}`;
  };
}

/** Removes what killed runs left. @param nowMs milliseconds since 1970 */
export function removeAbandoned(folder: string, nowMs: number): void {
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter(name => name.startsWith('mainline-'));
  } catch {
    return;
  }
  for (const name of names) {
    const path = `${folder}${sep}${name}`;
    const isOld = (one: string) => nowMs - changeOf(one) > ABANDONED_MS;
    if (isOld(path) && namesIn(path).every(inside => isOld(`${path}${sep}${inside}`)))
      rmSync(path, { force: true, recursive: true });
  }
}

/** Nothing lies in a file. */
function namesIn(path: string): readonly string[] {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(path) : [];
}

/** Never for what is gone already. */
function changeOf(path: string): number {
  const info = statSync(path, { throwIfNoEntry: false });
  return info ? Math.max(info.mtimeMs, info.ctimeMs) : Number.POSITIVE_INFINITY;
}

/** Makes a folder of the cache and those above it; for a group they belong to it, whatever the umask says. */
export function makeFolder(folder: string, shared: boolean): void {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined || !shared) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) chmodSync(made, 0o2775);
}
