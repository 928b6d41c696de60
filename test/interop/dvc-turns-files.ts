// Every file of a repository with its permissions, and the first place where two repositories differ.
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';

interface FileSeen {
  /** Permissions in octal digits, and whether another name holds the same file. */
  readonly form: string;
  readonly content: Buffer;
}

/** By path below the folder, with `/`. */
export type Listing = ReadonlyMap<string, FileSeen>;

/** What is each tool's own affair, or Git's. */
const SKIPPED = new Set(['.git', '.dvc/tmp']);

/** All files below the folder, if there is one. Empty folders and links that lead nowhere do not count: DVC leaves some behind. */
export function listFiles(folder: string): Listing {
  const found = new Map<string, FileSeen>();
  const visit = (path: string) => {
    for (const name of readdirSync(join(folder, path)).toSorted()) {
      const inner = path === '' ? name : `${path}/${name}`;
      if (SKIPPED.has(inner) || !existsSync(join(folder, inner))) continue;
      const seen = lookAt(join(folder, inner), folder);
      if (seen !== undefined) found.set(inner, seen);
      else visit(inner);
    }
  };
  if (existsSync(folder)) visit('');
  return found;
}

/** A link into the repository counts by its place there. */
function lookAt(path: string, folder: string): FileSeen | undefined {
  const info = lstatSync(path);
  if (info.isDirectory()) return undefined;
  if (info.isSymbolicLink())
    return { form: 'link', content: Buffer.from(readlinkSync(path).replace(folder, '')) };
  const linked = info.nlink > 1 ? ' linked' : '';
  return { form: `${(info.mode & 0o777).toString(8)}${linked}`, content: readFileSync(path) };
}

/**
 * Removes data that nothing tracks any more from the repository that still has it. Each tool takes away what it has put
 * there itself, and knows nothing of what the other one put.
 */
export function removeOrphans(...folders: readonly string[]): void {
  const listings = folders.map(listFiles);
  for (const [index, folder] of folders.entries()) {
    for (const path of listings[index]?.keys() ?? []) {
      const isShared = listings.every(listing => listing.has(path));
      if (!isShared && isOrphan(folder, path)) rmSync(join(folder, path));
    }
  }
}

/** Of the data and outputs that the steps make. */
function isOrphan(folder: string, path: string): boolean {
  const [top, name = ''] = path.split('/');
  if (top === 'data') return !name.endsWith('.dvc') && !existsSync(join(folder, `data/${name}.dvc`));
  const lock = join(folder, 'dvc.lock');
  return top === 'work' && !(existsSync(lock) && readFileSync(lock, 'utf8').includes(`path: ${path}`));
}

/** A sentence about the first difference and how many files differ, or nothing. */
export function compareListings(expected: Listing, found: Listing): string {
  const names = [...new Set([...expected.keys(), ...found.keys()])].toSorted();
  const differences = names.flatMap(name => compareFile(name, expected.get(name), found.get(name)));
  if (differences.length === 0) return '';
  const more = differences.length > 1 ? ` (and ${differences.length - 1} more)` : '';
  return `${differences.slice(0, 4).join('; ')}${more}`;
}

function compareFile(name: string, expected?: FileSeen, found?: FileSeen): readonly string[] {
  if (expected === undefined) return [`${name} should not be there`];
  if (found === undefined) return [`${name} is missing`];
  if (expected.form !== found.form) return [`${name} is ${found.form}, not ${expected.form}`];
  if (expected.content.equals(found.content)) return [];
  return [`${name}: ${compareTexts(expected.content.toString(), found.content.toString())}`];
}

/** The first line that differs, as JSON, so that spaces and line ends can be seen. */
export function compareTexts(expected: string, found: string): string {
  const [left, right] = [expected.split('\n'), found.split('\n')];
  const length = Math.max(left.length, right.length);
  const at = Array.from({ length }, (_, index) => index).find(index => left[index] !== right[index]);
  if (at === undefined) return '';
  return `line ${at + 1} is ${JSON.stringify(right[at] ?? null)}, not ${JSON.stringify(left[at] ?? null)}`;
}
