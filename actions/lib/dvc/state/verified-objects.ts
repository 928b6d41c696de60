// Objects whose bytes were checked once. A copy is checked each time it is made, which costs nothing beside the copying;
// a link would need the object to be read for nothing else.
import type { StateRecord } from '#lib/dvc/state/state-file.ts';

/** The key of their record in the state index; no path has it. */
export const OBJECTS = 'objects';

/** Making or removing a link to an object changes its change time, which therefore does not count. */
export interface ObjectStamp {
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
}

export interface VerifiedObjects {
  has(md5: string, stamp: ObjectStamp): boolean;
  add(md5: string, stamp: ObjectStamp): void;
  toRecord(identity: string): StateRecord;
}

/** Inode numbers tell whether it is the same object: a restored cache is checked anew. */
export function openVerified(record: StateRecord | undefined): VerifiedObjects {
  const stamps = new Map<string, ObjectStamp>();
  for (let row = 0; row < (record?.rows ?? 0); row++) {
    const [ino, size, mtimeMs] = [
      record?.inodes[row] ?? 0,
      record?.sizes[row] ?? 0,
      record?.mtimes[row] ?? 0,
    ];
    stamps.set(record?.md5s.toString('hex', row * 16, row * 16 + 16) ?? '', { ino, size, mtimeMs });
  }
  return {
    has: (md5, { ino, size, mtimeMs }) => {
      const known = stamps.get(md5);
      return known !== undefined && known.ino === ino && known.size === size && known.mtimeMs === mtimeMs;
    },
    add: (md5, { ino, size, mtimeMs }) => {
      stamps.set(md5, { ino, size, mtimeMs });
    },
    toRecord: identity => {
      const all = [...stamps.values()];
      return {
        ...{ identity, md5: '', size: 0, isFolder: false, names: '', rows: all.length },
        inodes: Float64Array.from(all, ({ ino }) => ino),
        mtimes: Float64Array.from(all, ({ mtimeMs }) => mtimeMs),
        ctimes: new Float64Array(all.length),
        sizes: Float64Array.from(all, ({ size }) => size),
        md5s: Buffer.from([...stamps.keys()].join(''), 'hex'),
      };
    },
  };
}
