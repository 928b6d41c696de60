// The port to git: history is read as data; the user's work tree, index and configuration are never touched.
import type { TreeFile } from '#lib/git/repository.ts';

export interface Git {
  /** The top of the work tree. */
  readonly root: string;
  /** The commit a name stands for, or undefined. */
  resolve(revision: string): Promise<string | undefined>;
  /** The branch that is checked out, or undefined (detached, or nothing committed). */
  branch(): Promise<string | undefined>;
  /** The best common ancestor, or undefined (unrelated, or cut off in a shallow clone). */
  mergeBase(a: string, b: string): Promise<string | undefined>;
  /** A file's bytes at a commit, or undefined when it is not there. */
  readFile(commit: string, path: string): Promise<Uint8Array | undefined>;
  /** Paths that differ between a commit and the work tree, untracked ones included, ignored ones not; sorted. */
  changedPaths(commit: string): Promise<readonly string[]>;
  /** Files that git neither tracks nor ignores, from the top; sorted. */
  untrackedPaths(): Promise<readonly string[]>;
  /** Everything below a folder ('' = all) at a commit, sorted by path: files, links and submodules. */
  listFiles(commit: string, folder: string): Promise<readonly TreeFile[]>;
  /** All blobs in one process, by id; an id that names none is left out. */
  readBlobs(ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Writes all files of a commit into an empty folder, as a checkout would. */
  writeTree(commit: string, folder: string): Promise<void>;
}
