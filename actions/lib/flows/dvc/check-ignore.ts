// mainline dvc check-ignore: which paths .dvcignore leaves out, and by which pattern.
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { IgnoreMatch } from '#lib/dvc/scan/ignore.ts';
import { type OpenOptions, openDvcRepository } from '#lib/flows/dvc/open.ts';

export interface CheckedPath extends IgnoreMatch {
  /** As the user wrote it. */
  readonly target: string;
}

/** Asks for one path at a time: those of a pipe come one by one. */
export async function openIgnoreCheck(options: OpenOptions): Promise<(target: string) => CheckedPath> {
  const { directory, ignore } = await openDvcRepository(options);
  return target => {
    const path = resolve(directory, target);
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    return { target, ...ignore.explain(path, isFolder) };
  };
}
