// What a stage made from given inputs, so that going back to an earlier state never runs it again. The layout, keys and
// bytes are DVC's; DVC leaves every key called `size` or `nfiles` out of its hashes, even a parameter's, so an entry is
// compared with the stage in full before it is used.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText } from '#lib/documents/canonical.ts';
import { TEMPORARY_MARK, unwritable } from '#lib/documents/write.ts';
import { fromLockMap, type LockedStage, toLockMap } from '#lib/dvc/lock/entry.ts';
import { pythonJson } from '#lib/dvc/values/python-json.ts';
import { isValueList, isValueMap, sameValue, type Value, type ValueMap } from '#lib/dvc/values/value.ts';
import { parseTyped } from '#lib/dvc/values/yaml-read.ts';
import { writeMap } from '#lib/dvc/values/yaml-write.ts';
import { hasCode } from '#lib/errors.ts';

/** A stage before it ran: of its outputs only the paths are known. */
export type StageInputs = Omit<LockedStage, 'outs'> & { readonly outs: readonly { readonly path: string }[] };

const UNHASHED_KEYS = new Set<unknown>(['size', 'nfiles']);

/** 64 hex digits: the folder that all runs of the same command on the same inputs share. */
export function runKey({ outs, ...inputs }: StageInputs): string {
  const paths = outs.map(out => out.path).sort(compareText);
  return hashMap(new Map([...toLockMap({ ...inputs, outs: [] }), ['outs', paths]]));
}

/** 64 hex digits: the file of one run. */
export function runValue(run: LockedStage): string {
  return hashMap(toLockMap(run));
}

function hashMap(map: ValueMap): string {
  return createHash('sha256')
    .update(pythonJson(withoutSizes(map)))
    .digest('hex');
}

function withoutSizes(value: Value): Value {
  if (isValueList(value)) return value.map(withoutSizes);
  if (!isValueMap(value)) return value;
  return new Map(
    [...value].filter(([key]) => !UNHASHED_KEYS.has(key)).map(([key, item]) => [key, withoutSizes(item)]),
  );
}

function runFolder(cacheDir: string, key: string): string {
  return join(cacheDir, 'runs', key.slice(0, 2), key);
}

/** Records a run; one that is there already is left as it is. */
export async function saveRun(cacheDir: string, run: LockedStage): Promise<void> {
  const folder = runFolder(cacheDir, runKey(run));
  const file = join(folder, runValue(run));
  if (existsSync(file) && (await readRun(file))) return;
  const temporary = join(folder, `${TEMPORARY_MARK}${randomBytes(6).toString('hex')}`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(temporary, writeMap(toLockMap(run), 0));
    renameSync(temporary, file);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw unwritable(file, cause);
  }
}

/** Earlier runs of the same command on the same inputs, newest first. */
export async function findRuns(cacheDir: string, inputs: StageInputs): Promise<readonly LockedStage[]> {
  const folder = runFolder(cacheDir, runKey(inputs));
  const names = await listNames(folder);
  const files = await Promise.all(
    names.map(async name => ({
      file: join(folder, name),
      modified: (await stat(join(folder, name))).mtimeMs,
    })),
  );
  files.sort((a, b) => b.modified - a.modified || compareText(a.file, b.file));
  const runs = await Promise.all(files.map(({ file }) => readRun(file)));
  return runs.filter((run): run is LockedStage => run !== undefined && hasSameInputs(run, inputs));
}

async function listNames(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter(name => /^[0-9a-f]{64}$/.test(name));
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return [];
    throw cause;
  }
}

/** A damaged entry is removed. */
async function readRun(file: string): Promise<LockedStage | undefined> {
  try {
    const run = fromLockMap((await parseTyped(await readFile(file, 'utf8'), file)).value);
    if (run) return run;
  } catch (cause) {
    if (hasCode(cause, 'ENOENT')) return undefined;
  }
  await rm(file, { force: true });
  return undefined;
}

/** True when command, inputs and parameters are the same in full, and the same outputs are declared. */
export function hasSameInputs(run: LockedStage, inputs: StageInputs): boolean {
  const paths = (outs: StageInputs['outs']) => outs.map(out => out.path).sort(compareText);
  const before: ValueMap = new Map([...toLockMap({ ...run, outs: [] }), ['outs', paths(run.outs)]]);
  const now: ValueMap = new Map([...toLockMap({ ...inputs, outs: [] }), ['outs', paths(inputs.outs)]]);
  return sameValue(before, now);
}
