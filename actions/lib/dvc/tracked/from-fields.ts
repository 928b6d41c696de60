// A .dvc file from its fields, however they were read. Most files are the few plain lines that DVC writes, which need no
// general reader: it takes longer to load than most commands to run.
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import type { LockedPath } from '#lib/dvc/lock/entry.ts';
import { isDvcRecord, isInternal } from '#lib/dvc/pipeline/paths.ts';
import type { Output } from '#lib/dvc/pipeline/stage.ts';
import { isFields } from '#lib/dvc/tracked/fields.ts';
import { toLocked } from '#lib/dvc/tracked/locked-path.ts';
import { readPlainTracked } from '#lib/dvc/tracked/plain-tracked.ts';
import type { TrackedDependency, TrackedFile, TrackedOutput } from '#lib/dvc/tracked/tracked.ts';
import { ConfigurationError, type Location } from '#lib/errors.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The text of a .dvc file that stands, or would stand, at `file` (absolute). */
export interface TrackedText {
  readonly text: string;
  readonly file: string;
  /** The folder that holds `.dvc`; no output leaves it. */
  readonly root: string;
}

/** The short way; undefined for files that are more than DVC's plain lines. */
export function parsePlainTracked(source: TrackedText): TrackedFile | undefined {
  const top = readPlainTracked(source.text);
  return top && fromFields(top, source, path => locatePlain(source.text, source.file, path));
}

/** @throws ConfigurationError for paths that lead out of the repository */
export function fromFields(
  top: Fields,
  { text, file, root }: TrackedText,
  locate: (path: readonly PropertyKey[]) => Location,
): TrackedFile {
  const directory = dirname(file);
  const workingDirectory = resolve(directory, optionalText(top.wdir) ?? '.');
  const place = { workingDirectory, root, file };
  const outs = listOf(top.outs).map((fields, index) =>
    toOutput(fields, { ...place, at: locate(['outs', index, 'path']) }),
  );
  return {
    file,
    text,
    address: relative(root, file).split(sep).join('/'),
    workingDirectory,
    frozen: top.frozen === true || top.locked === true,
    alwaysChanged: top.always_changed === true,
    md5: optionalText(top.md5)?.toLowerCase(),
    cmd: undefined,
    deps: listOf(top.deps).map((fields, index) =>
      toDependency(fields, { ...place, at: locate(['deps', index, 'path']) }),
    ),
    outs,
    description: optionalText(top.desc),
    at: { file, line: 1, column: 1 },
  };
}

/** Plain files hold one output, whose path has a line of its own. */
function locatePlain(text: string, file: string, path: readonly PropertyKey[]): Location {
  const key = String(path.at(-1));
  const line = text
    .split('\n')
    .findIndex(one => one.startsWith(`  ${key}: `) || one.startsWith(`- ${key}: `));
  return { file, line: line + 1, column: `  ${key}: `.length + 1 };
}

interface Place {
  readonly workingDirectory: string;
  readonly root: string;
  readonly file: string;
  readonly at: Location;
}

function toOutput(fields: Fields, place: Place): TrackedOutput {
  const path = optionalText(fields.path) ?? '';
  const absolute = resolve(place.workingDirectory, path);
  refuseHostile(path, absolute, place);
  const output: Output = {
    path,
    absolute,
    at: place.at,
    kind: 'out',
    cache: fields.cache !== false,
    persist: fields.persist === true,
    push: fields.push !== false,
    remote: optionalText(fields.remote),
    desc: optionalText(fields.desc),
    type: optionalText(fields.type),
    labels: Array.isArray(fields.labels) ? fields.labels.map(String) : undefined,
    meta: fields.meta,
  };
  return { output, locked: locked(fields, path) };
}

/** A checkout writes and deletes there: the path stays inside the repository, and out of git's and DVC's own folders. */
function refuseHostile(path: string, absolute: string, { root, at }: Place): void {
  const way = relative(root, absolute);
  const parts = way.split(sep);
  const isOutside = way === '' || parts[0] === '..' || isAbsolute(way) || isAbsolute(path);
  const isKept = isDvcRecord(path) || isInternal(way);
  if (!isOutside && !isKept && !/^[a-z][a-z0-9+.-]*:\/\//iu.test(path)) return;
  const what = isKept ? 'belongs to git or DVC' : 'is not inside the repository';
  throw new ConfigurationError(`The output ${path === '' ? '""' : path} ${what}`, {
    at,
    remedy: 'Name a file or folder inside the repository, relative to the .dvc file.',
  });
}

function toDependency(fields: Fields, { workingDirectory, at }: Place): TrackedDependency {
  const path = optionalText(fields.path) ?? '';
  const repo = isFields(fields.repo) ? fields.repo : undefined;
  const isLocal = repo === undefined && fields.db === undefined && !/^[a-z][a-z0-9+.-]*:\/\//iu.test(path);
  if (isLocal && isDvcRecord(path)) {
    throw new ConfigurationError(`${path} is a file of DVC's own, so it cannot be a dependency`, {
      at,
      remedy: 'Name the data that it tracks.',
    });
  }
  return {
    path,
    absolute: isLocal ? resolve(workingDirectory, path) : undefined,
    locked: locked(fields, path),
    ...(repo && {
      repo: {
        url: String(repo.url),
        rev: optionalText(repo.rev),
        revLock: optionalText(repo.rev_lock),
      },
    }),
  };
}

function locked(fields: Fields, path: string): LockedPath | undefined {
  return toLocked(fields, path);
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function optionalText(value: unknown): string | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  return String(value);
}
