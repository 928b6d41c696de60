// The text of a .dvc file after a change, the same bytes as DVC would write: comments, order and unknown `meta` stay.
import { dirname } from 'node:path';
import { dumpTracked, type TrackedEdit } from '#lib/dvc/tracked/dump-tracked.ts';
import type { TrackedFile } from '#lib/dvc/tracked/tracked.ts';
import { changeMap, type NextMap, nextValue, toRoundNode } from '#lib/dvc/values/round-trip-edit.ts';
import { readRoundTrip } from '#lib/dvc/values/round-trip-read.ts';
import { writeRoundTrip } from '#lib/dvc/values/round-trip-write.ts';
import { isValueMap, type ValueMap } from '#lib/dvc/values/value.ts';
import { parseTyped } from '#lib/dvc/values/yaml-read.ts';
import { writeMap } from '#lib/dvc/values/yaml-write.ts';

/** @param root the folder that holds `.dvc`. */
export async function editTracked(
  { text, file }: Pick<TrackedFile, 'text' | 'file'>,
  root: string,
  edit: TrackedEdit,
): Promise<string> {
  const place = { directory: dirname(file), root };
  const document = readRoundTrip(text);
  if (document) {
    return writeRoundTrip({
      ...document,
      root: changeMap(document.root, dumpTracked(document.root, edit, place)),
    });
  }
  // Anchors on lists and the like: the values are kept, the layout is not.
  const { value } = await parseTyped(text, file);
  const node = toRoundNode(value);
  const next: NextMap = node.kind === 'map' ? dumpTracked(node, edit, place) : new Map();
  return writeMap(toValueMap(next), 0);
}

function toValueMap(next: NextMap): ValueMap {
  const value = nextValue(next);
  return isValueMap(value) ? value : new Map();
}
