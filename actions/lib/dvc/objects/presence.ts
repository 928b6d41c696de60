// Whether the cache holds objects, for many at once: its 256 folders are listed instead of asking for each. A folder that
// nothing came into and nothing left since all objects of a listing were seen in it need not even be listed: its inode
// number and time stamps tell. What is remembered is written down for the next command; without it that one lists again.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { replaceUnsynced } from '#lib/documents/write.ts';
import { isSettled } from '#lib/dvc/scan/settled.ts';

/** From so many objects on, listing folders is quicker than asking for each. */
const MANY = 2000;
const FOLDERS = 256;
/** Inode number, time of the last change, and of the last change of the inode. */
const NUMBERS = 3;
/** Listings that are remembered. */
const MOST = 32;

/** The stamps of all folders at one moment: `NUMBERS` a folder; 0 where there is none, NaN where it may still be changing. */
type Stamps = Float64Array<ArrayBuffer>;

/** As it was written down, until somebody asks. */
type Memory = Stamps | string;

export interface Questions {
  /** True when the object is there. Those asked about belong to the listing named, or are looked up. */
  readonly isThere: (md5: string) => boolean;
  /** True when that is so, without a look, for all objects with this first byte. */
  readonly areAllThere: (firstByte: number) => boolean;
  /** Says that all objects of a listing are there: those asked about, and others that were made since. */
  readonly allAreThere: (listing: string) => void;
}

export interface Presence {
  /** True when the listing was whole and no folder of the cache has changed since. */
  isWhole(listing: string): boolean;
  /**
   * Begins a series of questions.
   * @param count how many there will be
   * @param listing names a listing whose objects they are, as far as is known
   */
  ask(count: number, listing?: string): Questions;
  /** Writes down what is new. A place that cannot be written to only costs time later. */
  save(): void;
}

interface Options {
  /** Where it is remembered; undefined remembers nothing. */
  readonly file?: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** @param folder the one with the 256 folders */
export function openPresence(folder: string, { file, now }: Options): Presence {
  let memory: Map<string, Memory> | undefined;
  let isChanged = false;
  const all = (): Map<string, Memory> => {
    memory ??= file === undefined ? new Map() : readMemory(file, folder);
    return memory;
  };
  const known = (listing: string | undefined): Stamps | undefined => {
    const found = listing === undefined ? undefined : all().get(listing);
    return typeof found === 'string' ? decodeStamps(found) : found;
  };
  return {
    isWhole: listing => {
      const before = known(listing);
      if (before === undefined) return false;
      const stamps = readStamps(folder, now());
      return stamps.every((value, index) => value === before[index]);
    },
    ask: (count, listing) => {
      if (count < MANY) {
        const isThere = (md5: string) => existsSync(placeOf(folder, md5));
        return { isThere, areAllThere: () => false, allAreThere: () => undefined };
      }
      const stamps = readStamps(folder, now());
      const before = known(listing);
      const isKnown = Array.from({ length: FOLDERS }, (_, index) => {
        return before !== undefined && isSame(before, stamps, index);
      });
      return {
        isThere: createLookup(folder, isKnown),
        areAllThere: index => isKnown[index] ?? false,
        allAreThere: listing => {
          if (equals(known(listing), stamps)) return;
          all().delete(listing);
          all().set(listing, stamps);
          isChanged = true;
        },
      };
    },
    save: () => {
      if (!isChanged || file === undefined) return;
      try {
        mkdirSync(dirname(file), { recursive: true });
        replaceUnsynced(file, formatMemory(folder, all()));
        isChanged = false;
      } catch {
        // The next command lists the folders.
      }
    },
  };
}

function placeOf(folder: string, md5: string): string {
  return `${folder}${sep}${md5.slice(0, 2)}${sep}${md5.slice(2)}`;
}

function nameOf(index: number): string {
  return index.toString(16).padStart(2, '0');
}

function readStamps(folder: string, nowMs: number): Stamps {
  const stamps = new Float64Array(FOLDERS * NUMBERS);
  for (let index = 0; index < FOLDERS; index++) {
    const info = statSync(`${folder}${sep}${nameOf(index)}`, { throwIfNoEntry: false });
    if (info === undefined) continue;
    const { ino, mtimeMs, ctimeMs } = info;
    const isStill = isSettled(mtimeMs, ctimeMs, nowMs);
    stamps.set(isStill ? [ino, mtimeMs, ctimeMs] : [Number.NaN, Number.NaN, Number.NaN], index * NUMBERS);
  }
  return stamps;
}

function isSame(a: Stamps, b: Stamps, index: number): boolean {
  const at = index * NUMBERS;
  return a[at] === b[at] && a[at + 1] === b[at + 1] && a[at + 2] === b[at + 2];
}

function equals(a: Stamps | undefined, b: Stamps): boolean {
  return a?.every((value, index) => Object.is(value, b[index])) ?? false;
}

/** Lists a folder when it is first asked about, unless it is known that all is there. */
function createLookup(folder: string, isKnown: readonly boolean[]): (md5: string) => boolean {
  const folders = new Map<string, ReadonlySet<string> | 'all'>();
  return md5 => {
    const prefix = md5.slice(0, 2);
    let names = folders.get(prefix);
    if (names === undefined) {
      names = isKnown[Number.parseInt(prefix, 16)] ? 'all' : new Set(readNames(`${folder}${sep}${prefix}`));
      folders.set(prefix, names);
    }
    return names === 'all' || names.has(md5.slice(2));
  };
}

/** No names where there is no folder. */
export function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

interface Written {
  readonly folder?: unknown;
  readonly whole?: unknown;
}

/** Nothing is known where the file is missing, damaged, or about another cache. */
function readMemory(file: string, folder: string): Map<string, Memory> {
  const memory = new Map<string, Memory>();
  try {
    const written = JSON.parse(readFileSync(file, 'utf8')) as Written | null;
    if (written?.folder !== folder || !Array.isArray(written.whole)) return memory;
    for (const [listing, text] of written.whole as readonly (readonly [unknown, unknown])[]) {
      if (typeof listing === 'string' && typeof text === 'string') memory.set(listing, text);
    }
  } catch {
    memory.clear();
  }
  return memory;
}

/** Undefined for what is damaged. */
function decodeStamps(text: string): Stamps | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === FOLDERS * NUMBERS * 8 ? new Float64Array(new Uint8Array(bytes).buffer) : undefined;
}

/** The oldest are left out. */
function formatMemory(folder: string, memory: ReadonlyMap<string, Memory>): string {
  const whole = [...memory].slice(-MOST).map(([listing, stamps]) => {
    return [listing, typeof stamps === 'string' ? stamps : Buffer.from(stamps.buffer).toString('base64')];
  });
  return `${JSON.stringify({ folder, whole })}\n`;
}
