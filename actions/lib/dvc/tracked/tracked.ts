// A .dvc file: what DVC tracks without a pipeline (added data), or fetched from elsewhere (imports, which have deps).
import type { LockedPath } from '#lib/dvc/lock/entry.ts';
import type { Output } from '#lib/dvc/pipeline/stage.ts';
import type { Location } from '#lib/errors.ts';

/** An output together with what is recorded of it; nothing is before the first commit. */
export interface TrackedOutput {
  readonly output: Output;
  readonly locked: LockedPath | undefined;
}

export interface TrackedFile {
  /** Absolute path of the .dvc file. */
  readonly file: string;
  /** Its text, so that an edit keeps comments and layout. */
  readonly text: string;
  /** From the root, with forward slashes: how DVC names it in output, such as `data/raw.dvc`. */
  readonly address: string;
  /** Absolute; the folder of the file unless `wdir` says otherwise. */
  readonly workingDirectory: string;
  readonly frozen: boolean;
  readonly alwaysChanged: boolean;
  /** MD5 over the stage, as imports have it. */
  readonly md5: string | undefined;
  /** Of old single-stage files. */
  readonly cmd: string | readonly string[] | undefined;
  readonly deps: readonly TrackedDependency[];
  readonly outs: readonly TrackedOutput[];
  readonly description: string | undefined;
  readonly at: Location;
}

export interface TrackedDependency {
  readonly path: string;
  /** Absolute; undefined for what is no local path. */
  readonly absolute: string | undefined;
  readonly locked: LockedPath | undefined;
  /** Of `dvc import`: the repository it comes from. */
  readonly repo?:
    | { readonly url: string; readonly rev?: string | undefined; readonly revLock?: string | undefined }
    | undefined;
}
