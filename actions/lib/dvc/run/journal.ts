// What a run has finished but dvc.lock does not hold yet: a line a stage, since writing dvc.lock whole after each of many
// stages takes longer than the stages. The next command that opens the repository takes over what a killed run left.
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { unwritable } from '#lib/documents/write.ts';
import type { LockedStage } from '#lib/dvc/lock/entry.ts';
import {
  EMPTY_LOCK,
  formatLock,
  type Lock,
  type LockText,
  parseLock,
  setLockTexts,
  toLockText,
} from '#lib/dvc/lock/lock.ts';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import type { RepositoryIndex } from '#lib/dvc/repository/repository-index.ts';
import { writeRecord } from '#lib/dvc/repository/write-record.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

export interface Journal {
  /** Notes a finished stage: from here on a killed run does not repeat it. */
  add(lockFile: string, stage: string, entry: LockedStage): void;
  /** Writes what was noted into the lock files as they are by now; one that cannot be read is left until the end. */
  fold(): Promise<void>;
  /** Folds, and takes the journal away. @throws ConfigurationError for a lock file that somebody spoiled during the run */
  close(): Promise<void>;
}

/** A lock file as a run found it. */
export interface OpenLock {
  /** Undefined when there is no such file. */
  readonly text: string | undefined;
  readonly lock: Lock;
  /** The stages of the run in the order in which new ones enter the file. */
  readonly order: readonly string[];
}

/** Finished stages that a lock file lacks, by absolute path of the file, in the order in which they enter it. */
export type LeftOver = ReadonlyMap<string, ReadonlyMap<string, LockText>>;

/** The first line: the lock files as they were when it was begun. One that somebody changed since is left as it is. */
interface Head {
  readonly version: 1;
  /** By path from the root. */
  readonly locks: Readonly<Record<string, HeadLock>>;
}

interface HeadLock {
  /** MD5 of the text; null for a file that did not exist. */
  readonly md5: string | null;
  readonly order: readonly string[];
}

/** Absolute. */
export function journalFile(root: string): string {
  return join(root, '.dvc', 'tmp', 'mainline', 'journal');
}

/** The file is made when the first stage ends. @param locks by absolute path. */
export function openJournal(
  root: string,
  locks: ReadonlyMap<string, OpenLock>,
  onLock: (file: string) => void = () => {},
): Journal {
  const file = journalFile(root);
  const texts = new Map([...locks].map(([path, { text }]) => [path, text]));
  const bases = new Map([...locks].map(([path, { lock }]) => [path, lock]));
  const noted = new Map<string, Map<string, LockText>>();
  let handle: number | undefined;
  const begin = (): number => {
    const states = [...locks].map(([path, { order }]) => [
      fromRoot(root, path),
      { md5: digest(texts.get(path)), order },
    ]);
    const head: Head = { version: 1, locks: Object.fromEntries(states) };
    mkdirSync(dirname(file), { recursive: true });
    const begun = openSync(file, 'w');
    writeSync(begun, `${JSON.stringify(head)}\n`);
    return begun;
  };
  // A pull or another branch may have changed a lock file since: that stays, but for the stages of this run.
  const lookAgain = async (): Promise<void> => {
    for (const path of noted.keys()) {
      const text = readIfThere(path);
      if (text === texts.get(path)) continue;
      bases.set(path, text === undefined ? EMPTY_LOCK : await parseLock(text, path));
      texts.set(path, text);
    }
  };
  const write = (): void => {
    if (handle === undefined) return;
    for (const [path, stages] of noted) {
      const base = bases.get(path);
      const order = locks.get(path)?.order ?? [];
      const text = base && formatLock(setLockTexts(base, inOrder(stages, order)));
      if (text === undefined || text === texts.get(path)) continue;
      writeRecord(root, path, text);
      onLock(path);
      texts.set(path, text);
    }
    closeSync(handle);
    handle = undefined;
  };
  return {
    add(lockFile, stage, entry) {
      const text = toLockText(stage, entry);
      const stages = noted.get(lockFile) ?? new Map<string, LockText>();
      noted.set(lockFile, stages.set(stage, text));
      try {
        handle ??= begin();
        writeSync(handle, formatLine(fromRoot(root, lockFile), stage, text));
      } catch (cause) {
        throw unwritable(file, cause);
      }
    },
    async fold() {
      try {
        await lookAgain();
      } catch (error) {
        if (error instanceof ConfigurationError) return;
        throw error;
      }
      write();
    },
    async close() {
      await lookAgain();
      write();
      rmSync(file, { force: true });
    },
  };
}

