// dvc.lock: read once, changed stage by stage, written as DVC writes it. Stages that did not change keep their very
// bytes, so a file written by another version of DVC (which folds long lines elsewhere) shows no other difference.
import { readText } from '#lib/documents/read-text.ts';
import { fromLockMap, type LockedStage, toLockMap } from '#lib/dvc/lock/entry.ts';
import type { Value } from '#lib/dvc/values/value.ts';
import { type Member, memberOf, plainOf, type YamlNode } from '#lib/dvc/values/yaml-node.ts';
import { parseTree, type TypedTree } from '#lib/dvc/values/yaml-read.ts';
import { writeMap } from '#lib/dvc/values/yaml-write.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

/** The contents of dvc.lock; the texts joined are the file. */
export interface Lock {
  /** Everything up to the first stage. */
  readonly head: string;
  /** In the order of the file, which is the order in which stages first ran. */
  readonly stages: ReadonlyMap<string, LockText>;
  /** What stands after the stages. */
  readonly tail: string;
}

/** An entry and how it is written. */
export interface LockText {
  readonly entry: LockedStage;
  /** Lines that end in a newline, the name at column 2. */
  readonly text: string;
}

const STAGE_INDENT = 2;
const NEW_HEAD = "schema: '2.0'\nstages:\n";
const REMEDY =
  'Take either side of a merge, or restore the file from git; stages that then differ run again.';

/** A lock without stages. */
export const EMPTY_LOCK: Lock = { head: NEW_HEAD, stages: new Map(), tail: '' };

/**
 * Reads a lock file; one that does not exist is empty.
 * @throws ConfigurationError when it is not schema 2.0, at the place.
 */
export async function readLock(file: string): Promise<Lock> {
  try {
    return await parseLock(await readText(file), file);
  } catch (thrown) {
    if (thrown instanceof ConfigurationError && hasCode(thrown.cause, 'ENOENT')) return EMPTY_LOCK;
    throw thrown;
  }
}

/** Parses the text of a lock file. */
export async function parseLock(text: string, file: string): Promise<Lock> {
  if (text.trim() === '') return EMPTY_LOCK;
  const tree = await parseTree(text, file, { remedy: REMEDY });
  const schema = memberOf(tree.root, 'schema')?.value;
  if (schema?.kind !== 'scalar' || schema.value !== '2.0') {
    throw new ConfigurationError(`${file} is not a lock file of schema '2.0'`, {
      at: tree.at(schema?.at),
      remedy: REMEDY,
    });
  }
  const stages = memberOf(tree.root, 'stages');
  const entries = stageMembers(stages?.value).map(({ key, keyAt, value: node }) => {
    const value = plainOf(node);
    const entry = fromLockMap(value);
    if (!entry || typeof key !== 'string') throw wrongStage(tree, String(key), keyAt);
    return { name: key, entry, value, start: keyAt - STAGE_INDENT };
  });
  if (stages && entries.length === 0 && !isEmptyNode(stages.value)) {
    throw wrongStage(tree, 'stages', stages.keyAt);
  }
  return splitTexts(tree, entries) ?? rewriteTexts(tree, entries);
}

interface ReadEntry {
  readonly name: string;
  readonly entry: LockedStage;
  readonly value: Value;
  /** Offset of its line. */
  readonly start: number;
}

function wrongStage({ file, at }: TypedTree, name: string, offset: number): ConfigurationError {
  return new ConfigurationError(`${name} in ${file} does not have the shape of a locked stage`, {
    at: at(offset),
    remedy: REMEDY,
  });
}

function stageMembers(stages: YamlNode | undefined): readonly Member[] {
  return stages?.kind === 'map' ? stages.members : [];
}

function isEmptyNode(node: YamlNode): boolean {
  return node.kind === 'map' || (node.kind === 'scalar' && node.value === null);
}

/** Cuts the file into its stages' own texts; undefined when it is laid out in another way or shares values by anchors. */
function splitTexts(tree: TypedTree, entries: readonly ReadEntry[]): Lock | undefined {
  const { text, isShared } = tree;
  const isPlainLayout = entries.every(
    ({ start }) => text.startsWith('\n  ', start - 1) && text[start + 2] !== ' ',
  );
  const first = entries[0]?.start;
  if (!isPlainLayout || first === undefined || isShared || !text.endsWith('\n')) return undefined;
  const end = nextTopLevel(tree.root, first) ?? text.length;
  const stages = entries.map(({ name, entry, start }, index) => {
    return [name, { entry, text: text.slice(start, entries[index + 1]?.start ?? end) }] as const;
  });
  return { head: text.slice(0, first), stages: new Map(stages), tail: text.slice(end) };
}

function nextTopLevel(root: YamlNode, after: number): number | undefined {
  return root.kind === 'map' ? root.members.find(({ keyAt }) => keyAt > after)?.keyAt : undefined;
}

/** The same content laid out anew; comments are lost, as they are when DVC writes it. */
function rewriteTexts({ root }: TypedTree, entries: readonly ReadEntry[]): Lock {
  const others = (root.kind === 'map' ? root.members : [])
    .filter(({ key }) => key !== 'schema' && key !== 'stages')
    .map(({ key, value }) => [key, plainOf(value)] as const);
  const stages = entries.map(({ name, entry, value: item }) => {
    return [name, { entry, text: writeMap(new Map([[name, item]]), STAGE_INDENT) }] as const;
  });
  return { head: NEW_HEAD, stages: new Map(stages), tail: writeMap(new Map(others), 0) };
}

/** The text of the file. */
export function formatLock({ head, stages, tail }: Lock): string {
  if (stages.size === 0) return `schema: '2.0'\nstages: {}\n${tail}`;
  return head + [...stages.values()].map(stage => stage.text).join('') + tail;
}

/** The lock with one stage's entry replaced where it stands, or added at the end. */
export function setLockedStage(lock: Lock, name: string, entry: LockedStage): Lock {
  return setLockTexts(lock, new Map([[name, toLockText(name, entry)]]));
}

/** The lock with several replaced where they stand; new ones are added at the end, in the order given. */
export function setLockTexts(lock: Lock, texts: ReadonlyMap<string, LockText>): Lock {
  return { ...lock, stages: new Map([...lock.stages, ...texts]) };
}

/** A stage as it stands in the file. */
export function toLockText(name: string, entry: LockedStage): LockText {
  return { entry, text: writeMap(new Map([[name, toLockMap(entry)]]), STAGE_INDENT) };
}
