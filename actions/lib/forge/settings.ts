// The port to what a forge is set to do with a repository: read only, and whatever may not be read says so.
import type { MergeMethod, Unreadable } from '#lib/forge/forge.ts';

/** What holds for a branch or for tags, whichever rules say it. */
export interface Protection {
  readonly forbidsForcePush: boolean;
  readonly forbidsDeletion: boolean;
  /** Undefined where changes need no pull request. */
  readonly review:
    | {
        readonly codeOwners: boolean;
        readonly dismissesStale: boolean;
        readonly lastPush: boolean;
        readonly approvals: number;
      }
    | undefined;
  /** Names of the checks that must be green. */
  readonly checks: readonly string[];
}

/** The forge did not answer at all, so nothing else needs to be asked of it. */
export interface Unanswered extends Unreadable {
  readonly isUnanswered: true;
}

export interface ForgeSettings {
  defaultBranch(): Promise<string | Unreadable | Unanswered>;
  /** Of a branch, by its short name. */
  protectionOf(branch: string): Promise<Protection | Unreadable>;
  /** Of tags whose names match a pattern such as `*@v*`. */
  protectionOfTags(pattern: string): Promise<Protection | Unreadable>;
  /** Mistakes in CODEOWNERS as the forge reads it; undefined where there is no such file. */
  codeownersMistakes(): Promise<
    readonly { readonly line: number; readonly message: string }[] | undefined | Unreadable
  >;
  mergeMethods(): Promise<readonly MergeMethod[] | Unreadable>;
  /** What a workflow's token may do where the workflow does not say. */
  tokenDefault(): Promise<{ readonly writes: boolean; readonly approves: boolean } | Unreadable>;
  /** Whether workflows see a variable of this name, the repository's own or one shared by its organisation. */
  hasVariable(name: string): Promise<boolean | Unreadable>;
}