function inOrder(stages: ReadonlyMap<string, LockText>, order: readonly string[]): typeof stages {
  const known = order.flatMap(name => {
    const text = stages.get(name);
    return text ? [[name, text] as const] : [];
  });
  return new Map([...known, ...stages]);
}

/** The entry travels as a lock file of its own: YAML knows 2 from 2.0, JSON does not. */
function formatLine(file: string, stage: string, text: LockText): string {
  return `${JSON.stringify({ file, text: formatLock(setLockTexts(EMPTY_LOCK, new Map([[stage, text]]))) })}\n`;
}

function digest(text: string | undefined): string | null {
  return text === undefined ? null : createHash('md5').update(text).digest('hex');
}

function fromRoot(root: string, path: string): string {
  return relative(root, path).replaceAll(sep, '/');
}

/** What a run that was killed, or that is still at work, has finished beyond its lock files; in almost every case nothing. */
export async function readLeftOver(root: string): Promise<LeftOver> {
  const text = readIfThere(journalFile(root));
  const found = new Map<string, ReadonlyMap<string, LockText>>();
  if (text === undefined) return found;
  // A line that a crash cut short is no line.
  const [head, ...lines] = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  for (const [name, { md5, order }] of parseHead(head ?? '')) {
    const file = resolve(root, name);
    if (!isWithin(root, file) || digest(readIfThere(file)) !== md5) continue;
    const stages = new Map((await Promise.all(lines.map(line => parseLine(line, name)))).flat());
    if (stages.size > 0) found.set(file, inOrder(stages, order));
  }
  return found;
}

/** The index of the work tree as it is once the lock files hold all that was finished. */
export async function withLeftOver(index: RepositoryIndex): Promise<RepositoryIndex> {
  const { root } = index.source;
  if (!existsSync(journalFile(root))) return index;
  const found = await readLeftOver(root);
  const pipelines = index.pipelines.map(one => {
    const stages = found.get(join(one.pipeline.directory, 'dvc.lock'));
    return stages ? { ...one, lock: setLockTexts(one.lock, stages) } : one;
  });
  return { ...index, pipelines };
}

/**
 * Writes what a killed run left into the lock files; the caller holds the repository's lock.
 * @returns how many stages that were.
 */
export async function recoverLeftOver(root: string): Promise<number> {
  if (!existsSync(journalFile(root))) return 0;
  const found = await readLeftOver(root);
  let count = 0;
  for (const [file, stages] of found) {
    const text = readIfThere(file);
    const lock = text === undefined ? EMPTY_LOCK : await parseLock(text, file);
    writeRecord(root, file, formatLock(setLockTexts(lock, stages)));
    count += stages.size;
  }
  rmSync(journalFile(root), { force: true });
  return count;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (hasCode(cause, 'ENOENT') || hasCode(cause, 'ENOTDIR')) return undefined;
    throw cause;
  }
}

function parseHead(line: string): readonly (readonly [string, HeadLock])[] {
  try {
    const head: Partial<Head> = JSON.parse(line);
    return head.version === 1 ? Object.entries(head.locks ?? {}) : [];
  } catch {
    return [];
  }
}

async function parseLine(line: string, name: string): Promise<readonly (readonly [string, LockText])[]> {
  try {
    const { file, text }: { readonly file: unknown; readonly text: unknown } = JSON.parse(line);
    return file === name && typeof text === 'string' ? [...(await parseLock(text, name)).stages] : [];
  } catch {
    return [];
  }
}
