// A .dvc file that says nothing but where one output lies and what it is: most of them. What people added to theirs needs
// a reader that keeps it, which takes longer to load than many commands to run.
import { basename } from 'node:path';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import { readPlainTracked } from '#lib/dvc/tracked/plain-tracked.ts';
import type { TrackedFile } from '#lib/dvc/tracked/tracked.ts';
import type { Value } from '#lib/dvc/values/value.ts';
import { writeMap } from '#lib/dvc/values/yaml-write.ts';

/** The text of a new .dvc file for one output. */
export function newTracked(path: string, fingerprint: Fingerprint | undefined): string {
  const plain = fingerprint && PLAIN_PATH.test(path) ? plainTracked(path, fingerprint) : undefined;
  if (plain !== undefined && readPlainTracked(plain)) return plain;
  const entries: readonly (readonly [string, Value | undefined])[] = [
    ...(fingerprint ? recorded(fingerprint) : []),
    ['hash', 'md5'],
    ['path', path],
  ];
  const out = new Map(entries.filter((entry): entry is readonly [string, Value] => entry[1] !== undefined));
  return writeMap(new Map([['outs', [out]]]), 0);
}

/** Nothing in it needs quotes, and its line is not too long. */
const PLAIN_PATH = /^[\w./+=@-]{1,60}$/;

/** The lines that the writer of YAML gives, which takes longer to find that no value needs its care. */
function plainTracked(path: string, { md5, size, nfiles, isexec }: Fingerprint): string {
  return [
    ...['outs:', `- md5: ${md5}`, `  size: ${size}`],
    ...(nfiles === undefined ? [] : [`  nfiles: ${nfiles}`]),
    ...(isexec ? ['  isexec: true'] : []),
    ...['  hash: md5', `  path: ${path}`, ''],
  ].join('\n');
}

/** The text for other content at the same place; undefined when the file says more, or says it in another way. */
export function renewTracked(
  { text, outs }: Pick<TrackedFile, 'text' | 'outs'>,
  fingerprint: Fingerprint,
): string | undefined {
  const [only] = outs;
  if (!only?.locked || outs.length > 1 || fingerprint.hash !== undefined) return undefined;
  const { path, absolute } = only.output;
  const isPlain = path === basename(absolute) && text === newTracked(path, only.locked);
  // DVC writes a key that is new behind the others.
  return isPlain && keysOf(only.locked) === keysOf(fingerprint) ? newTracked(path, fingerprint) : undefined;
}

function keysOf(fingerprint: Fingerprint): string {
  return recorded(fingerprint)
    .flatMap(([key, value]) => (value === undefined ? [] : key))
    .join();
}

/** The first keys of an entry, as of a dvc.lock. */
export function recorded({
  md5,
  size,
  nfiles,
  isexec,
}: Fingerprint): readonly (readonly [string, Value | undefined])[] {
  return [
    ['md5', md5],
    ['size', size === undefined ? undefined : BigInt(size)],
    ['nfiles', nfiles === undefined ? undefined : BigInt(nfiles)],
    ['isexec', isexec],
  ];
}
