// What DVC writes of a .dvc file: the keys it knows in its own order, those that say nothing left out. Read from the file
// as it stands, so that whatever people wrote into `meta` and other parts goes back untouched.
import { relative, resolve, sep } from 'node:path';
import type { Fingerprint } from '#lib/dvc/objects/object.ts';
import { recorded } from '#lib/dvc/tracked/new-tracked.ts';
import { stageMd5 } from '#lib/dvc/tracked/stage-md5.ts';
import type { RoundMap, RoundNode } from '#lib/dvc/values/round-trip.ts';
import {
  memberNode,
  type NextMap,
  type NextValue,
  nextValue,
  roundValue,
} from '#lib/dvc/values/round-trip-edit.ts';
import { isValueList, type Value } from '#lib/dvc/values/value.ts';

/** A change of one output or dependency; what is not named stays. */
export interface EntryEdit {
  /** What it holds now; what other places knew it by is dropped. */
  readonly fingerprint?: Fingerprint | undefined;
  /** Relative to the working directory of the file. */
  readonly path?: string | undefined;
}

export interface TrackedEdit {
  /** By place in the file. */
  readonly outs?: readonly (EntryEdit | undefined)[] | undefined;
  readonly deps?: readonly (EntryEdit | undefined)[] | undefined;
  readonly frozen?: boolean | undefined;
  /** True to give an import the checksum of what it says now. */
  readonly seal?: boolean | undefined;
}

/** Where the file stands, which tells what its paths mean. */
export interface TrackedPlace {
  /** Absolute. */
  readonly directory: string;
  readonly root: string;
}

