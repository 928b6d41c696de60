// Where a repository's text files come from: the work tree or a commit. Everything that is said of "an older revision"
// (diff, metrics, gc, ls) is said by the same code over another source.

export interface Source {
  /** Absolute; DVC's root, the folder that holds `.dvc`. */
  readonly root: string;
  /** `workspace`, or the revision as the user named it. */
  readonly name: string;
  /** The text at an absolute path; undefined when there is none, or it is a folder. @throws ConfigurationError for what is no UTF-8. */
  readText(path: string): Promise<string | undefined>;
  /** Absolute paths of every dvc.yaml and *.dvc below the root that .dvcignore leaves in, sorted by code point. */
  findDvcFiles(options?: FindOptions): Promise<readonly string[]>;
  /** The names in a folder, sorted; undefined when there is no such folder. */
  list(folder: string): Promise<readonly SourceEntry[] | undefined>;
  /** Says which texts will be asked for next, so that a commit's are read in one go; leaving it out changes no result. */
  prefetch?(paths: readonly string[]): Promise<void>;
}

export interface SourceEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isExecutable: boolean;
  /** Bytes; 0 for folders. */
  readonly size: number;
}

export interface FindOptions {
  /**
   * Told of each file as it is found; the absolute paths it gives back (the file's outputs) are not entered, so that a
   * walk never goes through data.
   */
  readonly outputsOf?: (file: string) => Promise<readonly string[]>;
}

/** True for the files that hold stages: `dvc.yaml` and whatever ends in `.dvc`. */
export function isDvcFile(name: string): boolean {
  return name === 'dvc.yaml' || (name.endsWith('.dvc') && name !== '.dvc');
}
