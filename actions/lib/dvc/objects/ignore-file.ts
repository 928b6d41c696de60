// Patterns in a .dvcignore change the hash of a folder. They are not read yet, so they are refused: a wrong hash would
// look like a change to everyone who uses DVC on the same repository.
import { readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { isWithin } from '#lib/dvc/pipeline/paths.ts';
import type { Pipeline } from '#lib/dvc/pipeline/stage.ts';
import { ConfigurationError, hasCode } from '#lib/errors.ts';

/** @throws ConfigurationError at the first pattern in a .dvcignore above any file or folder of the pipeline. */
export async function refuseIgnorePatterns({ root, stages }: Pipeline): Promise<void> {
  const paths = stages.flatMap(stage => [...stage.deps, ...stage.outs]).map(path => dirname(path.absolute));
  const folders = new Set(paths.flatMap(path => foldersUpTo(root, path)));
  await Promise.all([root, ...folders].map(folder => refusePatterns(join(folder, '.dvcignore'), root)));
}

function foldersUpTo(root: string, path: string): readonly string[] {
  return path === root || !isWithin(root, path) ? [] : [path, ...foldersUpTo(root, dirname(path))];
}

async function refusePatterns(file: string, root: string): Promise<void> {
  const lines = await readLines(file);
  const index = lines.findIndex(line => line.trim() !== '' && !line.startsWith('#'));
  if (index < 0) return;
  throw new ConfigurationError(`The pattern "${lines[index]}" of .dvcignore is not supported yet`, {
    at: { file: relative(root, file), line: index + 1, column: 1 },
    remedy: 'Take it out, and keep such files out of the folders that a pipeline reads and writes.',
  });
}

async function readLines(file: string): Promise<readonly string[]> {
  try {
    return (await readFile(file, 'utf8')).split(/\r?\n/);
  } catch (cause) {
    if (hasCode(cause, 'ENOENT') || hasCode(cause, 'ENOTDIR')) return [];
    throw cause;
  }
}
