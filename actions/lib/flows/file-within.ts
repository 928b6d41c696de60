// A file that somebody else names: it lies below a folder, by its name and by every link on the way, or it is not there.
import { realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { repositoryPathSchema } from '#lib/registry/model-evaluation.ts';

/** The real path of a regular file below the root; undefined for anything else, devices and links out of it among them. */
export async function fileWithin(root: string, path: string): Promise<string | undefined> {
  if (!repositoryPathSchema.safeParse(path).success) return undefined;
  try {
    const [top, file] = [await realpath(root), await realpath(join(root, path))];
    const isInside = relative(top, file).split(sep)[0] !== '..';
    return isInside && (await stat(file)).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}
