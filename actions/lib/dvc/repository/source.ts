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
  findDvcFiles(): Promise<readonly string[]>;
  /** The names in a folder, sorted; undefined when there is no such folder. */
  list(
    folder: string,
  ): Promise<
    | readonly {
        readonly name: string;
        readonly isFolder: boolean;
        readonly isExecutable: boolean;
        readonly size: number;
      }[]
    | undefined
  >;
}
