// The port to a repository as a store of commits, bare or not: branches are read and written as data, and no work tree,
// index or configuration takes part. git.ts is the port to a work tree.

export interface Signature {
  readonly name: string;
  readonly email: string;
  /** ISO instant with the offset as written, to the second. */
  readonly at: string;
}

export interface Commit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  /** Whole, with its trailers. */
  readonly message: string;
}

export interface Change {
  readonly path: string;
  /** Of a rename. */
  readonly previousPath?: string;
  readonly status: 'added' | 'modified' | 'removed' | 'renamed';
}

export interface TreeFile {
  readonly path: string;
  /** The blob's id; of a submodule its commit's. */
  readonly id: string;
  /** 100644, 100755 (executable), 120000 (link) or 160000 (submodule). */
  readonly mode: string;
}

export interface NewCommit {
  readonly message: string;
  readonly author: Signature;
  /** The author, unless somebody else writes it down. */
  readonly committer?: Signature;
}

export interface Repository {
  /** Absolute path of the git directory that holds the refs. */
  readonly directory: string;
  /** The top of the work tree; undefined for a bare repository. */
  readonly workTree: string | undefined;
  /** Older commits are missing: this is a shallow clone. */
  readonly isShallow: boolean;
  /** The commit a name stands for, or undefined. */
  resolve(revision: string): Promise<string | undefined>;
  /** Fetches commits by id that are not here yet, where there is somewhere to fetch from; one that is gone stays away. */
  bring(commits: readonly string[]): Promise<void>;
  /** Commits of all refs whose name begins so; sorted by name. */
  refs(prefix: string): Promise<readonly { readonly name: string; readonly commit: string }[]>;
  /** The best common ancestor, or undefined. */
  mergeBase(a: string, b: string): Promise<string | undefined>;
  /**
   * Everything below a folder ('' = all), sorted by path: files, links and submodules.
   * @throws ConfigurationError for a commit that cannot be read.
   */
  listFiles(commit: string, folder: string): Promise<readonly TreeFile[]>;
  /** All blobs in one process, by id; an id that names none is left out. */
  readBlobs(ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** A file's bytes at a commit, or undefined when it is not there. */
  readFile(commit: string, path: string): Promise<Uint8Array | undefined>;
  /** What differs between two commits, renames found, sorted by path. */
  changes(from: string, to: string): Promise<readonly Change[]>;
  /** Commits reachable from `to` and not from `from`, newest first. */
  history(
    to: string,
    options?: {
      readonly from?: string;
      readonly paths?: readonly string[];
      readonly firstParent?: boolean;
      /** At most so many. */
      readonly limit?: number;
    },
  ): Promise<readonly Commit[]>;
  /** Writes a commit that sets (bytes) or removes (null) files of its parent; no branch moves. */
  commitFiles(
    parent: string | undefined,
    files: ReadonlyMap<string, Uint8Array | string | null>,
    commit: NewCommit,
  ): Promise<string>;
  /** Writes a commit with the tree of a merge result. */
  commitTree(tree: string, parents: readonly string[], commit: NewCommit): Promise<string>;
  /** Three-way merge of whole trees; each is named by a commit or tree. */
  mergeTrees(sides: {
    readonly base: string;
    readonly ours: string;
    readonly theirs: string;
  }): Promise<{ readonly tree: string } | { readonly conflicts: readonly string[] }>;
  /** Moves a ref only if it stands where we believe (undefined = it must not exist). @returns whether it moved. */
  updateRef(ref: string, next: string, previous: string | undefined): Promise<boolean>;
  /** Removes a ref if it stands where we believe. */
  deleteRef(ref: string, previous: string): Promise<boolean>;
  /** Writes an annotated tag. @returns false when the name is taken. */
  tag(name: string, commit: string, note: NewCommit): Promise<boolean>;
  /** Writes the object of an annotated tag; no ref names it. @returns its id. */
  writeTag(name: string, commit: string, note: NewCommit): Promise<string>;
  /** Writes all files of a commit into an empty folder, as a checkout would. */
  writeTree(commit: string, folder: string): Promise<void>;
  /** The work tree a branch is checked out in, or undefined. */
  checkedOutAt(branch: string): Promise<string | undefined>;
}
