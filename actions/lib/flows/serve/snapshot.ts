// What the two branches say about one environment at two commits, as text. Blobs are read by one git process and kept by
// their id, so that a change costs only what changed.
import { ConfigurationError } from '#lib/errors.ts';
import type { Heads } from '#lib/flows/serve/source.ts';
import type { Repository, TreeFile } from '#lib/git/repository.ts';
import { versionRecordPath } from '#lib/registry/version-record.ts';
import { rolloutPath } from '#lib/rollout/intent.ts';
import { progressPath } from '#lib/rollout/progress.ts';

/** How far back a start looks for the last good state. */
const MAX_RECALLED = 10;

export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** The files of one model; undefined = not there. */
export interface ModelFiles {
  readonly model: string;
  readonly rollout: TextFile;
  readonly progress: TextFile | undefined;
}

export interface Snapshot {
  /** Every model that has a rollout for the environment, sorted by name. */
  readonly models: readonly ModelFiles[];
  /** Version records by model and version, of those asked for that exist. */
  readRecords(model: string, versions: readonly string[]): Promise<ReadonlyMap<string, TextFile>>;
  /** The rollout as main had it before, newest first, a few of them. Asked once, until main moves; then nothing. */
  readEarlierRollouts(model: string): Promise<readonly TextFile[]>;
}

export type ReadSnapshot = (heads: Heads) => Promise<Snapshot>;

/** Reads snapshots of a repository, each cheaper for the one before. */
export function snapshotReader(repository: Repository, environment: string): ReadSnapshot {
  const listings = new Map<string, readonly TreeFile[]>();
  const texts = new Map<string, string>();
  const recalled = new Map<string, string | undefined>();

  const list = async (commit: string | undefined, folder: string): Promise<readonly TreeFile[]> => {
    if (commit === undefined) return [];
    const key = `${commit} ${folder}`;
    const found = listings.get(key) ?? (await repository.listFiles(commit, folder));
    if (found.length === 0) await requireFiles(repository, commit);
    listings.set(key, found);
    return found;
  };

  const read = async (files: readonly TreeFile[]): Promise<ReadonlyMap<string, TextFile>> => {
    const missing = files.filter(({ id, mode }) => isFile(mode) && !texts.has(id)).map(({ id }) => id);
    const blobs = await repository.readBlobs([...new Set(missing)]);
    for (const [id, bytes] of blobs) texts.set(id, Buffer.from(bytes).toString());
    return new Map(
      files.map(({ id, path, mode }) => [
        path,
        { path, text: isFile(mode) ? requireText(texts.get(id), path) : NO_FILE },
      ]),
    );
  };

  return async ({ main, state }) => {
    const used = new Set([`${main} models`, `${state} rollout`, `${state} models`]);
    for (const key of [...listings.keys()]) if (!used.has(key)) listings.delete(key);
    const [intents, progresses, records] = await Promise.all([
      list(main, 'models'),
      list(state, 'rollout'),
      list(state, 'models'),
    ]);
    const names = modelNames(intents, environment);
    const wanted = new Set(
      names.flatMap(model => [rolloutPath(model, environment), progressPath(model, environment)]),
    );
    forget(texts, [...intents, ...progresses, ...records]);
    const files = await read([...intents, ...progresses].filter(({ path }) => wanted.has(path)));
    return {
      models: names.flatMap(model => {
        const path = rolloutPath(model, environment);
        const rollout = files.get(path) ?? { path, text: NO_FILE };
        return rollout ? [{ model, rollout, progress: files.get(progressPath(model, environment)) }] : [];
      }),
      readRecords: async (model, versions) => {
        const paths = new Map(versions.map(version => [versionRecordPath(model, version), version]));
        const found = await read(records.filter(({ path }) => paths.has(path)));
        return new Map([...found].map(([path, file]) => [paths.get(path) ?? '', file]));
      },
      readEarlierRollouts: async model => {
        if (main === undefined || recalled.get(model) === main) return [];
        recalled.set(model, main);
        return readEarlier(repository, main, rolloutPath(model, environment));
      },
    };
  };
}

async function readEarlier(repository: Repository, main: string, path: string): Promise<readonly TextFile[]> {
  const commits = await repository.history(main, { paths: [path], firstParent: true });
  const texts = await Promise.all(
    commits.slice(1, 1 + MAX_RECALLED).map(({ id }) => repository.readFile(id, path)),
  );
  return texts.flatMap(bytes => (bytes ? [{ path, text: Buffer.from(bytes).toString() }] : []));
}

/** A folder that is not there and a tree that cannot be read look alike; but no commit of ours has no file at all. */
async function requireFiles(repository: Repository, commit: string): Promise<void> {
  const files = await repository.listFiles(commit, '');
  if (files.length === 0) throw damaged(`git cannot list the files of ${commit}`, repository.directory);
}

function requireText(text: string | undefined, path: string): string {
  if (text !== undefined) return text;
  throw damaged('git cannot read this file', path);
}

function damaged(what: string, file: string): ConfigurationError {
  return new ConfigurationError(`${what}: the repository is damaged or cloned in part`, {
    at: { file },
    remedy: 'Run git fsck there, or clone it again in full.',
  });
}

/** A link, a folder or a submodule in the place of a rollout is a bad file, not a model that went away. */
const NO_FILE = '# not a file';

function isFile(mode: string): boolean {
  return mode.startsWith('100');
}

function modelNames(files: readonly TreeFile[], environment: string): readonly string[] {
  const names = files.flatMap(({ path }) => {
    const [, model, folder, file] = path.split('/');
    return folder === 'rollout' && file === `${environment}.yaml` && model ? [model] : [];
  });
  return [...new Set(names)];
}

function forget(texts: Map<string, string>, files: readonly TreeFile[]): void {
  const present = new Set(files.map(({ id }) => id));
  for (const id of [...texts.keys()]) if (!present.has(id)) texts.delete(id);
}