/** The keys of the file after an edit. */
export function dumpTracked(file: RoundMap, edit: TrackedEdit, place: TrackedPlace): NextMap {
  const text = (key: string): string | undefined => {
    const value = valueAt(file, key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const workingDirectory = resolve(place.directory, text('wdir') ?? '.');
  const wdir = toPosix(relative(place.directory, workingDirectory));
  const frozen = edit.frozen ?? (valueAt(file, 'frozen') === true || valueAt(file, 'locked') === true);
  const inner = { ...place, workingDirectory };
  const entries: readonly (readonly [string, NextValue | undefined])[] = [
    ['desc', text('desc')],
    ['md5', checksumAt(file, 'md5')],
    ['wdir', wdir === '' ? undefined : wdir],
    ['frozen', frozen || undefined],
    ['deps', dumpEntries(file, edit.deps, { ...inner, key: 'deps' })],
    ['outs', dumpEntries(file, edit.outs, { ...inner, key: 'outs' })],
    ['always_changed', valueAt(file, 'always_changed') === true || undefined],
    ['meta', keptIfTrue(memberNode(file, 'meta'))],
  ];
  const dumped = compact(entries);
  return edit.seal && isImport(dumped) ? new Map([...dumped, ['md5', sealOf(dumped)]]) : dumped;
}

interface EntryPlace extends TrackedPlace {
  readonly workingDirectory: string;
  readonly key: 'deps' | 'outs';
}

function dumpEntries(
  file: RoundMap,
  edits: readonly (EntryEdit | undefined)[] | undefined,
  place: EntryPlace,
): NextValue | undefined {
  const list = memberNode(file, place.key);
  if (list?.kind !== 'list' || list.items.length === 0) return undefined;
  return list.items.map(({ node }, index) => {
    if (node.kind !== 'map') return { kept: node };
    const isElsewhere = memberNode(node, 'repo') !== undefined || memberNode(node, 'db') !== undefined;
    return isElsewhere ? { kept: node } : dumpEntry(node, edits?.[index] ?? {}, place);
  });
}

function dumpEntry(entry: RoundMap, { fingerprint, path }: EntryEdit, place: EntryPlace): NextMap {
  const written = path ?? String(valueAt(entry, 'path') ?? '');
  const isInside = isInRepository(written, place);
  const kept = (key: string) => keptIfTrue(memberNode(entry, key));
  const files = fingerprint ? undefined : kept('files');
  const hasHash = fingerprint ? fingerprint.hash === undefined : memberNode(entry, 'hash') !== undefined;
  const before = fingerprint || files ? [] : recordedBefore(entry, isInside && !hasHash);
  const isOutput = place.key === 'outs';
  return compact([
    ...(fingerprint ? recorded(fingerprint) : before),
    ['hash', hasHash || !isInside ? 'md5' : undefined],
    [
      'path',
      isInside
        ? toPosix(relative(place.workingDirectory, resolve(place.workingDirectory, written))) || '.'
        : written,
    ],
    ['fs_config', kept('fs_config')],
    ...(isOutput ? annotations(entry) : []),
    ['files', files],
  ]);
}

/** As an entry says it that did not change. */
function recordedBefore(
  entry: RoundMap,
  isLegacy: boolean,
): readonly (readonly [string, NextValue | undefined])[] {
  const text = (key: string): string | undefined => checksumAt(entry, key);
  const count = (key: string): NextValue | undefined => {
    const node = memberNode(entry, key);
    return node && roundValue(node) !== null ? { kept: node } : undefined;
  };
  return [
    ['md5', text('md5') ?? (isLegacy ? null : undefined)],
    ['size', count('size')],
    ['nfiles', valueAt(entry, 'nfiles') === undefined ? undefined : count('nfiles')],
    ['isexec', valueAt(entry, 'isexec') === true || undefined],
    ['version_id', keptIfTrue(memberNode(entry, 'version_id'))],
    ['etag', keptIfTrue(memberNode(entry, 'etag'))],
    ['checksum', text('checksum')],
    ['cloud', keptIfTrue(memberNode(entry, 'cloud'))],
  ];
}

function annotations(entry: RoundMap): readonly (readonly [string, NextValue | undefined])[] {
  const kept = (key: string) => keptIfTrue(memberNode(entry, key));
  const isFalse = (key: string) => (valueAt(entry, key) === false ? false : undefined);
  return [
    ...['desc', 'type', 'labels', 'meta'].map(key => [key, kept(key)] as const),
    ['cache', isFalse('cache')],
    ['persist', valueAt(entry, 'persist') === true || undefined],
    ['remote', kept('remote')],
    ['push', isFalse('push')],
  ];
}

function isInRepository(path: string, { workingDirectory, root }: EntryPlace): boolean {
  if (path.startsWith('/') || /^[a-z][a-z0-9+.-]*:\/\//iu.test(path)) return false;
  return resolve(workingDirectory, path).startsWith(root + sep);
}

function valueAt(map: RoundMap, key: string): Value | undefined {
  const node = memberNode(map, key);
  return node && roundValue(node);
}

function checksumAt(map: RoundMap, key: string): string | undefined {
  const value = valueAt(map, key);
  if (value === undefined || value === null || value === '') return undefined;
  return String(value).toLowerCase();
}

/** Empty texts, lists and maps, 0 and false say nothing to DVC. */
function keptIfTrue(node: RoundNode | undefined): NextValue | undefined {
  if (!node) return undefined;
  if (node.kind === 'map') return node.members.length > 0 ? { kept: node } : undefined;
  if (node.kind === 'list') return node.items.length > 0 ? { kept: node } : undefined;
  if (node.source === undefined || node.source === '') return node.value ? { kept: node } : undefined;
  const isNothing = node.value === false || node.value === 0n || node.value === 0;
  return isNothing ? undefined : { kept: node };
}

function compact(entries: readonly (readonly [string, NextValue | undefined])[]): NextMap {
  return new Map(entries.filter((entry): entry is readonly [string, NextValue] => entry[1] !== undefined));
}

function toPosix(path: string): string {
  return path.split(sep).join('/');
}

function isImport(dumped: NextMap): boolean {
  const count = (key: string) => {
    const list = nextValue(dumped.get(key) ?? []);
    return isValueList(list) ? list.length : 0;
  };
  return count('deps') === 1 && count('outs') === 1;
}

/** The checksum of an import over what it says. */
function sealOf(dumped: NextMap): string {
  return stageMd5(new Map([...dumped].map(([key, item]) => [key, nextValue(item)])));
}
