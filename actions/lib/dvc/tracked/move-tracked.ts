// The .dvc file of data that moved: written anew under another name, or edited where it keeps its own.
import { dirname, relative, resolve, sep } from 'node:path';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import { dumpTracked, type EntryEdit, type TrackedEdit } from '#lib/dvc/tracked/dump-tracked.ts';
import type { TrackedFile } from '#lib/dvc/tracked/tracked.ts';
import { editTracked } from '#lib/dvc/tracked/write-tracked.ts';
import { NO_TRIVIA, type RoundMap } from '#lib/dvc/values/round-trip.ts';
import { changeMap } from '#lib/dvc/values/round-trip-edit.ts';
import { readRoundTrip } from '#lib/dvc/values/round-trip-read.ts';
import { writeRoundTrip } from '#lib/dvc/values/round-trip-write.ts';

export interface Move {
  /** Absolute; where the .dvc file will stand. */
  readonly file: string;
  readonly root: string;
  /** Absolute; where the data lies now. */
  readonly output: string;
  readonly fingerprint: Fingerprint | undefined;
}

const EMPTY: RoundMap = { kind: 'map', members: [], flow: true, after: NO_TRIVIA };

/** The text of the file. A new name means a new file to DVC, without the comments of the old one. */
export async function moveTracked(tracked: TrackedFile, move: Move): Promise<string> {
  const { file, root, output, fingerprint } = move;
  if (file === tracked.file) {
    const path = toPosix(relative(tracked.workingDirectory, output));
    return editTracked(tracked, root, { outs: [{ path, ...(fingerprint && { fingerprint }) }], seal: true });
  }
  const document = readRoundTrip(tracked.text);
  const directory = dirname(file);
  const edit: TrackedEdit = {
    outs: [{ path: toPosix(relative(directory, output)), ...(fingerprint && { fingerprint }) }],
    deps: tracked.deps.map((dep): EntryEdit | undefined => {
      const isRelative = dep.absolute !== undefined && !dep.path.startsWith('/');
      return isRelative ? { path: toPosix(relative(directory, resolve(dep.absolute ?? ''))) } : undefined;
    }),
    seal: true,
  };
  const bare = document ? withoutKeys(document.root, ['wdir']) : EMPTY;
  const next = dumpTracked(bare, edit, { directory, root });
  return writeRoundTrip({ head: '', root: changeMap(EMPTY, next) });
}

function withoutKeys(map: RoundMap, keys: readonly string[]): RoundMap {
  return { ...map, members: map.members.filter(({ key }) => !keys.includes(String(key))) };
}

function toPosix(path: string): string {
  return path.split(sep).join('/');
}
