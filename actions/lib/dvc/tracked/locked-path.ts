// What an entry of a .dvc file records of its content. A folder whose files are listed in the entry itself (cloud
// versioning) has the name that its listing would have as an object.
import { createHash } from 'node:crypto';
import { compareText } from '#lib/documents/canonical.ts';
import type { LockedPath } from '#lib/dvc/lock/entry.ts';
import { OBJECT_NAME } from '#lib/dvc/objects/object-path.ts';
import { isFields } from '#lib/dvc/tracked/fields.ts';
import { pythonJson } from '#lib/dvc/values/python-json.ts';
import type { Value, ValueMap } from '#lib/dvc/values/value.ts';

type Fields = Readonly<Record<string, unknown>>;

const RECORDED = new Set(['path', 'hash', 'md5', 'size', 'nfiles', 'isexec']);
/** Recorded beside the hash, and of interest only to the place they came from. */
const KEPT = ['cloud', 'files', 'version_id', 'etag', 'checksum', 'fs_config'];

/** @returns undefined when nothing is recorded yet, or only what another place knows it by (an etag). */
export function toLocked(fields: Fields, path: string): LockedPath | undefined {
  const files = Array.isArray(fields.files) ? fields.files.filter(isFields) : undefined;
  const md5 = files ? listingName(files) : String(fields.md5 ?? '').toLowerCase();
  if (!OBJECT_NAME.test(md5)) return undefined;
  const others = toOthers(fields);
  const size = files ? sum(files) : fields.size;
  const nfiles = files ? files.length : fields.nfiles;
  return {
    path,
    md5,
    ...(fields.hash === undefined && { hash: 'md5-dos2unix' as const }),
    ...(typeof size === 'number' && { size }),
    ...(typeof nfiles === 'number' && { nfiles }),
    ...(fields.isexec === true && { isexec: true as const }),
    ...(others && { others }),
  };
}

function listingName(files: readonly Fields[]): string {
  const entries = files
    .map(file => ({ md5: String(file.md5 ?? ''), relpath: String(file.relpath) }))
    .sort((a, b) => compareText(a.relpath, b.relpath))
    .map(({ md5, relpath }): ValueMap => new Map([...Object.entries({ md5, relpath })]));
  return `${createHash('md5').update(pythonJson(entries)).digest('hex')}.dir`;
}

function sum(files: readonly Fields[]): number {
  return files.reduce((total, { size }) => total + (typeof size === 'number' ? size : 0), 0);
}

function toOthers(fields: Fields): ValueMap | undefined {
  const entries = KEPT.filter(key => key in fields && !RECORDED.has(key)).map(
    key => [key, toValue(fields[key])] as const,
  );
  return entries.length > 0 ? new Map<string, Value>(entries) : undefined;
}

function toValue(value: unknown): Value {
  if (Array.isArray(value)) return value.map(toValue);
  if (isFields(value)) return new Map(Object.entries(value).map(([key, item]) => [key, toValue(item)]));
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  return typeof value === 'boolean' || typeof value === 'string' ? value : null;
}
