// dvc.lock: read once, changed stage by stage, written as DVC writes it. Stages that did not change keep their very
// bytes, so a file written by another version of DVC (which folds long lines elsewhere) shows no other difference.
import { isMap, isScalar, type Pair, visit } from 'yaml';
import { readText } from '#lib/documents/read.ts';
import { fromLockMap, type LockedStage, toLockMap } from '#lib/dvc/lock/entry.ts';
import { isValueMap, type Value } from '#lib/dvc/values/value.ts';
import { parseTyped, type TypedDocument } from '#lib/dvc/values/yaml-read.ts';
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
    return parseLock(await readText(file), file);
  } catch (thrown) {
    if (thrown instanceof ConfigurationError && hasCode(thrown.cause, 'ENOENT')) return EMPTY_LOCK;
    throw thrown;
  }
}

/** Parses the text of a lock file. */
export function parseLock(text: string, file: string): Lock {
  if (text.trim() === '') return EMPTY_LOCK;
  const document = parseTyped(text, file, { remedy: REMEDY });
  const top = document.value;
  if (!isValueMap(top) || top.get('schema') !== '2.0') {
    throw new ConfigurationError(`${file} is not a lock file of schema '2.0'`, {
      at: document.at(0),
      remedy: REMEDY,
    });
  }
  const pairs = stagePairs(document);
  const values = top.get('stages') ?? new Map();
  if (!isValueMap(values)) throw wrongStage(document, 'stages', undefined);
  const entries = [...values].map(([name, value], index) => {
    const entry = fromLockMap(value);
    if (!entry || typeof name !== 'string') throw wrongStage(document, String(name), pairs[index]);
    return { name, entry, value };
  });
  return splitTexts(document, entries, pairs) ?? rewriteTexts(document, entries);
}

interface ReadEntry {
  readonly name: string;
  readonly entry: LockedStage;
  readonly value: Value;
}

function wrongStage({ file, at }: TypedDocument, name: string, pair: Pair | undefined): ConfigurationError {
  const place = pair && isScalar(pair.key) ? pair.key.range?.[0] : 0;
  return new ConfigurationError(`${name} in ${file} does not have the shape of a locked stage`, {
    at: at(place),
    remedy: REMEDY,
  });
}

function stagePairs({ parsed }: TypedDocument): readonly Pair[] {
  const stages = parsed.get('stages');
  return isMap(stages) ? stages.items : [];
}

/** Cuts the file into its stages' own texts; undefined when it is laid out in another way or shares values by anchors. */
function splitTexts(
  document: TypedDocument,
  entries: readonly ReadEntry[],
  pairs: readonly Pair[],
): Lock | undefined {
  const { parsed, text } = document;
  const starts = pairs.map(({ key }) => (isScalar(key) && key.range ? key.range[0] - STAGE_INDENT : -1));
  const isPlainLayout = starts.every(start => /^\n {2}$/.test(text.slice(start - 1, start + STAGE_INDENT)));
  const [first] = starts;
  if (!isPlainLayout || first === undefined || hasAnchors(parsed) || !text.endsWith('\n')) return undefined;
  const end = nextTopLevel(parsed.contents, first) ?? text.length;
  const stages = entries.map(({ name, entry }, index) => {
    return [name, { entry, text: text.slice(starts[index], starts[index + 1] ?? end) }] as const;
  });
  return { head: text.slice(0, first), stages: new Map(stages), tail: text.slice(end) };
}

function hasAnchors(parsed: TypedDocument['parsed']): boolean {
  let found = false;
  visit(parsed, {
    Node: (_, node) => {
      found ||= 'anchor' in node && node.anchor !== undefined;
    },
    Alias: () => {
      found = true;
    },
  });
  return found;
}

function nextTopLevel(contents: unknown, after: number): number | undefined {
  if (!isMap(contents)) return undefined;
  const offsets = contents.items.flatMap(({ key }) => (isScalar(key) && key.range ? key.range[0] : []));
  return offsets.find(offset => offset > after);
}

/** The same content laid out anew; comments are lost, as they are when DVC writes it. */
function rewriteTexts({ value }: TypedDocument, entries: readonly ReadEntry[]): Lock {
  const others = isValueMap(value) ? [...value].filter(([key]) => key !== 'schema' && key !== 'stages') : [];
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
