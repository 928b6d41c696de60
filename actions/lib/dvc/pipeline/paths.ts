// No path of a pipeline leaves the repository, and no output can be something whose removal would hurt: a stage's
// outputs are deleted before it runs.
import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { DeclaredPath, Pipeline, Stage } from '#lib/dvc/pipeline/stage.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

/** True for the folder itself and everything below it; both absolute. */
export function isWithin(folder: string, path: string): boolean {
  if (isPlain(folder) && isPlain(path)) return path === folder || path.startsWith(`${folder}/`);
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Nothing in it has to be worked out: nearly every path is so, and then comparing texts is enough. */
function isPlain(path: string): boolean {
  if (sep !== '/' || path.length < 2 || path.endsWith('/')) return false;
  return !(path.includes('/.') || path.includes('//')) || !/\/(?:\.{0,2})(?:\/|$)/.test(path);
}

/** `resolve`, sooner for paths in which nothing has to be worked out. @param folder absolute and normal */
export function resolveBelow(folder: string, path: string): string {
  if (path === '.') return folder;
  return sep === '/' && folder !== '/' && NORMAL.test(path) ? `${folder}/${path}` : resolve(folder, path);
}

const NORMAL = /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;

/** A `dvc.yaml` or `.dvc` file, by the text of its path: never data, neither to DVC nor to us. */
export function isDvcRecord(path: string): boolean {
  return path.endsWith('.dvc') || /(?:^|[\\/])dvc\.yaml$/.test(path);
}

/** What a checkout or a stage must never write or delete; in any case, since file systems may not tell them apart. */
export function isInternal(wayFromRoot: string): boolean {
  if (!/\.(?:git|dvc)|dvc\.lock/i.test(wayFromRoot)) return false;
  return /(?:^|[\\/])(?:\.(?:git|dvc)(?:[\\/]|$)|(?:dvc\.lock|\.dvcignore)$)/i.test(wayFromRoot);
}

/** Every path that is written wrongly, by its text alone. */
export function checkPaths(pipeline: Pipeline): readonly ConfigurationError[] {
  const { root, directory } = pipeline;
  const own = [join(directory, 'dvc.yaml'), join(directory, 'dvc.lock')];
  const problems: ConfigurationError[] = [];
  for (const stage of pipeline.stages) {
    for (const path of [...stage.deps, ...stage.params])
      problems.push(...checkInside(path, root), ...checkNoRecord(path));
    for (const path of stage.outs)
      problems.push(...checkInside(path, root), ...checkRemovable(path, root, own));
    problems.push(...checkWorkingDirectory(stage, root));
  }
  return problems;
}

const NONE: readonly ConfigurationError[] = [];

function checkInside({ path, absolute, at }: DeclaredPath, root: string): readonly ConfigurationError[] {
  if (/^\w+:\/\//.test(path)) {
    const remedy = 'Copy it into the repository in a stage of its own, and depend on the copy.';
    return [
      new ConfigurationError(`${path} is not a local file, which is not supported yet`, { at, remedy }),
    ];
  }
  if (isWithin(root, absolute)) return NONE;
  const remedy = 'Name a path inside the repository, relative to the folder the stage works in.';
  return [new ConfigurationError(`${path} is outside the repository`, { at, remedy })];
}

function checkNoRecord({ path, at }: DeclaredPath): readonly ConfigurationError[] {
  if (!isDvcRecord(path)) return NONE;
  const remedy = path.endsWith('.dvc')
    ? `Depend on the data that it tracks: ${path.slice(0, -'.dvc'.length)}`
    : 'Depend on what its stages make.';
  return [
    new ConfigurationError(`${path} is a file of DVC's own, so it cannot be a dependency`, { at, remedy }),
  ];
}

function checkRemovable(
  { path, absolute, at }: DeclaredPath,
  root: string,
  own: readonly string[],
): readonly ConfigurationError[] {
  const kept = own.find(file => isWithin(absolute, file));
  const isKept = isDvcRecord(path) || isInternal(relative(root, absolute));
  if (kept === undefined && !isKept) return NONE;
  const what = kept === undefined ? 'belongs to git or DVC' : `holds the pipeline's own files`;
  const remedy =
    'Let the stage write to a file or folder of its own: outputs are removed before a stage runs.';
  return [new ConfigurationError(`${path} ${what}, so it cannot be an output`, { at, remedy })];
}

function checkWorkingDirectory(
  { workingDirectory, name, at }: Stage,
  root: string,
): readonly ConfigurationError[] {
  if (isWithin(root, workingDirectory)) return NONE;
  const remedy = 'Name a folder inside the repository as wdir.';
  return [new ConfigurationError(`The stage ${name} works outside the repository`, { at, remedy })];
}

/**
 * Follows links, which the text of a path does not show.
 * @throws ConfigurationError when a link leads out of the repository.
 */
export async function refuseEscape({ path, absolute, at }: DeclaredPath, root: string): Promise<void> {
  const [folder, top] = await Promise.all([nearestRealFolder(dirname(absolute)), realpath(root)]);
  if (isWithin(top, folder)) return;
  throw new ConfigurationError(`${path} leads out of the repository through a link`, {
    at,
    remedy: 'Replace the link by a folder.',
  });
}

async function nearestRealFolder(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    if (hasCode(cause, 'ENOENT') && dirname(path) !== path) return nearestRealFolder(dirname(path));
    throw cause;
  }
}
